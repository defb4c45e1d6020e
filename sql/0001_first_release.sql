-- The first release. Each paragraph is one statement. Forward only, for PostgreSQL 15 or newer.
-- Ids are 16 characters of base32 (80 random bits). Secrets are stored as SHA-256 (hex), passwords as
-- argon2id.
-- `version` counts changes: it is the ETag of the REST API.

-- Tenants, accounts and their sign-in methods (docs/protocol.md, "Accounts").

create table tenant (
  id text primary key,
  slug text not null unique,
  name text not null,
  -- The tenant's own host name; null: none.
  domain text unique,
  -- The tenant's own colours, logo and links (protocol/http: Branding).
  branding jsonb not null default '{}',
  -- Limits; null: unlimited.
  max_participants integer,
  max_rooms integer,
  -- Participant minutes in a calendar month (UTC).
  max_minutes integer,
  max_storage_bytes bigint,
  -- protocol: Residency; null: no rules. The rules of tenant and room both apply.
  residency jsonb,
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
  -- The key for sorting and search: the name folded by our own code (edge/store/sort_name.ts), compared by
  -- code point on any locale of the database.
  sort_name text collate "C" not null,
  -- Lower-case. Null: the identity provider gives none.
  email text,
  email_verified_at timestamptz,
  -- "member" or "admin" (of the tenant).
  role text not null default 'member',
  -- Operates the installation, with all tenants.
  is_operator boolean not null default false,
  -- "de" or "en"; null: the browser's language.
  language text,
  -- IANA name; null: the browser's time zone.
  time_zone text,
  -- Whether the person wants a mail when somebody answers an invitation to one of their meetings.
  mails_answers boolean not null default true,
  disabled_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null
);

create unique index account_email on account (tenant_id, email) where email is not null;

create index account_operator on account (id) where is_operator;

create index account_name on account (tenant_id, sort_name, id);

