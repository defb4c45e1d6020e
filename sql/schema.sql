-- What the migrations in this folder make. Written by a test: UPDATE_SCHEMA=1.

create table edge (
  id text not null,
  seen_at timestamp with time zone not null,
  constraint edge_pkey PRIMARY KEY (id)
);

create table migration (
  name text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (name)
);

create table room (
  id text not null,
  link_hash text not null,
  created_at timestamp with time zone not null,
  base_seq integer not null default 0,
  node_id text,
  idle_since timestamp with time zone,
  constraint room_pkey PRIMARY KEY (id)
);
CREATE INDEX room_idle ON public.room USING btree (idle_since) WHERE (idle_since IS NOT NULL);

create table room_event (
  room_id text not null,
  seq integer not null,
  type text not null,
  body jsonb not null,
  actor_id text,
  command_id text,
  at timestamp with time zone not null,
  constraint room_event_pkey PRIMARY KEY (room_id, seq),
  constraint room_event_room_id_fkey FOREIGN KEY (room_id) REFERENCES room(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX room_event_command ON public.room_event USING btree (room_id, actor_id, command_id) WHERE (command_id IS NOT NULL);

create table room_snapshot (
  room_id text not null,
  seq integer not null,
  shape integer not null,
  state jsonb not null,
  constraint room_snapshot_pkey PRIMARY KEY (room_id),
  constraint room_snapshot_room_id_fkey FOREIGN KEY (room_id) REFERENCES room(id) ON DELETE CASCADE
);
