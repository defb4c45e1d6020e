-- Rooms that belong to somebody, their links, meetings, invitations and mail (docs/protocol.md, "Rooms", "Meetings").

-- Null tenant and owner: a room that anyone made without an account.
alter table room add column tenant_id text references tenant (id) on delete cascade;

alter table room add column owner_id text references account (id) on delete cascade;

-- A name for its address, unique in the tenant: /m/{slug}.
alter table room add column slug text;

alter table room add column name text not null default '';

-- protocol: RoomSettings. What is missing has its default.
alter table room add column settings jsonb not null default '{}';

-- argon2id; null: none.
alter table room add column password_hash text;

alter table room add column version integer not null default 1;

-- The room of an ad-hoc meeting goes with the retention of its events.
alter table room add column is_adhoc boolean not null default false;

create unique index room_slug on room (tenant_id, slug) where slug is not null;

create index room_owner on room (owner_id, created_at, id) where owner_id is not null;

create index room_tenant on room (tenant_id, created_at, id) where tenant_id is not null;

-- What is in a link's fragment, by its SHA-256 (hex). The first one of a room has no role: it comes from who signs in.
create table room_link (
  id text primary key,
  room_id text not null references room (id) on delete cascade,
  hash text not null,
  -- protocol: Role; null: the one link for all.
  role text,
  label text not null default '',
  created_at timestamptz not null,
  created_by text references account (id) on delete set null,
  expires_at timestamptz,
  -- People who may come in with it; null: any number.
  max_uses integer,
  revoked_at timestamptz,
  unique (room_id, hash)
);

insert into room_link (id, room_id, hash, created_at) select id, id, link_hash, created_at from room;

alter table room drop column link_hash;

-- Each person who came in with a link that has a limit.
create table room_link_use (
  link_id text not null references room_link (id) on delete cascade,
  participant_id text not null,
  primary key (link_id, participant_id)
);

-- Accounts that have a role in a room, beside its owner.
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

-- A meeting in a room's calendar. One without a start is permanent.
create table meeting (
  id text primary key,
  tenant_id text not null references tenant (id) on delete cascade,
  room_id text not null references room (id) on delete cascade,
  owner_id text not null references account (id) on delete cascade,
  title text not null,
  description text not null default '',
  -- The first occurrence: local time ("2026-03-27T10:00:00") in time_zone (IANA), and how long it takes.
  starts_local text,
  time_zone text,
  duration_minutes integer,
  -- RFC 5545 RRULE without its name; null: once.
  recurrence text,
  -- The first start and the last end as instants, for lists; ends_at null: no end. The rule says all between.
  starts_at timestamptz,
  ends_at timestamptz,
  -- iCalendar: UID and SEQUENCE.
  uid text not null unique,
  sequence integer not null default 0,
  cancelled_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null
);

create index meeting_owner on meeting (owner_id, starts_at, id);

create index meeting_tenant on meeting (tenant_id, starts_at, id);

create index meeting_room on meeting (room_id);

-- One occurrence of a series that is different, or does not take place.
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
  -- One of both: an account, or an address of somebody without one.
  account_id text references account (id) on delete cascade,
  email text,
  name text not null default '',
  role text not null,
  -- "none", "accepted", "tentative" or "declined".
  answer text not null default 'none',
  answered_at timestamptz,
  -- SHA-256 of the secret in the mail by which somebody without an account answers.
  token_hash text not null unique,
  created_at timestamptz not null,
  unique (meeting_id, account_id),
  unique (meeting_id, email)
);

create index invitation_account on invitation (account_id) where account_id is not null;

-- Mail that waits to be sent. A sender takes a row by setting due_at ahead: two edges do not send it twice.
create table mail (
  id text primary key,
  -- protocol-free JSON of what is to be sent (edge/mail): kind, to, language, parts, calendar.
  body jsonb not null,
  due_at timestamptz not null,
  tries integer not null default 0,
  created_at timestamptz not null
);

create index mail_due on mail (due_at);

-- Answers to requests with an Idempotency-Key, kept for a day.
create table idempotency (
  -- Account or API key.
  caller text not null,
  key text not null,
  -- SHA-256 of method, path and body.
  request_hash text not null,
  -- Status, headers and body, sealed with the cluster key: some hold secrets. Null: it is being worked on.
  answer text,
  created_at timestamptz not null,
  primary key (caller, key)
);

create index idempotency_age on idempotency (created_at);
