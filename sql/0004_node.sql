-- Media nodes, and where rooms are (docs/protocol.md, "Nodes"). Where single people are is written nowhere.

create table node (
  id text primary key,
  -- protocol: NodeAddress, as it proved to hold it.
  address jsonb not null,
  -- Where edges reach it, when it registered itself; null: only edges that are told of it (MEDIA_NODES) know.
  control_url text,
  -- By the database's clock: edges need not agree on the time.
  seen_at timestamptz not null
);

-- Which nodes a room is on, through which edges.
create table room_node (
  room_id text not null references room (id) on delete cascade,
  node_id text not null references node (id) on delete cascade,
  edge_id text not null references edge (id) on delete cascade,
  -- People of this edge there, for the choice of a node; a second old.
  peers integer not null default 1,
  primary key (room_id, node_id, edge_id)
);

create index room_node_edge on room_node (edge_id);

create index room_node_node on room_node (node_id);

alter table room drop column node_id;

-- Grows with every change of the room's nodes or bounds.
alter table room add column placement_version integer not null default 0;

-- protocol: Residency. Null: no bounds. What tenant and room say both counts.
alter table room add column residency jsonb;

alter table tenant add column residency jsonb;
