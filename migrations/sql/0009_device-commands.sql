-- Up Migration

-- Enquiries to trackers, each with its state: the broker that holds a device's session delivers them,
-- at connect if the device was away, and ingest stores the answer.
CREATE TABLE device_commands (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operator_id   bigint NOT NULL REFERENCES operators,
  device_id     bigint NOT NULL,
  requested_by  bigint NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  expires_at    timestamptz NOT NULL DEFAULT now() + INTERVAL '24 hours',
  -- When it was last written to the tracker's connection, when the tracker acknowledged that, and
  -- when the broker had its answer.
  sent_at       timestamptz,
  delivered_at  timestamptz,
  answered_at   timestamptz,
  -- How often it was written to a connection, and how often a broker took it to do so: the second
  -- tells one taking from another, so that what is noted of one that is over means no later one.
  attempts      smallint NOT NULL DEFAULT 0,
  claims        integer NOT NULL DEFAULT 0,
  device_kind   text NOT NULL GENERATED ALWAYS AS ('tracker') STORED,
  format        text NOT NULL CHECK (format IN ('native', 'teltonika-codec12', 'teltonika-json')),
  command       text NOT NULL,
  state         text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'delivered', 'answered', 'expired')),
  answer        text CHECK (length(answer) <= 4096),
  FOREIGN KEY (operator_id, device_id, device_kind) REFERENCES devices (operator_id, id, kind),
  FOREIGN KEY (operator_id, requested_by) REFERENCES users (operator_id, id),
  CONSTRAINT device_commands_expiry CHECK (expires_at > created_at AND expires_at <= created_at + INTERVAL '7 days'),
  CONSTRAINT device_commands_answer CHECK ((answered_at IS NULL) = (answer IS NULL)),
  -- Only what reads and switches nothing (telematics/commands/enquiries.ts, which a test compares):
  -- whatever can stop a vehicle goes another way, with approvals, and must not fit in here.
  CONSTRAINT device_commands_only_enquiries CHECK (
    CASE format
      WHEN 'native' THEN command = 'report'
      ELSE command ~ '^(getinfo|getver|getstatus|getgps|getio|ggps|allver|fwstats|readio (0|[1-9][0-9]{0,4}))$'
    END)
);
CREATE INDEX device_commands_device ON device_commands (device_id, id);
CREATE INDEX device_commands_open ON device_commands (device_id, id) WHERE state IN ('queued', 'sent', 'delivered');
CREATE INDEX device_commands_expiring ON device_commands (expires_at) WHERE state IN ('queued', 'sent', 'delivered');
-- An answer that is read again from the log is known by when it came.
CREATE INDEX device_commands_answered ON device_commands (device_id, answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX device_commands_age ON device_commands (created_at);
ALTER TABLE device_commands ENABLE ROW LEVEL SECURITY;
ALTER TABLE device_commands FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON device_commands TO wayleave_app USING (operator_id = current_operator()) WITH CHECK (operator_id = current_operator());
CREATE POLICY delivery ON device_commands TO wayleave_broker USING (true) WITH CHECK (true);
CREATE POLICY answers ON device_commands TO wayleave_ingest USING (true) WITH CHECK (true);
CREATE POLICY upkeep ON device_commands TO wayleave_jobs USING (true) WITH CHECK (true);

-- No role may change what a command says or to whom it goes.
GRANT SELECT, INSERT (operator_id, device_id, requested_by, format, command, expires_at) ON device_commands TO wayleave_app;
GRANT SELECT (id, device_id, format, command, state, attempts, claims, sent_at, delivered_at, expires_at),
      UPDATE (state, attempts, claims, sent_at, delivered_at) ON device_commands TO wayleave_broker;
GRANT SELECT (id, operator_id, device_id, format, state, attempts, sent_at, answered_at),
      UPDATE (state, answer, answered_at) ON device_commands TO wayleave_ingest;
GRANT SELECT (id, state, created_at, expires_at), UPDATE (state), DELETE ON device_commands TO wayleave_jobs;

-- Brokers listen: a new command may go at once, so may one that another broker gave back, and the
-- next one after an answer. A listener that lost its connection asks for every device that it
-- serves, so nothing hangs on a notification.
CREATE FUNCTION announce_device_command() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('device_commands', NEW.device_id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER device_commands_added AFTER INSERT ON device_commands
  FOR EACH ROW EXECUTE FUNCTION announce_device_command();
CREATE TRIGGER device_commands_next AFTER UPDATE OF state ON device_commands
  FOR EACH ROW WHEN (NEW.state IN ('queued', 'answered') AND OLD.state <> NEW.state)
  EXECUTE FUNCTION announce_device_command();
