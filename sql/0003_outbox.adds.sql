-- What is sent to other systems (edge/outbox), written in the transaction of its cause. A sender claims a row
-- by moving due_at forward, so two edges do not send it at the same time. A row that was sent is deleted.
create table outbox (
  -- Receivers get it too, so that they can drop what they have already.
  id text primary key,
  -- Names the sender: "mail".
  kind text not null,
  -- What of its kind it is: "meeting.changed".
  variant text not null,
  -- Shares of one kind take turns: the tenant's id; empty: the installation.
  share text not null,
  -- The kind's own schema; null: given up, its content is erased.
  body jsonb,
  -- What it is about, if a later row about the same can replace it; null: it is sent in any case.
  about text,
  due_at timestamptz not null,
  -- Attempts so far. A claim's number is its proof that it is the latest.
  tries integer not null default 0,
  -- Held back by a limit of the receiver.
  is_held boolean not null default false,
  created_at timestamptz not null,
  -- When and why it was given up: codes, without personal data.
  failed_at timestamptz,
  failure text
);

create index outbox_due on outbox (kind, share, due_at) where failed_at is null;

create index outbox_about on outbox (about) where about is not null;

create index outbox_age on outbox (created_at);
