import type { ColumnType, Generated } from "kysely";

/** Rows of tenants and people. */
export interface PeopleSchema {
  tenant: {
    id: string;
    slug: string;
    name: string;
    domain: ColumnType<string | null, string | null | undefined, string | null>;
    branding: ColumnType<unknown, string | undefined, string>;
    residency: ColumnType<unknown, string | null | undefined, string | null>;
    max_participants: ColumnType<number | null, number | null | undefined, number | null>;
    max_rooms: ColumnType<number | null, number | null | undefined, number | null>;
    max_minutes: ColumnType<number | null, number | null | undefined, number | null>;
    max_storage_bytes: ColumnType<string | null, number | null, number | null>;
    version: Generated<number>;
    created_at: Date;
  };
  tenant_usage: {
    tenant_id: string;
    month: ColumnType<Date, string, string>;
    minutes: Generated<number>;
  };
  account: {
    id: string;
    tenant_id: string;
    name: string;
    sort_name: string;
    email: ColumnType<string | null, string | null | undefined, string | null>;
    email_verified_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    role: Generated<string>;
    is_operator: Generated<boolean>;
    language: ColumnType<string | null, string | null | undefined, string | null>;
    time_zone: ColumnType<string | null, string | null | undefined, string | null>;
    disabled_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    mails_answers: Generated<boolean>;
    version: Generated<number>;
    created_at: Date;
  };
  identity: {
    issuer: string;
    subject: string;
    account_id: string;
    created_at: Date;
    vouched_at: Date;
  };
  password: {
    account_id: string;
    hash: string;
    changed_at: Date;
  };
  passkey: {
    id: string;
    account_id: string;
    public_key: Uint8Array;
    counter: ColumnType<string, number | string | bigint, number | string | bigint>;
    transports: string[];
    name: string;
    created_at: Date;
    used_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  };
  recovery_code: {
    account_id: string;
    hash: string;
    used_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  };
  session: {
    id: string;
    hash: string;
    previous_hash: ColumnType<string | null, string | null | undefined, string | null>;
    previous_until: ColumnType<Date | null, Date | null | undefined, Date | null>;
    rotated_at: Date;
    account_id: string;
    method: string;
    issuer: ColumnType<string | null, string | null | undefined, string | null>;
    sid: ColumnType<string | null, string | null | undefined, string | null>;
    tokens: ColumnType<string | null, string | null | undefined, string | null>;
    recheck_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    lapsed_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    device: string;
    created_at: Date;
    proved_at: Date;
    seen_at: Date;
    expires_at: Date;
  };
  one_time_secret: {
    hash: string;
    purpose: string;
    tenant_id: ColumnType<string | null, string | null | undefined, string | null>;
    account_id: ColumnType<string | null, string | null | undefined, string | null>;
    email: ColumnType<string | null, string | null | undefined, string | null>;
    expires_at: Date;
  };
  rate_counter: {
    limit_name: string;
    key_hash: string;
    points: number;
    ends_at: Date;
  };
  mail_stop: {
    reader_hash: string;
    tenant_id: string;
    at: Date;
  };
  known_device: {
    subject_hash: string;
    device_hash: string;
    ends_at: Date;
  };
  oidc_flow: {
    state_hash: string;
    provider: string;
    code_verifier: string;
    nonce: string;
    return_to: string;
    device_hash: string;
    is_proof: Generated<boolean>;
    expires_at: Date;
  };
  people_group: {
    id: string;
    tenant_id: string;
    name: string;
    sort_name: string;
    is_external: Generated<boolean>;
    version: Generated<number>;
    created_at: Date;
  };
  people_group_member: {
    group_id: string;
    account_id: string;
  };
  api_key: {
    id: string;
    tenant_id: string;
    name: string;
    hash: string;
    scopes: string[];
    created_by: ColumnType<string | null, string | null | undefined, string | null>;
    created_at: Date;
    expires_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
    used_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  };
}
