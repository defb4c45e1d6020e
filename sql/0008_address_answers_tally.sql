-- Another address for an account, answers that owners hear of, tries that all edges count together (docs/protocol.md, U34, D12, U8).

-- The address that the account is to have, of a link of purpose "changeEmail".
alter table ticket add column email text;

-- Whether the person wants a mail when somebody answers an invitation to a meeting of theirs.
alter table account add column mails_answers boolean not null default true;

-- When the owner is to be told of answers; null: there is nothing to tell.
alter table meeting add column answers_due_at timestamptz;

-- The answers given by then have been told.
alter table meeting add column answers_told_at timestamptz;

create index meeting_answers on meeting (answers_due_at) where answers_due_at is not null;

-- What is limited over all edges: points taken in the window that ends at ends_at. The key is hashed.
create table tally (
  limit_name text not null,
  key_hash text not null,
  points integer not null,
  ends_at timestamptz not null,
  primary key (limit_name, key_hash)
);

create index tally_end on tally (ends_at);
