-- Up Migration

-- Every position is stored with its verdict. A message without a fix is a position too (its alarms
-- and its ignition count), and so is a fix at 91°: what is doubtful says so instead of being refused.
DO $$
DECLARE
  place text;
  child regclass;
BEGIN
  ALTER TABLE positions DROP CONSTRAINT positions_lat_check, DROP CONSTRAINT positions_lon_check;
  FOREACH place IN ARRAY ARRAY['lat', 'lon', 'h3'] LOOP
    EXECUTE format('ALTER TABLE positions ALTER COLUMN %I DROP NOT NULL', place);
  END LOOP;
  -- Daily partitions were made like their parent, so they have constraints of their own.
  -- The chunks of a hypertable follow their parent and may not be altered.
  FOR child IN
    SELECT inhrelid FROM pg_inherits JOIN pg_class AS parent ON parent.oid = inhparent
    WHERE inhparent = 'positions'::regclass AND parent.relkind = 'p'
  LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS positions_lat_check, DROP CONSTRAINT IF EXISTS positions_lon_check', child);
    FOREACH place IN ARRAY ARRAY['lat', 'lon', 'h3'] LOOP
      EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', child, place);
    END LOOP;
  END LOOP;
END $$;

-- Bits of telematics/positions/quality/doubts.ts and remarks.ts; a position is good when doubts is 0.
-- distance_m leads from the good fix before it in fix time, of the same device, to this good one.
ALTER TABLE positions
  ADD COLUMN distance_m real,
  ADD COLUMN doubts smallint NOT NULL DEFAULT 0,
  ADD COLUMN remarks smallint NOT NULL DEFAULT 0;
CREATE OR REPLACE VIEW operator_positions WITH (security_barrier) AS
  SELECT * FROM positions WHERE operator_id = current_operator();

-- Rows are merged where they are judged, in memory, with the stored row at hand.
DROP FUNCTION merge_alarms(text, text);
DROP FUNCTION merge_attributes(jsonb, jsonb);

-- One row for each device that ever sent something: its latest good position, absent until there is
-- one, the newest instant that is stored of it, good or not, and when it was last heard of.
ALTER TABLE latest_positions
  ALTER COLUMN fix_time DROP NOT NULL,
  ALTER COLUMN received_at DROP NOT NULL,
  ALTER COLUMN lat DROP NOT NULL,
  ALTER COLUMN lon DROP NOT NULL,
  ALTER COLUMN h3 DROP NOT NULL,
  ADD COLUMN distance_m real,
  ADD COLUMN doubts smallint,
  ADD COLUMN remarks smallint,
  ADD COLUMN newest_fix_time timestamptz,
  ADD COLUMN last_received_at timestamptz;

-- What was stored before is judged by itself, with the default thresholds; it has no distances.
UPDATE positions SET doubts =
    CASE WHEN abs(lat) < 0.001 AND abs(lon) < 0.001 THEN 4 ELSE 0 END
  | CASE WHEN fix_time > received_at + INTERVAL '300 seconds' THEN 8 ELSE 0 END
  | CASE WHEN accuracy_m > 200 THEN 32 ELSE 0 END
  | CASE WHEN satellites < 3 THEN 64 ELSE 0 END
WHERE (abs(lat) < 0.001 AND abs(lon) < 0.001) OR fix_time > received_at + INTERVAL '300 seconds'
   OR accuracy_m > 200 OR satellites < 3;
DELETE FROM latest_positions;
INSERT INTO latest_positions (
    device_id, fix_time, received_at, operator_id, lat, lon, odometer_m, h3, speed_kmh, heading_deg, altitude_m,
    accuracy_m, battery_v, satellites, ignition, alarm, attributes, doubts, remarks, newest_fix_time, last_received_at)
  SELECT DISTINCT ON (p.device_id)
    p.device_id, p.fix_time, p.received_at, p.operator_id, p.lat, p.lon, p.odometer_m, p.h3, p.speed_kmh, p.heading_deg,
    p.altitude_m, p.accuracy_m, p.battery_v, p.satellites, p.ignition, p.alarm, p.attributes, p.doubts, p.remarks,
    p.fix_time, p.received_at
  FROM positions AS p WHERE p.doubts = 0 ORDER BY p.device_id, p.fix_time DESC;

-- From when on a fix is doubtful, for the vehicles of one kind; an operator without a row for a kind
-- has the defaults of telematics/positions/quality/thresholds.ts.
CREATE TABLE quality_thresholds (
  operator_id            bigint NOT NULL REFERENCES operators,
  kind                   text NOT NULL CHECK (kind IN ('motorcycle', 'car', 'van', 'truck')),
  max_ahead_s            integer NOT NULL,
  max_accuracy_m         double precision NOT NULL,
  min_satellites         smallint NOT NULL,
  max_speed_kmh          double precision NOT NULL,
  max_acceleration_mps2  double precision NOT NULL,
  jump_slack_m           double precision NOT NULL,
  frozen_odometer_m      double precision NOT NULL,
  duplicate_m            double precision NOT NULL,
  PRIMARY KEY (operator_id, kind)
);
ALTER TABLE quality_thresholds ENABLE ROW LEVEL SECURITY;
ALTER TABLE quality_thresholds FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON quality_thresholds TO wayleave_app USING (operator_id = current_operator()) WITH CHECK (operator_id = current_operator());
CREATE POLICY judge ON quality_thresholds FOR SELECT TO wayleave_ingest USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON quality_thresholds TO wayleave_app;
GRANT SELECT ON quality_thresholds TO wayleave_ingest;

-- Which vehicle a device is in decides by which thresholds its fixes are judged.
CREATE POLICY judge ON vehicles FOR SELECT TO wayleave_ingest USING (true);
CREATE POLICY judge ON installations FOR SELECT TO wayleave_ingest USING (true);
GRANT SELECT (id, kind) ON vehicles TO wayleave_ingest;
GRANT SELECT (vehicle_id, device_id, during) ON installations TO wayleave_ingest;

-- Whoever judges keeps that in memory and reads an operator's again when told to.
CREATE FUNCTION announce_judging_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('judging', coalesce(NEW.operator_id, OLD.operator_id)::text);
  RETURN NULL;
END $$;
CREATE TRIGGER quality_thresholds_judging AFTER INSERT OR UPDATE OR DELETE ON quality_thresholds
  FOR EACH ROW EXECUTE FUNCTION announce_judging_change();
CREATE TRIGGER installations_judging AFTER INSERT OR UPDATE OR DELETE ON installations
  FOR EACH ROW EXECUTE FUNCTION announce_judging_change();
CREATE TRIGGER vehicles_judging AFTER UPDATE OF kind ON vehicles
  FOR EACH ROW EXECUTE FUNCTION announce_judging_change();
