-- Mails are limited by reader, and readers without an account can say no (docs/protocol.md, B7, B8).

-- What a mail tells whom: a later one about the same takes its place while it is held back. Null: each mail is sent.
alter table mail add column about text;
alter table mail add column is_held boolean not null default false;

create index mail_about on mail (about) where about is not null;

-- Who wants no mails: the keyed hash of an address, of which tenant; an empty tenant: of none here.
create table mail_stop (
  reader_hash text not null,
  tenant_id text not null,
  at timestamptz not null,
  primary key (reader_hash, tenant_id)
);
