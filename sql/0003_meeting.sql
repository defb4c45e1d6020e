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
  -- The secret under the cluster key (edge/seal.ts), so that who looks after the room is shown it again; null: it was shown once.
  sealed text,
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

update room set name = coalesce(
  (select body ->> 'name' from room_event where room_id = room.id and type = 'room.created' limit 1), '');

-- Who came in before there were roles.
update room_event set body = body || '{"role": "guest", "isGuest": true, "persons": []}' where type = 'participant.joined';

-- Each person who came in with a link that has a limit.
create table room_link_use (
  link_id text not null references room_link (id) on delete cascade,
  -- protocol: PersonId.
  person_id text not null,
  primary key (link_id, person_id)
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
  -- The room was made with the meeting and goes with it.
  has_own_room boolean not null,
  owner_id text not null references account (id) on delete cascade,
  title text not null,
  description text not null default '',
  -- The first occurrence: local time ("2026-03-27T10:00") in time_zone (IANA), and how long it takes.
  starts_local text,
  time_zone text,
  duration_minutes integer,
  -- RFC 5545 RRULE without its name; null: once.
  recurrence text,
  -- Where lists have it: start and end of the occurrence that is under way or comes next, or else was last, and its start by the rule. A
  -- permanent one: when it was made, and null.
  listed_at timestamptz not null,
  listed_until timestamptz,
  listed_original text,
  -- When another occurrence takes that place; null: none will.
  advance_at timestamptz,
  -- iCalendar: SEQUENCE. UID comes from the id.
  sequence integer not null default 0,
  cancelled_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null
);

create index meeting_tenant on meeting (tenant_id, listed_at, id) where listed_until is not null;

create index meeting_tenant_permanent on meeting (tenant_id, listed_at, id) where listed_until is null;

create index meeting_advance on meeting (advance_at) where advance_at is not null;

create index meeting_over on meeting (listed_until) where advance_at is null and listed_until is not null;

create index meeting_owner on meeting (owner_id);

create index meeting_room on meeting (room_id);

-- Whose lists a meeting is in: its owner's, and those of the accounts that are invited. The instants are the meeting's, so that a list is one
-- stretch of an index.
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
  -- protocol: Role; null: what they are in the room comes from whether they sign in.
  role text,
  -- "de" or "en": what mails to an address are written in. An account says so itself.
  language text,
  -- "none", "accepted", "tentative" or "declined".
  answer text not null default 'none',
  answered_at timestamptz,
  -- SHA-256 (hex) of the secret in the mail, by which one answers without signing in.
  secret_hash text not null unique,
  -- The same secret for the next mail, sealed under the cluster key (edge/seal.ts).
  secret_sealed text not null,
  created_at timestamptz not null,
  unique (meeting_id, account_id),
  unique (meeting_id, email)
);

create index invitation_account on invitation (account_id) where account_id is not null;

create index invitation_meeting on invitation (meeting_id, created_at, id);

-- The link in the mail to an address is the invitation's: it ends with it.
alter table room_link add column invitation_id text references invitation (id) on delete cascade;

create index room_link_invitation on room_link (invitation_id) where invitation_id is not null;

-- Mail that waits to be sent. A sender takes a row by setting due_at ahead: two edges do not send it twice.
create table mail (
  id text primary key,
  -- edge/mail: WrittenMail, ready to be sent.
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
  -- SHA-256 of method, path and body, sealed under the cluster key.
  request_hash text not null,
  -- Status, headers and body, sealed with the cluster key: some hold secrets. Null: it is being worked on.
  answer text,
  created_at timestamptz not null,
  primary key (caller, key)
);

create index idempotency_age on idempotency (created_at);
