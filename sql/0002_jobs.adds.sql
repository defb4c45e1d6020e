-- One row for each periodic job (edge/jobs). All instants by the database's clock.
create table job (
  name text primary key,
  -- When it runs next, if no edge runs it.
  due_at timestamptz not null,
  -- Runs so far. A run's number is its proof that it still has the lease.
  run integer not null default 0,
  -- The edge of the latest run.
  edge_id text,
  -- Until when the run has the lease, unless it is renewed; null: the job is not running.
  leased_until timestamptz,
  -- Runs since the last success that failed, or ended with their edge.
  failures integer not null default 0,
  succeeded_at timestamptz
);
