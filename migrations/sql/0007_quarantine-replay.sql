-- Up Migration

-- What was quarantined can be tried again once an adapter, a gateway or a configuration is mended:
-- an operator asks for it, a job decodes it anew and gives it back to the uplink log.
ALTER TABLE quarantine
  -- Until the job has tried it; null again afterwards.
  ADD COLUMN replay_requested_at timestamptz,
  -- When it was last tried and still could not be read; reason and detail are of that time.
  ADD COLUMN replay_failed_at timestamptz,
  -- When its bytes were durable in the uplink log again; null while it is open.
  ADD COLUMN replayed_at timestamptz;
CREATE INDEX quarantine_open ON quarantine (operator_id, id) WHERE replayed_at IS NULL;
CREATE INDEX quarantine_requested ON quarantine (operator_id, id) WHERE replay_requested_at IS NOT NULL;
-- How much a device has here, and its oldest first: a tracker that sends rubbish all day is bounded.
CREATE INDEX quarantine_device ON quarantine (device_id, id);

CREATE POLICY replay ON quarantine FOR UPDATE TO wayleave_app
  USING (operator_id = current_operator()) WITH CHECK (operator_id = current_operator());
GRANT UPDATE (replay_requested_at) ON quarantine TO wayleave_app;
GRANT UPDATE (reason, detail, replay_requested_at, replay_failed_at, replayed_at) ON quarantine TO wayleave_jobs;

-- What a gateway brought is routed anew, by what is allowed at the time of the replay.
CREATE POLICY routing ON devices FOR SELECT TO wayleave_jobs USING (true);
CREATE POLICY replay ON gateway_devices FOR SELECT TO wayleave_jobs USING (true);
GRANT SELECT (id, operator_id, ident, kind, speaks_for, revoked_at) ON devices TO wayleave_jobs;
GRANT SELECT (gateway_id, device_id) ON gateway_devices TO wayleave_jobs;
