import type { ColumnType, Generated } from "kysely";

/** Rows of meetings and their links. */
export interface MeetingSchema {
  room_link: {
    id: string;
    room_id: string;
    hash: string;
    sealed: ColumnType<string | null, string | null | undefined, string | null>;
    role: ColumnType<string | null, string | null | undefined, string | null>;
    label: Generated<string>;
    created_at: Date;
    created_by: ColumnType<string | null, string | null | undefined, string | null>;
    expires_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    max_uses: ColumnType<number | null, number | null | undefined, number | null>;
    revoked_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    invitation_id: ColumnType<string | null, string | null | undefined, string | null>;
  };
  room_link_use: {
    link_id: string;
    person_id: string;
  };
  room_member: {
    room_id: string;
    account_id: string;
    role: string;
  };
  favourite: {
    account_id: string;
    room_id: string;
  };
  meeting: {
    id: string;
    tenant_id: string;
    room_id: string;
    has_own_room: boolean;
    owner_id: string;
    title: string;
    description: Generated<string>;
    starts_local: ColumnType<string | null, string | null | undefined, string | null>;
    time_zone: ColumnType<string | null, string | null | undefined, string | null>;
    duration_minutes: ColumnType<number | null, number | null | undefined, number | null>;
    recurrence: ColumnType<string | null, string | null | undefined, string | null>;
    listed_at: Date;
    listed_until: Date | null;
    listed_original: string | null;
    advance_at: Date | null;
    sequence: Generated<number>;
    cancelled_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    answers_due_at: ColumnType<Date | null, undefined, Date | null>;
    answers_told_at: ColumnType<Date | null, undefined, Date | null>;
    version: Generated<number>;
    created_at: Date;
  };
  agenda: {
    account_id: string;
    meeting_id: string;
    listed_at: Date;
    listed_until: Date | null;
  };
  meeting_exception: {
    meeting_id: string;
    original_local: string;
    is_cancelled: boolean;
    starts_local: ColumnType<string | null, string | null | undefined, string | null>;
    duration_minutes: ColumnType<number | null, number | null | undefined, number | null>;
    title: ColumnType<string | null, string | null | undefined, string | null>;
  };
  invitation: {
    id: string;
    meeting_id: string;
    account_id: ColumnType<string | null, string | null | undefined, string | null>;
    email: ColumnType<string | null, string | null | undefined, string | null>;
    name: Generated<string>;
    role: string | null;
    language: string | null;
    answer: Generated<string>;
    answered_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    secret_hash: string;
    secret_sealed: string;
    created_at: Date;
  };
  mail: {
    id: string;
    body: ColumnType<unknown, string, string>;
    about: string | null;
    is_held: Generated<boolean>;
    due_at: Date;
    tries: Generated<number>;
    created_at: Date;
  };
  idempotency: {
    caller: string;
    key: string;
    request_hash: string;
    answer: ColumnType<string | null, string | null | undefined, string>;
    created_at: Date;
  };
}
