-- Up Migration

-- One row per device and fix time. The key leads with the device so that a vehicle's history is
-- one index range; the columns are ordered widest first so that no row carries padding.
-- With TimescaleDB a hypertable (its columnstore excludes row security), otherwise native
-- partitions of a day. Either way the API's role has no grant here and reads operator_positions.
DO $$
DECLARE
  has_timescale boolean := EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb');
BEGIN
  EXECUTE format($ddl$
    CREATE TABLE positions (
      device_id    bigint NOT NULL,
      fix_time     timestamptz NOT NULL,
      received_at  timestamptz NOT NULL,
      operator_id  bigint NOT NULL,
      lat          double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
      lon          double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
      odometer_m   double precision,
      h3           bigint NOT NULL,
      speed_kmh    real,
      heading_deg  real,
      altitude_m   real,
      accuracy_m   real,
      battery_v    real,
      satellites   smallint,
      ignition     boolean,
      alarm        text,
      attributes   jsonb,
      UNIQUE (device_id, fix_time)
    ) %s $ddl$, CASE WHEN has_timescale THEN '' ELSE 'PARTITION BY RANGE (fix_time)' END);
  IF has_timescale THEN
    PERFORM create_hypertable('positions', by_range('fix_time', INTERVAL '1 day'), create_default_indexes => false);
  ELSE
    -- Takes what lies outside the days made ahead: a tracker that replays a month-old buffer.
    EXECUTE 'CREATE TABLE positions_default PARTITION OF positions DEFAULT';
  END IF;
END $$;

-- Makes the daily partitions of [first_day, last_day] that are missing and tells how many it made;
-- with TimescaleDB there is nothing to do. Rows of such a day that are already in the default
-- partition (the job was late) move into their own.
CREATE FUNCTION make_position_partitions(first_day date, last_day date) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  day date;
  child text;
  made integer := 0;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'positions_default' AND relispartition) THEN
    RETURN 0;
  END IF;
  IF last_day - first_day > 400 THEN
    RAISE EXCEPTION 'at most 400 days of partitions at once, not % to %', first_day, last_day;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('make_position_partitions'));
  FOR day IN SELECT generate_series(first_day, last_day, INTERVAL '1 day')::date LOOP
    child := 'positions_' || to_char(day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass(child) IS NOT NULL;
    EXECUTE format('CREATE TABLE %I (LIKE positions INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', child);
    IF EXISTS (SELECT FROM positions_default WHERE fix_time >= day AND fix_time < day + 1) THEN
      LOCK TABLE positions IN ACCESS EXCLUSIVE MODE;
      EXECUTE format('WITH moved AS (DELETE FROM positions_default WHERE fix_time >= %L AND fix_time < %L RETURNING *)
                      INSERT INTO %I SELECT * FROM moved', day, day + 1, child);
    END IF;
    EXECUTE format('ALTER TABLE positions ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', child, day, day + 1);
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;
REVOKE ALL ON FUNCTION make_position_partitions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_position_partitions TO wayleave_jobs;
SELECT make_position_partitions((now() AT TIME ZONE 'UTC')::date - 7, (now() AT TIME ZONE 'UTC')::date + 7);

GRANT SELECT, INSERT, UPDATE ON positions TO wayleave_ingest;

CREATE VIEW operator_positions WITH (security_barrier) AS
  SELECT * FROM positions WHERE operator_id = current_operator();
GRANT SELECT ON operator_positions TO wayleave_app;

-- What two messages of the same instant say together, whichever came first: all alarms, and of
-- an attribute that both carry the greater value (positions/merge.ts does the same in memory).
CREATE FUNCTION merge_alarms(a text, b text) RETURNS text
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN a IS NULL OR b IS NULL OR a = b THEN coalesce(a, b) ELSE (
    SELECT string_agg(alarm, ',' ORDER BY alarm COLLATE "C")
    FROM (SELECT unnest(string_to_array(a, ',')) UNION SELECT unnest(string_to_array(b, ','))) AS both_alarms (alarm)
  ) END $$;
CREATE FUNCTION merge_attributes(a jsonb, b jsonb) RETURNS jsonb
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN a IS NULL OR b IS NULL OR a = b THEN coalesce(a, b) ELSE (
    SELECT jsonb_object_agg(key, value) FROM (
      SELECT DISTINCT ON (key) key, value
      FROM (SELECT * FROM jsonb_each(a) UNION ALL SELECT * FROM jsonb_each(b)) AS both_attributes
      ORDER BY key, value::text COLLATE "C" DESC
    ) AS greatest_attributes
  ) END $$;

-- The newest position of each device by fix time: ORDER BY fix_time LIMIT 1 over partitions
-- grows with their number, and the map asks for the whole fleet at once.
CREATE TABLE latest_positions (
  device_id    bigint PRIMARY KEY,
  fix_time     timestamptz NOT NULL,
  received_at  timestamptz NOT NULL,
  operator_id  bigint NOT NULL,
  lat          double precision NOT NULL,
  lon          double precision NOT NULL,
  odometer_m   double precision,
  h3           bigint NOT NULL,
  speed_kmh    real,
  heading_deg  real,
  altitude_m   real,
  accuracy_m   real,
  battery_v    real,
  satellites   smallint,
  ignition     boolean,
  alarm        text,
  attributes   jsonb
) WITH (fillfactor = 50); -- updated in place all day long: room for HOT updates on the same page
CREATE INDEX latest_positions_operator ON latest_positions (operator_id);
ALTER TABLE latest_positions ENABLE ROW LEVEL SECURITY;
ALTER TABLE latest_positions FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON latest_positions FOR SELECT TO wayleave_app USING (operator_id = current_operator());
CREATE POLICY writer ON latest_positions TO wayleave_ingest USING (true) WITH CHECK (true);
GRANT SELECT ON latest_positions TO wayleave_app;
GRANT SELECT, INSERT, UPDATE ON latest_positions TO wayleave_ingest;
