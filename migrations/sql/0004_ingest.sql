-- Up Migration

-- Who consumes a shard of the uplink log, under which fencing epoch, and how far it has come.
-- checkpoint_mark moves in the transaction that makes everything up to it durable; a worker
-- whose epoch is no longer current cannot move it.
CREATE TABLE shard_leases (
  shard            integer PRIMARY KEY CHECK (shard >= 0),
  worker           text,
  epoch            bigint NOT NULL DEFAULT 0,
  expires_at       timestamptz NOT NULL DEFAULT '-infinity',
  checkpoint_mark  text NOT NULL DEFAULT ''
);
CREATE TABLE ingest_workers (
  worker      text PRIMARY KEY,
  expires_at  timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON shard_leases, ingest_workers TO wayleave_ingest;

-- What no adapter could read, byte for byte. Its place in the log is its identity, so reading
-- the log again stores nothing twice.
CREATE TABLE quarantine (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operator_id  bigint NOT NULL,
  device_id    bigint NOT NULL,
  received_at  timestamptz NOT NULL,
  topic        text NOT NULL,
  reason       text NOT NULL,
  detail       text NOT NULL,
  payload      bytea NOT NULL,
  log_entry    text NOT NULL,
  log_record   integer NOT NULL,
  log_item     integer NOT NULL,
  UNIQUE (log_entry, log_record, log_item)
);
CREATE INDEX quarantine_operator ON quarantine (operator_id, id);
CREATE INDEX quarantine_age ON quarantine (received_at);
ALTER TABLE quarantine ENABLE ROW LEVEL SECURITY;
ALTER TABLE quarantine FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON quarantine FOR SELECT TO wayleave_app USING (operator_id = current_operator());
CREATE POLICY writer ON quarantine TO wayleave_ingest USING (true) WITH CHECK (true);
CREATE POLICY expiry ON quarantine TO wayleave_jobs USING (true);
GRANT SELECT ON quarantine TO wayleave_app;
GRANT SELECT, DELETE ON quarantine TO wayleave_jobs;
GRANT SELECT, INSERT ON quarantine TO wayleave_ingest;

-- What other processes must hear of, committed with the change that it tells of. The key is
-- derived from what the message is about; a sent row stays a while so that a replay of the
-- same change finds it and adds nothing.
CREATE TABLE outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operator_id  bigint NOT NULL,
  queue        text NOT NULL,
  name         text NOT NULL,
  key          text NOT NULL UNIQUE,
  payload      jsonb NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  sent_at      timestamptz
);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON outbox TO wayleave_app USING (operator_id = current_operator()) WITH CHECK (operator_id = current_operator());
CREATE POLICY writer ON outbox TO wayleave_ingest USING (true) WITH CHECK (true);
CREATE POLICY relay ON outbox TO wayleave_jobs USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON outbox TO wayleave_app, wayleave_ingest;
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO wayleave_jobs;
