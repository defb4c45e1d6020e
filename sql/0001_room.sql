-- The room log (docs/protocol.md, "The log"). One statement a paragraph, forward only, from PostgreSQL 15 up.

create table room (
  id text primary key,
  -- SHA-256 of the link secret, hex. The secret itself is in the link's fragment and nowhere else.
  link_hash text not null,
  created_at timestamptz not null,
  -- The log holds the events after this one. It moves when the term of the earlier ones has passed.
  base_seq integer not null default 0,
  -- The media node that the room is on, by its id; null: none yet. Edges change it by comparing first, so all of them agree.
  node_id text,
  -- Since when nobody is in the room; null while somebody is. The retention of its events counts from here.
  idle_since timestamptz
);

create index room_idle on room (idle_since) where idle_since is not null;

create table room_event (
  room_id text not null references room (id) on delete cascade,
  seq integer not null,
  type text not null,
  body jsonb not null,
  -- Who did it; null: the system.
  actor_id text,
  -- The actor's command, on the first event that it made.
  command_id text,
  at timestamptz not null,
  primary key (room_id, seq)
);

-- Repeating a command has no second effect. Scoped by actor, so that nobody can use up another's ids.
create unique index room_event_command on room_event (room_id, actor_id, command_id) where command_id is not null;

create table room_snapshot (
  room_id text primary key references room (id) on delete cascade,
  seq integer not null,
  -- STATE_SHAPE of the code that wrote it; another shape is not read.
  shape integer not null,
  state jsonb not null
);

-- Leases: an edge writes here each second; one that has not for 3.5 s is dead, and its people are away.
create table edge (
  id text primary key,
  seen_at timestamptz not null
);
