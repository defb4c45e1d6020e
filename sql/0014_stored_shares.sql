-- About how many bytes the log of a room has, counted by the edges that write it: what rooms without a tenant may store is shared
-- (docs/protocol.md, Q6).
alter table room add column logged_bytes bigint not null default 0;

create index room_anonymous on room (idle_since) include (logged_bytes) where tenant_id is null;
