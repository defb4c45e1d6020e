-- Who there is: tenants, accounts and how they sign in (docs/protocol.md, "Accounts").
-- Ids are 16 characters of base32 (80 random bits). Secrets are kept as their SHA-256 (hex), passwords as argon2id.
-- `version` counts changes: it is the ETag of the REST API.

create table tenant (
  id text primary key,
  slug text not null unique,
  name text not null,
  -- The host name under which this tenant is reached; null: it has none of its own.
  domain text unique,
  -- Colours, logo and links of its own (protocol/http: Branding).
  branding jsonb not null default '{}',
  -- Limits; null: none.
  max_participants integer,
  max_rooms integer,
  -- Minutes that all its people together spend in rooms in a calendar month (UTC).
  max_minutes integer,
  max_storage_bytes bigint,
  version integer not null default 1,
  created_at timestamptz not null
);

create table tenant_usage (
  tenant_id text not null references tenant (id) on delete cascade,
  -- First day of the month, UTC.
  month date not null,
  minutes integer not null default 0,
  primary key (tenant_id, month)
);

create table account (
  id text primary key,
  tenant_id text not null references tenant (id) on delete cascade,
  name text not null,
  -- Lower-case. Null: the identity provider tells none.
  email text,
  email_verified_at timestamptz,
  -- "member" or "admin" (of the tenant).
  role text not null default 'member',
  -- Runs the installation: all tenants.
  is_operator boolean not null default false,
  -- "de" or "en"; null: as the browser says.
  language text,
  -- IANA name; null: as the browser says.
  time_zone text,
  disabled_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null
);

create unique index account_email on account (tenant_id, email) where email is not null;

create index account_operator on account (id) where is_operator;

create index account_name on account (tenant_id, lower(name), id);

-- What an OpenID provider calls an account.
create table identity (
  issuer text not null,
  subject text not null,
  account_id text not null references account (id) on delete cascade,
  created_at timestamptz not null,
  primary key (issuer, subject)
);

create index identity_account on identity (account_id);

create table password (
  account_id text primary key references account (id) on delete cascade,
  hash text not null,
  changed_at timestamptz not null
);

create table passkey (
  -- WebAuthn credential id, base64url.
  id text primary key,
  account_id text not null references account (id) on delete cascade,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  name text not null,
  created_at timestamptz not null,
  used_at timestamptz
);

create index passkey_account on passkey (account_id);

create table recovery_code (
  account_id text not null references account (id) on delete cascade,
  hash text not null,
  used_at timestamptz,
  primary key (account_id, hash)
);

-- Signed-in browsers. The cookie holds the secret, the table its hash.
create table session (
  id text primary key,
  hash text not null unique,
  -- The secret before the last rotation. Good until the new one has been seen, and then until previous_until.
  previous_hash text unique,
  previous_until timestamptz,
  rotated_at timestamptz not null,
  account_id text not null references account (id) on delete cascade,
  -- "password", "passkey", "recovery", "ticket" or the name of an OpenID provider.
  method text not null,
  -- OpenID back-channel logout names the session by these.
  issuer text,
  sid text,
  -- What the provider gave, encrypted under the cluster's key (edge/identity/sealed.ts), and when it is to be asked again.
  tokens text,
  recheck_at timestamptz,
  -- "Firefox on Windows": for the person's list of sessions.
  device text not null,
  created_at timestamptz not null,
  -- When the person last proved who they are: some changes want that to be recent.
  proved_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null
);

create index session_account on session (account_id);

create index session_sid on session (issuer, sid) where sid is not null;

create index session_expiry on session (expires_at);

-- Links that are good once: the first admin's, invitations to an account, a forgotten password.
create table ticket (
  hash text primary key,
  -- "firstAdmin", "invite" or "resetPassword".
  purpose text not null,
  tenant_id text references tenant (id) on delete cascade,
  account_id text references account (id) on delete cascade,
  expires_at timestamptz not null
);

-- A sign-in on its way through an OpenID provider.
create table oidc_flow (
  state_hash text primary key,
  provider text not null,
  code_verifier text not null,
  nonce text not null,
  return_to text not null,
  -- SHA-256 of the device cookie that began it: nobody else ends it.
  device_hash text not null,
  expires_at timestamptz not null
);

create table people_group (
  id text primary key,
  tenant_id text not null references tenant (id) on delete cascade,
  name text not null,
  -- Kept by the identity provider's claim, not by hand.
  is_external boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null,
  unique (tenant_id, name)
);

create table people_group_member (
  group_id text not null references people_group (id) on delete cascade,
  account_id text not null references account (id) on delete cascade,
  primary key (group_id, account_id)
);

create index people_group_member_account on people_group_member (account_id);

create table api_key (
  id text primary key,
  tenant_id text not null references tenant (id) on delete cascade,
  name text not null,
  hash text not null unique,
  scopes text[] not null,
  created_by text references account (id) on delete set null,
  created_at timestamptz not null,
  expires_at timestamptz,
  used_at timestamptz
);

create index api_key_tenant on api_key (tenant_id, created_at, id);
