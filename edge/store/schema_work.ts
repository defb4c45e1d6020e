import type { ColumnType, Generated } from "kysely";

/** Rows of the work that edges share. */
export interface WorkSchema {
  job: {
    name: string;
    due_at: Date;
    run: Generated<number>;
    edge_id: ColumnType<string | null, string | null | undefined, string>;
    leased_until: ColumnType<Date | null, Date | null | undefined, Date | null>;
    failures: Generated<number>;
    succeeded_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  };
}
