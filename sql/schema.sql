-- The result of the migrations in this folder. Written by a test: UPDATE_SCHEMA=1.

create table account (
  id text not null,
  tenant_id text not null,
  name text not null,
  sort_name text not null,
  email text,
  email_verified_at timestamp with time zone,
  role text not null default 'member'::text,
  is_operator boolean not null default false,
  language text,
  time_zone text,
  mails_answers boolean not null default true,
  disabled_at timestamp with time zone,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  constraint account_pkey PRIMARY KEY (id),
  constraint account_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
CREATE INDEX account_name ON public.account USING btree (tenant_id, sort_name, id);
CREATE INDEX account_operator ON public.account USING btree (id) WHERE is_operator;
CREATE UNIQUE INDEX account_email ON public.account USING btree (tenant_id, email) WHERE (email IS NOT NULL);

create table agenda (
  account_id text not null,
  meeting_id text not null,
  listed_at timestamp with time zone not null,
  listed_until timestamp with time zone,
  constraint agenda_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint agenda_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES meeting(id) ON DELETE CASCADE,
  constraint agenda_pkey PRIMARY KEY (account_id, meeting_id)
);
CREATE INDEX agenda_listed ON public.agenda USING btree (account_id, listed_at, meeting_id) WHERE (listed_until IS NOT NULL);
CREATE INDEX agenda_meeting ON public.agenda USING btree (meeting_id);
CREATE INDEX agenda_permanent ON public.agenda USING btree (account_id, listed_at, meeting_id) WHERE (listed_until IS NULL);

create table api_key (
  id text not null,
  tenant_id text not null,
  name text not null,
  hash text not null,
  scopes text[] not null,
  created_by text,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  used_at timestamp with time zone,
  constraint api_key_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(id) ON DELETE SET NULL,
  constraint api_key_hash_key UNIQUE (hash),
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
CREATE INDEX api_key_tenant ON public.api_key USING btree (tenant_id, created_at, id);

create table edge (
  id text not null,
  protocol_version integer not null,
  seen_at timestamp with time zone not null,
  constraint edge_pkey PRIMARY KEY (id)
);

create table favourite (
  account_id text not null,
  room_id text not null,
  constraint favourite_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint favourite_pkey PRIMARY KEY (account_id, room_id),
  constraint favourite_room_id_fkey FOREIGN KEY (room_id) REFERENCES room(id) ON DELETE CASCADE
);

create table idempotency (
  caller text not null,
  key text not null,
  request_hash text not null,
  answer text,
  created_at timestamp with time zone not null,
  constraint idempotency_pkey PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_age ON public.idempotency USING btree (created_at);

create table identity (
  issuer text not null,
  subject text not null,
  account_id text not null,
  created_at timestamp with time zone not null,
  vouched_at timestamp with time zone not null,
  constraint identity_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint identity_pkey PRIMARY KEY (issuer, subject)
);
CREATE INDEX identity_account ON public.identity USING btree (account_id);

create table invitation (
  id text not null,
  meeting_id text not null,
  account_id text,
  email text,
  name text not null default ''::text,
  role text,
  language text,
  answer text not null default 'none'::text,
  answered_at timestamp with time zone,
  secret_hash text not null,
  secret_sealed text not null,
  created_at timestamp with time zone not null,
  constraint invitation_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint invitation_meeting_id_account_id_key UNIQUE (meeting_id, account_id),
  constraint invitation_meeting_id_email_key UNIQUE (meeting_id, email),
  constraint invitation_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES meeting(id) ON DELETE CASCADE,
  constraint invitation_pkey PRIMARY KEY (id),
  constraint invitation_secret_hash_key UNIQUE (secret_hash)
);
CREATE INDEX invitation_account ON public.invitation USING btree (account_id) WHERE (account_id IS NOT NULL);
CREATE INDEX invitation_meeting ON public.invitation USING btree (meeting_id, created_at, id);

create table job (
  name text not null,
  due_at timestamp with time zone not null,
  run integer not null default 0,
  edge_id text,
  leased_until timestamp with time zone,
  failures integer not null default 0,
  succeeded_at timestamp with time zone,
  constraint job_pkey PRIMARY KEY (name)
);

create table known_device (
  subject_hash text not null,
  device_hash text not null,
  ends_at timestamp with time zone not null,
  constraint known_device_pkey PRIMARY KEY (subject_hash, device_hash)
);
CREATE INDEX known_device_end ON public.known_device USING btree (ends_at);

create table mail (
  id text not null,
  body jsonb not null,
  due_at timestamp with time zone not null,
  tries integer not null default 0,
  about text,
  is_held boolean not null default false,
  created_at timestamp with time zone not null,
  constraint mail_pkey PRIMARY KEY (id)
);
CREATE INDEX mail_about ON public.mail USING btree (about) WHERE (about IS NOT NULL);
CREATE INDEX mail_due ON public.mail USING btree (due_at);

create table mail_stop (
  reader_hash text not null,
  tenant_id text not null,
  at timestamp with time zone not null,
  constraint mail_stop_pkey PRIMARY KEY (reader_hash, tenant_id)
);

create table meeting (
  id text not null,
  tenant_id text not null,
  room_id text not null,
  has_own_room boolean not null,
  owner_id text not null,
  title text not null,
  description text not null default ''::text,
  starts_local text,
  time_zone text,
  duration_minutes integer,
  recurrence text,
  listed_at timestamp with time zone not null,
  listed_until timestamp with time zone,
  listed_original text,
  advance_at timestamp with time zone,
  sequence integer not null default 0,
  cancelled_at timestamp with time zone,
  answers_due_at timestamp with time zone,
  answers_told_at timestamp with time zone,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  constraint meeting_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint meeting_pkey PRIMARY KEY (id),
  constraint meeting_room_id_fkey FOREIGN KEY (room_id) REFERENCES room(id) ON DELETE CASCADE,
  constraint meeting_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
CREATE INDEX meeting_advance ON public.meeting USING btree (advance_at) WHERE (advance_at IS NOT NULL);
CREATE INDEX meeting_answers ON public.meeting USING btree (answers_due_at) WHERE (answers_due_at IS NOT NULL);
CREATE INDEX meeting_over ON public.meeting USING btree (listed_until) WHERE ((advance_at IS NULL) AND (listed_until IS NOT NULL));
CREATE INDEX meeting_owner ON public.meeting USING btree (owner_id);
CREATE INDEX meeting_room ON public.meeting USING btree (room_id);
CREATE INDEX meeting_tenant ON public.meeting USING btree (tenant_id, listed_at, id) WHERE (listed_until IS NOT NULL);
CREATE INDEX meeting_tenant_permanent ON public.meeting USING btree (tenant_id, listed_at, id) WHERE (listed_until IS NULL);

create table meeting_exception (
  meeting_id text not null,
  original_local text not null,
  is_cancelled boolean not null,
  starts_local text,
  duration_minutes integer,
  title text,
  constraint meeting_exception_meeting_id_fkey FOREIGN KEY (meeting_id) REFERENCES meeting(id) ON DELETE CASCADE,
  constraint meeting_exception_pkey PRIMARY KEY (meeting_id, original_local)
);

create table migration (
  name text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (name)
);

create table migration_added (
  name text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_added_pkey PRIMARY KEY (name)
);

create table node (
  id text not null,
  address jsonb not null,
  control_url text,
  seen_at timestamp with time zone not null,
  constraint node_pkey PRIMARY KEY (id)
);

create table oidc_flow (
  state_hash text not null,
  provider text not null,
  code_verifier text not null,
  nonce text not null,
  return_to text not null,
  device_hash text not null,
  is_proof boolean not null default false,
  expires_at timestamp with time zone not null,
  constraint oidc_flow_pkey PRIMARY KEY (state_hash)
);

create table one_time_secret (
  hash text not null,
  purpose text not null,
  tenant_id text,
  account_id text,
  email text,
  expires_at timestamp with time zone not null,
  constraint one_time_secret_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint one_time_secret_pkey PRIMARY KEY (hash),
  constraint one_time_secret_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);

create table outbox (
  id text not null,
  kind text not null,
  variant text not null,
  share text not null,
  body jsonb,
  about text,
  due_at timestamp with time zone not null,
  tries integer not null default 0,
  is_held boolean not null default false,
  created_at timestamp with time zone not null,
  failed_at timestamp with time zone,
  failure text,
  constraint outbox_pkey PRIMARY KEY (id)
);
CREATE INDEX outbox_about ON public.outbox USING btree (about) WHERE (about IS NOT NULL);
CREATE INDEX outbox_age ON public.outbox USING btree (created_at);
CREATE INDEX outbox_due ON public.outbox USING btree (kind, share, due_at) WHERE (failed_at IS NULL);

create table passkey (
  id text not null,
  account_id text not null,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  name text not null,
  created_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint passkey_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint passkey_pkey PRIMARY KEY (id)
);
CREATE INDEX passkey_account ON public.passkey USING btree (account_id);

create table password (
  account_id text not null,
  hash text not null,
  changed_at timestamp with time zone not null,
  constraint password_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint password_pkey PRIMARY KEY (account_id)
);

create table people_group (
  id text not null,
  tenant_id text not null,
  name text not null,
  sort_name text not null,
  is_external boolean not null default false,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  constraint people_group_pkey PRIMARY KEY (id),
  constraint people_group_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE,
  constraint people_group_tenant_id_name_key UNIQUE (tenant_id, name)
);
CREATE INDEX people_group_name ON public.people_group USING btree (tenant_id, sort_name, id);

create table people_group_member (
  group_id text not null,
  account_id text not null,
  constraint people_group_member_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint people_group_member_group_id_fkey FOREIGN KEY (group_id) REFERENCES people_group(id) ON DELETE CASCADE,
  constraint people_group_member_pkey PRIMARY KEY (group_id, account_id)
);
CREATE INDEX people_group_member_account ON public.people_group_member USING btree (account_id);

create table rate_counter (
  limit_name text not null,
  key_hash text not null,
  points integer not null,
  ends_at timestamp with time zone not null,
  constraint rate_counter_pkey PRIMARY KEY (limit_name, key_hash)
);
CREATE INDEX rate_counter_end ON public.rate_counter USING btree (ends_at);

create table recovery_code (
  account_id text not null,
  hash text not null,
  used_at timestamp with time zone,
  constraint recovery_code_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint recovery_code_pkey PRIMARY KEY (account_id, hash)
);

create table room (
  id text not null,
  tenant_id text,
  owner_id text,
  name text not null default ''::text,
  slug text,
  settings jsonb not null default '{}'::jsonb,
  password_hash text,
  is_adhoc boolean not null default false,
  residency jsonb,
  placement_version integer not null default 0,
  base_seq integer not null default 0,
  logged_bytes bigint not null default 0,
  idle_since timestamp with time zone,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  constraint room_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint room_pkey PRIMARY KEY (id),
  constraint room_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
CREATE INDEX room_anonymous ON public.room USING btree (idle_since) INCLUDE (logged_bytes) WHERE (tenant_id IS NULL);
CREATE INDEX room_idle ON public.room USING btree (idle_since) WHERE (idle_since IS NOT NULL);
CREATE INDEX room_owner ON public.room USING btree (owner_id, created_at, id) WHERE (owner_id IS NOT NULL);
CREATE INDEX room_tenant ON public.room USING btree (tenant_id, created_at, id) WHERE (tenant_id IS NOT NULL);
CREATE UNIQUE INDEX room_slug ON public.room USING btree (tenant_id, slug) WHERE (slug IS NOT NULL);

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

create table room_link (
  id text not null,
  room_id text not null,
  hash text not null,
  sealed text,
  role text,
  label text not null default ''::text,
  invitation_id text,
  created_at timestamp with time zone not null,
  created_by text,
  expires_at timestamp with time zone,
  max_uses integer,
  revoked_at timestamp with time zone,
  constraint room_link_created_by_fkey FOREIGN KEY (created_by) REFERENCES account(id) ON DELETE SET NULL,
  constraint room_link_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES invitation(id) ON DELETE CASCADE,
  constraint room_link_pkey PRIMARY KEY (id),
  constraint room_link_room_id_fkey FOREIGN KEY (room_id) REFERENCES room(id) ON DELETE CASCADE,
  constraint room_link_room_id_hash_key UNIQUE (room_id, hash)
);
CREATE INDEX room_link_invitation ON public.room_link USING btree (invitation_id) WHERE (invitation_id IS NOT NULL);

create table room_link_use (
  link_id text not null,
  person_id text not null,
  constraint room_link_use_link_id_fkey FOREIGN KEY (link_id) REFERENCES room_link(id) ON DELETE CASCADE,
  constraint room_link_use_pkey PRIMARY KEY (link_id, person_id)
);

create table room_member (
  room_id text not null,
  account_id text not null,
  role text not null,
  constraint room_member_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint room_member_pkey PRIMARY KEY (room_id, account_id),
  constraint room_member_room_id_fkey FOREIGN KEY (room_id) REFERENCES room(id) ON DELETE CASCADE
);
CREATE INDEX room_member_account ON public.room_member USING btree (account_id);

create table room_node (
  room_id text not null,
  node_id text not null,
  edge_id text not null,
  peers integer not null default 1,
  constraint room_node_edge_id_fkey FOREIGN KEY (edge_id) REFERENCES edge(id) ON DELETE CASCADE,
  constraint room_node_node_id_fkey FOREIGN KEY (node_id) REFERENCES node(id) ON DELETE CASCADE,
  constraint room_node_pkey PRIMARY KEY (room_id, node_id, edge_id),
  constraint room_node_room_id_fkey FOREIGN KEY (room_id) REFERENCES room(id) ON DELETE CASCADE
);
CREATE INDEX room_node_edge ON public.room_node USING btree (edge_id);
CREATE INDEX room_node_node ON public.room_node USING btree (node_id);

create table room_snapshot (
  room_id text not null,
  seq integer not null,
  shape integer not null,
  state jsonb not null,
  constraint room_snapshot_pkey PRIMARY KEY (room_id),
  constraint room_snapshot_room_id_fkey FOREIGN KEY (room_id) REFERENCES room(id) ON DELETE CASCADE
);

create table session (
  id text not null,
  hash text not null,
  previous_hash text,
  previous_until timestamp with time zone,
  rotated_at timestamp with time zone not null,
  account_id text not null,
  method text not null,
  issuer text,
  sid text,
  tokens text,
  recheck_at timestamp with time zone,
  lapsed_at timestamp with time zone,
  device text not null,
  created_at timestamp with time zone not null,
  proved_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint session_account_id_fkey FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE,
  constraint session_hash_key UNIQUE (hash),
  constraint session_pkey PRIMARY KEY (id),
  constraint session_previous_hash_key UNIQUE (previous_hash)
);
CREATE INDEX session_account ON public.session USING btree (account_id);
CREATE INDEX session_expiry ON public.session USING btree (expires_at);
CREATE INDEX session_sid ON public.session USING btree (issuer, sid) WHERE (sid IS NOT NULL);

create table tenant (
  id text not null,
  slug text not null,
  name text not null,
  domain text,
  branding jsonb not null default '{}'::jsonb,
  max_participants integer,
  max_rooms integer,
  max_minutes integer,
  max_storage_bytes bigint,
  residency jsonb,
  version integer not null default 1,
  created_at timestamp with time zone not null,
  constraint tenant_domain_key UNIQUE (domain),
  constraint tenant_pkey PRIMARY KEY (id),
  constraint tenant_slug_key UNIQUE (slug)
);

create table tenant_usage (
  tenant_id text not null,
  month date not null,
  minutes integer not null default 0,
  constraint tenant_usage_pkey PRIMARY KEY (tenant_id, month),
  constraint tenant_usage_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenant(id) ON DELETE CASCADE
);
