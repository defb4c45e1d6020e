import type { ColumnType, Generated, Kysely, Transaction } from "kysely";
import type { MeetingSchema } from "./schema_meeting.ts";
import type { NodeSchema } from "./schema_node.ts";
import type { PeopleSchema } from "./schema_people.ts";
import type { WorkSchema } from "./schema_work.ts";

/** Rows as stored (sql/). Each is converted to a domain type only in the file named after it. */
export interface Schema extends PeopleSchema, MeetingSchema, NodeSchema, WorkSchema {
  room: {
    id: string;
    created_at: Date;
    base_seq: Generated<number>;
    placement_version: Generated<number>;
    residency: ColumnType<unknown, string | null | undefined, string | null>;
    idle_since: Date | null;
    tenant_id: Generated<string | null>;
    owner_id: Generated<string | null>;
    slug: Generated<string | null>;
    name: Generated<string>;
    settings: ColumnType<unknown, string | undefined, string>;
    password_hash: Generated<string | null>;
    version: Generated<number>;
    is_adhoc: Generated<boolean>;
    logged_bytes: Generated<number | string>;
  };
  room_event: {
    room_id: string;
    seq: number;
    type: string;
    body: ColumnType<Record<string, unknown>, string, never>;
    actor_id: string | null;
    command_id: string | null;
    at: Date;
  };
  room_snapshot: {
    room_id: string;
    seq: number;
    shape: number;
    state: ColumnType<unknown, string, string>;
  };
  edge: { id: string; protocol_version: number; seen_at: Date };
  migration: { name: string; applied_at: Generated<Date> };
  migration_added: { name: string; applied_at: Generated<Date> };
}

/** The database, or one of its transactions. */
export type Db = Kysely<Schema>;
export type Trx = Transaction<Schema>;
