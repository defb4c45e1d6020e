-- What lists go by and what search looks into: the name folded in our own code (edge/store/sort_name.ts), in the order of code points, whatever the
-- locale of the database. Rows from before are filled by edge/store/migrate.ts.
alter table account add column sort_name text collate "C" not null default '';

alter table people_group add column sort_name text collate "C" not null default '';

drop index account_name;

create index account_name on account (tenant_id, sort_name, id);

create index people_group_name on people_group (tenant_id, sort_name, id);
