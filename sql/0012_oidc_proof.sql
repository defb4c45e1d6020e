-- Whether a sign-in at an identity provider is to prove anew who somebody is (docs/protocol.md, U9).
alter table oidc_flow add column is_proof boolean not null default false;

-- When the provider's tokens of a session had died of age: it asks for a new sign-in, and ends no meeting. Null: they have not.
alter table session add column lapsed_at timestamptz;
