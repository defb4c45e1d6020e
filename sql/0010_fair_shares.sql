-- Browsers that have shown the right password of an account or room (docs/protocol.md, Q5): they have tries of their own. Both are keyed hashes.
create table known_device (
  subject_hash text not null,
  device_hash text not null,
  ends_at timestamptz not null,
  primary key (subject_hash, device_hash)
);

create index known_device_end on known_device (ends_at);