-- Accounts' names at OpenID providers.
create table identity (
  issuer text not null,
  subject text not null,
  account_id text not null references account (id) on delete cascade,
  created_at timestamptz not null,
  -- When the provider last confirmed a sign-in (docs/protocol.md, A22 and U30).
  vouched_at timestamptz not null,
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

-- Signed-in browsers. The cookie contains the secret, the table its hash.
create table session (
  id text primary key,
  hash text not null unique,
  -- The secret before the last rotation. Valid until the new one is used, and then until previous_until.
  previous_hash text unique,
  previous_until timestamptz,
  rotated_at timestamptz not null,
  account_id text not null references account (id) on delete cascade,
  -- "password", "passkey", "recovery", "oneTimeLink" or the name of an OpenID provider.
  method text not null,
  -- The names of the session in OpenID back-channel logout.
  issuer text,
  sid text,
  -- The provider's tokens, encrypted under the cluster key (edge/identity/sealed.ts), and when to ask the
  -- provider again.
  tokens text,
  recheck_at timestamptz,
  -- When the provider's tokens expired of age: the session requires a new sign-in, but ends no meeting. Null:
  -- they have not.
  lapsed_at timestamptz,
  -- For the person's list of sessions: "Firefox on Windows".
  device text not null,
  created_at timestamptz not null,
  -- When the person last proved their identity: some changes require that to be recent.
  proved_at timestamptz not null,
  seen_at timestamptz not null,
  expires_at timestamptz not null
);

create index session_account on session (account_id);

create index session_sid on session (issuer, sid) where sid is not null;

create index session_expiry on session (expires_at);

-- One-time links: the first admin's, invitations to an account, a forgotten password.
create table one_time_secret (
  hash text primary key,
  -- "firstAdmin", "invite", "resetPassword" or "changeEmail".
  purpose text not null,
  tenant_id text references tenant (id) on delete cascade,
  account_id text references account (id) on delete cascade,
  -- The address that the link was mailed to; with "changeEmail", the account's new address; null: it was not
  -- mailed.
  email text,
  expires_at timestamptz not null
);

-- Sign-ins in progress at an OpenID provider.
create table oidc_flow (
  state_hash text primary key,
  provider text not null,
  code_verifier text not null,
  nonce text not null,
  return_to text not null,
  -- SHA-256 of the device cookie that started it: no other device can finish it.
  device_hash text not null,
  -- Whether a signed-in person must prove their identity again (docs/protocol.md, U9).
  is_proof boolean not null default false,
  expires_at timestamptz not null
);

create table people_group (
  id text primary key,
  tenant_id text not null references tenant (id) on delete cascade,
  name text not null,
  -- As account.sort_name.
  sort_name text collate "C" not null,
  -- Managed by the identity provider's claim, not by hand.
  is_external boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null,
  unique (tenant_id, name)
);

create index people_group_name on people_group (tenant_id, sort_name, id);

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

-- The room log (docs/protocol.md, "The log").

create table room (
  id text primary key,
  -- Null tenant and owner: an anonymous room.
  tenant_id text references tenant (id) on delete cascade,
  owner_id text references account (id) on delete cascade,
  name text not null default '',
  -- The name in the room's URL, unique in the tenant: /m/{slug}.
  slug text,
  -- protocol: RoomSettings. Missing settings have their defaults.
  settings jsonb not null default '{}',
  -- argon2id hash; null: no password.
  password_hash text,
  -- The room of an ad-hoc meeting is deleted with its events.
  is_adhoc boolean not null default false,
  -- protocol: Residency; null: no rules.
  residency jsonb,
  -- Grows with every change of the room's nodes or residency rules.
  placement_version integer not null default 0,
  -- The log contains the events after this one. It moves when the retention of earlier ones ends.
  base_seq integer not null default 0,
  -- Approximate size of the log, counted by the edges that write it: anonymous rooms share their storage
  -- (docs/protocol.md, Q6).
  logged_bytes bigint not null default 0,
  -- Since when the room is empty; null: it is not. The retention of its events counts from here.
  idle_since timestamptz,
  version integer not null default 1,
  created_at timestamptz not null
);

create index room_idle on room (idle_since) where idle_since is not null;

create unique index room_slug on room (tenant_id, slug) where slug is not null;

create index room_owner on room (owner_id, created_at, id) where owner_id is not null;

create index room_tenant on room (tenant_id, created_at, id) where tenant_id is not null;

create index room_anonymous on room (idle_since) include (logged_bytes) where tenant_id is null;

create table room_event (
  room_id text not null references room (id) on delete cascade,
  seq integer not null,
  type text not null,
  body jsonb not null,
  -- Who caused it; null: the system.
  actor_id text,
  -- The actor's command, on the first of its events.
  command_id text,
  at timestamptz not null,
  primary key (room_id, seq)
);

-- Repeating a command has no second effect. Per actor, so that nobody can use up another's ids.
create unique index room_event_command on room_event (room_id, actor_id, command_id) where command_id is not null;

create table room_snapshot (
  room_id text primary key references room (id) on delete cascade,
  seq integer not null,
  -- STATE_SHAPE of the code that wrote it; another shape is not read.
  shape integer not null,
  state jsonb not null
);

-- Accounts with a role in a room, besides its owner.
create table room_member (
  room_id text not null references room (id) on delete cascade,
  account_id text not null references account (id) on delete cascade,
  role text not null,
  primary key (room_id, account_id)
);

create index room_member_account on room_member (account_id);

create table favourite (
  account_id text not null references account (id) on delete cascade,
  room_id text not null references room (id) on delete cascade,
  primary key (account_id, room_id)
);

-- Meetings in rooms. One without a start is permanent.
create table meeting (
  id text primary key,
  tenant_id text not null references tenant (id) on delete cascade,
  room_id text not null references room (id) on delete cascade,
  -- The room was created with the meeting and is deleted with it.
  has_own_room boolean not null,
  owner_id text not null references account (id) on delete cascade,
  title text not null,
  description text not null default '',
  -- The first occurrence: local time ("2026-03-27T10:00") in time_zone (IANA), and its duration.
  starts_local text,
  time_zone text,
  duration_minutes integer,
  -- RFC 5545 RRULE without its name; null: once.
  recurrence text,
  -- The position in lists: start and end of the current or next occurrence, otherwise the last one, and its
  -- start by the rule. For a permanent meeting: when it was created, and null.
  listed_at timestamptz not null,
  listed_until timestamptz,
  listed_original text,
  -- When another occurrence takes that position; null: never.
  advance_at timestamptz,
  -- iCalendar: SEQUENCE. UID comes from the id.
  sequence integer not null default 0,
  cancelled_at timestamptz,
  -- When to notify the owner of answers; null: nothing to report. They know those up to answers_told_at.
  answers_due_at timestamptz,
  answers_told_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null
);

create index meeting_tenant on meeting (tenant_id, listed_at, id) where listed_until is not null;

create index meeting_tenant_permanent on meeting (tenant_id, listed_at, id) where listed_until is null;

create index meeting_advance on meeting (advance_at) where advance_at is not null;

create index meeting_over on meeting (listed_until) where advance_at is null and listed_until is not null;

create index meeting_owner on meeting (owner_id);

create index meeting_room on meeting (room_id);

create index meeting_answers on meeting (answers_due_at) where answers_due_at is not null;

-- The lists that contain a meeting: its owner's, and those of invited accounts. The instants are copies of
-- the meeting's, so that a list is one range of an index.
create table agenda (
  account_id text not null references account (id) on delete cascade,
  meeting_id text not null references meeting (id) on delete cascade,
  listed_at timestamptz not null,
  listed_until timestamptz,
  primary key (account_id, meeting_id)
);

create index agenda_listed on agenda (account_id, listed_at, meeting_id) where listed_until is not null;

create index agenda_permanent on agenda (account_id, listed_at, meeting_id) where listed_until is null;

create index agenda_meeting on agenda (meeting_id);

-- Occurrences of a series that are different, or cancelled.
create table meeting_exception (
  meeting_id text not null references meeting (id) on delete cascade,
  -- Local start by the rule.
  original_local text not null,
  is_cancelled boolean not null,
  starts_local text,
  duration_minutes integer,
  title text,
  primary key (meeting_id, original_local)
);

create table invitation (
  id text primary key,
  meeting_id text not null references meeting (id) on delete cascade,
  -- One of both: an account, or the address of somebody without one.
  account_id text references account (id) on delete cascade,
  email text,
  name text not null default '',
  -- protocol: Role; null: the role comes from whether they sign in.
  role text,
  -- "de" or "en": the language of mails to an address. An account has its own.
  language text,
  -- "none", "accepted", "tentative" or "declined".
  answer text not null default 'none',
  answered_at timestamptz,
  -- SHA-256 (hex) of the secret in the mail, for answering without signing in.
  secret_hash text not null unique,
  -- The same secret for the next mail, sealed under the cluster key (edge/seal.ts).
  secret_sealed text not null,
  created_at timestamptz not null,
  unique (meeting_id, account_id),
  unique (meeting_id, email)
);

create index invitation_account on invitation (account_id) where account_id is not null;

create index invitation_meeting on invitation (meeting_id, created_at, id);

-- The secrets in links' fragments, as SHA-256 (hex). The first link of a room has no role: that depends on
-- who signs in.
create table room_link (
  id text primary key,
  room_id text not null references room (id) on delete cascade,
  hash text not null,
  -- The secret, sealed under the cluster key (edge/seal.ts), for those who manage the room. Null: it was only
  -- shown once.
  sealed text,
  -- protocol: Role; null: the general link.
  role text,
  label text not null default '',
  -- A link mailed to an address belongs to the invitation, and is deleted with it.
  invitation_id text references invitation (id) on delete cascade,
  created_at timestamptz not null,
  created_by text references account (id) on delete set null,
  expires_at timestamptz,
  -- Number of people who may enter with it; null: unlimited.
  max_uses integer,
  revoked_at timestamptz,
  unique (room_id, hash)
);

create index room_link_invitation on room_link (invitation_id) where invitation_id is not null;

-- People who entered with a link that has a limit.
create table room_link_use (
  link_id text not null references room_link (id) on delete cascade,
  -- protocol: PersonId.
  person_id text not null,
  primary key (link_id, person_id)
);

-- Queued mails. A sender claims a row by moving due_at forward, so two edges do not send it twice.
create table mail (
  id text primary key,
  -- edge/mail: WrittenMail, ready to be sent.
  body jsonb not null,
  due_at timestamptz not null,
  tries integer not null default 0,
  -- Recipient and subject: a later mail about the same replaces this one while it is held back. Null: each
  -- mail is sent.
  about text,
  is_held boolean not null default false,
  created_at timestamptz not null
);

create index mail_due on mail (due_at);

create index mail_about on mail (about) where about is not null;

-- Recipients who want no mails: the keyed hash of an address, with a tenant; empty: all tenants.
create table mail_stop (
  reader_hash text not null,
  tenant_id text not null,
  at timestamptz not null,
  primary key (reader_hash, tenant_id)
);

-- Answers to requests with an Idempotency-Key, kept for a day.
create table idempotency (
  -- Account or API key.
  caller text not null,
  key text not null,
  -- SHA-256 of method, path and body, sealed under the cluster key.
  request_hash text not null,
  -- Status, headers and body, sealed under the cluster key because some contain secrets. Null: in progress.
  answer text,
  created_at timestamptz not null,
  primary key (caller, key)
);

create index idempotency_age on idempotency (created_at);

-- Leases: each edge writes here every second. One that has not for 3.5 s is dead, and its participants are
-- away.
create table edge (
  id text primary key,
  -- The newest protocol version that it understands.
  protocol_version integer not null,
  seen_at timestamptz not null
);

-- Media nodes, and the placements of rooms (docs/protocol.md, "Nodes"). The nodes of single participants are
-- not stored.

create table node (
  id text primary key,
  -- protocol: NodeAddress, as proved by the node.
  address jsonb not null,
  -- The URL for edges, if the node registered itself; null: only edges configured with it (MEDIA_NODES) know
  -- it.
  control_url text,
  -- By the database's clock, so edges need not agree on the time.
  seen_at timestamptz not null
);

-- The nodes that a room is on, and the edges that use them.
create table room_node (
  room_id text not null references room (id) on delete cascade,
  node_id text not null references node (id) on delete cascade,
  edge_id text not null references edge (id) on delete cascade,
  -- Peers of this edge there, for choosing nodes; a second old.
  peers integer not null default 1,
  primary key (room_id, node_id, edge_id)
);

create index room_node_edge on room_node (edge_id);

create index room_node_node on room_node (node_id);

-- Limits shared by all edges: points taken in the window that ends at ends_at. The key is hashed.
create table rate_counter (
  limit_name text not null,
  key_hash text not null,
  points integer not null,
  ends_at timestamptz not null,
  primary key (limit_name, key_hash)
);

create index rate_counter_end on rate_counter (ends_at);

-- Browsers that gave a correct password of an account or room (docs/protocol.md, Q5): they have their own
-- tries. Both are keyed hashes.
create table known_device (
  subject_hash text not null,
  device_hash text not null,
  ends_at timestamptz not null,
  primary key (subject_hash, device_hash)
);

create index known_device_end on known_device (ends_at);
