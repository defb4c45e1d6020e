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
  outbox: {
    id: string;
    kind: string;
    variant: string;
    share: string;
    body: ColumnType<unknown, string, string | null>;
    about: string | null;
    due_at: Date;
    tries: Generated<number>;
    is_held: Generated<boolean>;
    created_at: Date;
    failed_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    failure: ColumnType<string | null, string | null | undefined, string | null>;
  };
}
