-- When an identity provider last let somebody in (docs/protocol.md, A22 and U30).

alter table identity add column vouched_at timestamptz;

update identity set vouched_at = created_at;

alter table identity alter column vouched_at set not null;

-- The address that a link was mailed to, whatever it is for; null: it was handed over in another way.
comment on column ticket.email is 'where the link went, and with "changeEmail" the address that the account is to have';
