-- Up Migration

-- Configuration of the rules holds by fix time: every version stays with the span in which it held,
-- so that a late fix is judged by what was in force then, and a past event can be explained. A change
-- becomes valid a second after it is saved: by then every worker has heard of it.
CREATE FUNCTION rules_valid_from() RETURNS timestamptz LANGUAGE sql VOLATILE
  AS $$ SELECT date_trunc('milliseconds', clock_timestamp() + INTERVAL '1 second') $$;

CREATE TABLE vehicle_groups (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operator_id  bigint NOT NULL REFERENCES operators,
  name         text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  created_at   timestamptz NOT NULL DEFAULT now(),
  -- Who was in it, and which geofences held for it, stays known.
  deleted_at   timestamptz,
  UNIQUE (operator_id, id)
);
CREATE UNIQUE INDEX vehicle_groups_name ON vehicle_groups (operator_id, name) WHERE deleted_at IS NULL;
CREATE TABLE vehicle_group_members (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operator_id  bigint NOT NULL REFERENCES operators,
  group_id     bigint NOT NULL,
  vehicle_id   bigint NOT NULL,
  valid_from   timestamptz NOT NULL DEFAULT rules_valid_from(),
  valid_to     timestamptz NOT NULL DEFAULT 'infinity',
  FOREIGN KEY (operator_id, group_id) REFERENCES vehicle_groups (operator_id, id),
  FOREIGN KEY (operator_id, vehicle_id) REFERENCES vehicles (operator_id, id),
  CHECK (valid_from <= valid_to),
  CONSTRAINT vehicle_group_members_once EXCLUDE USING gist (group_id WITH =, vehicle_id WITH =, tstzrange(valid_from, valid_to) WITH &&)
);
CREATE UNIQUE INDEX vehicle_group_members_now ON vehicle_group_members (group_id, vehicle_id) WHERE valid_to = 'infinity';
CREATE INDEX vehicle_group_members_operator ON vehicle_group_members (operator_id, vehicle_id);

CREATE TABLE geofences (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operator_id  bigint NOT NULL REFERENCES operators,
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (operator_id, id)
);
CREATE TABLE geofence_versions (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operator_id      bigint NOT NULL REFERENCES operators,
  geofence_id      bigint NOT NULL,
  version          integer NOT NULL CHECK (version >= 1),
  valid_from       timestamptz NOT NULL DEFAULT rules_valid_from(),
  valid_to         timestamptz NOT NULL DEFAULT 'infinity',
  name             text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
  kind             text NOT NULL CHECK (kind IN ('depot', 'home', 'territory', 'forbidden', 'border', 'low_speed', 'other')),
  -- telematics/geofences/geofence.ts: a circle, polygon, multipolygon or corridor.
  shape            jsonb NOT NULL,
  group_id         bigint,
  vehicle_id       bigint,
  -- iCalendar recurrence with its time zone; null for always.
  schedule         jsonb,
  speed_limit_kmh  double precision CHECK (speed_limit_kmh > 0),
  dwell_s          integer CHECK (dwell_s > 0),
  created_by       bigint,
  created_at       timestamptz NOT NULL DEFAULT now(),
  UNIQUE (geofence_id, version),
  FOREIGN KEY (operator_id, geofence_id) REFERENCES geofences (operator_id, id),
  FOREIGN KEY (operator_id, group_id) REFERENCES vehicle_groups (operator_id, id),
  FOREIGN KEY (operator_id, vehicle_id) REFERENCES vehicles (operator_id, id),
  CHECK (valid_from <= valid_to),
  CONSTRAINT geofence_versions_once EXCLUDE USING gist (geofence_id WITH =, tstzrange(valid_from, valid_to) WITH &&),
  -- With neither it holds for the operator's whole fleet.
  CHECK (group_id IS NULL OR vehicle_id IS NULL)
);
CREATE INDEX geofence_versions_operator ON geofence_versions (operator_id, geofence_id, version DESC);
CREATE UNIQUE INDEX geofence_versions_now ON geofence_versions (operator_id, geofence_id) WHERE valid_to = 'infinity';

-- A limit beside those of geofences: for a kind of vehicle, one vehicle, or one vehicle while leased.
CREATE TABLE speed_limits (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operator_id  bigint NOT NULL REFERENCES operators,
  scope        text NOT NULL CHECK (scope IN ('kind', 'vehicle', 'lease')),
  kind         text CHECK (kind IN ('motorcycle', 'car', 'van', 'truck')),
  vehicle_id   bigint,
  -- What the lease is known by to whoever sets it.
  lease        text CHECK (length(lease) BETWEEN 1 AND 100),
  limit_kmh    double precision NOT NULL CHECK (limit_kmh > 0 AND limit_kmh <= 400),
  valid_from   timestamptz NOT NULL DEFAULT rules_valid_from(),
  valid_to     timestamptz NOT NULL DEFAULT 'infinity',
  created_at   timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (operator_id, vehicle_id) REFERENCES vehicles (operator_id, id),
  CHECK (valid_from <= valid_to),
  CHECK ((scope = 'kind') = (kind IS NOT NULL) AND (scope <> 'kind') = (vehicle_id IS NOT NULL)
    AND (scope = 'lease') = (lease IS NOT NULL)),
  CONSTRAINT speed_limits_once EXCLUDE USING gist (operator_id WITH =, scope WITH =, coalesce(kind, '') WITH =,
    coalesce(vehicle_id, 0) WITH =, coalesce(lease, '') WITH =, tstzrange(valid_from, valid_to) WITH &&)
);
CREATE INDEX speed_limits_operator ON speed_limits (operator_id);
CREATE UNIQUE INDEX speed_limits_now ON speed_limits (operator_id, scope, kind, vehicle_id, lease) NULLS NOT DISTINCT
  WHERE valid_to = 'infinity';

-- Settings of an operator's rules; without a row those of telematics/rules/settings.ts hold.
CREATE TABLE rule_settings (
  operator_id  bigint NOT NULL REFERENCES operators,
  version      integer NOT NULL CHECK (version >= 1),
  valid_from   timestamptz NOT NULL DEFAULT rules_valid_from(),
  valid_to     timestamptz NOT NULL DEFAULT 'infinity',
  settings     jsonb NOT NULL,
  created_by   bigint,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (operator_id, version),
  CHECK (valid_from <= valid_to),
  CONSTRAINT rule_settings_once EXCLUDE USING gist (operator_id WITH =, tstzrange(valid_from, valid_to) WITH &&)
);
CREATE UNIQUE INDEX rule_settings_now ON rule_settings (operator_id) WHERE valid_to = 'infinity';

-- What was found, in event time. The id follows from device, rule, kind, subject and start
-- (telematics/rules/finding-id.ts), so finding it again changes nothing.
CREATE TABLE events (
  id                    uuid PRIMARY KEY,
  operator_id           bigint NOT NULL,
  device_id             bigint NOT NULL,
  vehicle_id            bigint,
  rule                  text NOT NULL,
  kind                  text NOT NULL,
  subject               text NOT NULL,
  severity              text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  -- Where it is told beside this table: 'queue', 'live'.
  routes                text[] NOT NULL,
  occurred_at           timestamptz NOT NULL,
  -- The fix time of the fix that made it certain.
  confirmed_at          timestamptz NOT NULL,
  -- Null while it lasts.
  ended_at              timestamptz,
  -- The fix time of the fix that told its end, or what else of it changed last.
  settled_at            timestamptz NOT NULL,
  detected_at           timestamptz NOT NULL DEFAULT now(),
  late                  boolean NOT NULL,
  -- Each change is told once, under its revision.
  revision              integer NOT NULL DEFAULT 1,
  changed_at            timestamptz NOT NULL DEFAULT now(),
  retracted_at          timestamptz,
  retraction_reason     text,
  -- The event that stands in the place of a retracted one.
  superseded_by         uuid,
  lat                   double precision,
  lon                   double precision,
  details               jsonb NOT NULL,
  acknowledged_at       timestamptz,
  acknowledged_by       bigint,
  acknowledgement_note  text,
  CHECK ((retracted_at IS NULL) = (retraction_reason IS NULL))
);
CREATE INDEX events_operator ON events (operator_id, occurred_at, id);
CREATE INDEX events_vehicle ON events (vehicle_id, occurred_at, id);
CREATE INDEX events_changed ON events (operator_id, changed_at, id);
CREATE INDEX events_kind ON events (operator_id, kind, occurred_at, id);
CREATE INDEX events_severity ON events (operator_id, severity, occurred_at, id);
CREATE INDEX events_geofence ON events (operator_id, subject, occurred_at, id) WHERE rule = 'geofence';
CREATE INDEX events_late ON events (operator_id, occurred_at, id) WHERE late;
CREATE INDEX events_retracted ON events (operator_id, occurred_at, id) WHERE retracted_at IS NOT NULL;
CREATE INDEX events_acknowledged ON events (operator_id, occurred_at, id) WHERE acknowledged_at IS NOT NULL;
CREATE INDEX events_device ON events (device_id, confirmed_at);
CREATE INDEX events_settled ON events (device_id, settled_at);
CREATE INDEX events_lasting ON events (device_id) WHERE ended_at IS NULL AND retracted_at IS NULL;

-- Trips and the stops between them. Nobody is told of them, so one that proves false is deleted.
CREATE TABLE trips (
  id             uuid PRIMARY KEY,
  operator_id    bigint NOT NULL,
  device_id      bigint NOT NULL,
  vehicle_id     bigint NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('trip', 'stop')),
  started_at     timestamptz NOT NULL,
  confirmed_at   timestamptz NOT NULL,
  ended_at       timestamptz,
  settled_at     timestamptz NOT NULL,
  start_lat      double precision NOT NULL,
  start_lon      double precision NOT NULL,
  -- Figures of telematics/rules/trips, and where it ended.
  details        jsonb NOT NULL
);
CREATE INDEX trips_vehicle ON trips (vehicle_id, started_at);
CREATE INDEX trips_settled ON trips (device_id, settled_at);
CREATE INDEX trips_lasting ON trips (device_id) WHERE ended_at IS NULL;
CREATE INDEX trips_operator ON trips (operator_id, started_at);

-- The state of a device's rules as of one of its positions, now and then: where a replay begins, and
-- where it may end.
CREATE TABLE rule_keyframes (
  device_id  bigint NOT NULL,
  fix_time   timestamptz NOT NULL,
  -- Of another version of the engine it says nothing.
  engine     integer NOT NULL,
  state      json NOT NULL,
  PRIMARY KEY (device_id, fix_time)
);
-- By which old ones are found.
CREATE INDEX rule_keyframes_age ON rule_keyframes (fix_time);

-- Devices whose stored positions are to be run through the rules again; as long as a device is here,
-- only the job that does so raises its events.
CREATE TABLE rule_replays (
  device_id     bigint PRIMARY KEY,
  operator_id   bigint NOT NULL,
  -- What changed lies from here to there, as asked since the job last looked; null for nothing.
  from_time     timestamptz,
  until_time    timestamptz,
  -- The same, of the job under way.
  claimed_from  timestamptz,
  claimed_until timestamptz,
  -- When the queue was told of it, or a job took it or got on with it: who asks again says nothing of that.
  worked_at     timestamptz NOT NULL DEFAULT now(),
  attempts      integer NOT NULL DEFAULT 0
);
CREATE INDEX rule_replays_operator ON rule_replays (operator_id);
-- Rules begin with what comes from now on: a keyframe without a state, and nothing before it is replayed.
-- Forced row security would hide the rows from an owner that is no superuser.
ALTER TABLE latest_positions NO FORCE ROW LEVEL SECURITY;
INSERT INTO rule_keyframes (device_id, fix_time, engine, state)
  SELECT device_id, newest_fix_time, 0, 'null' FROM latest_positions WHERE newest_fix_time IS NOT NULL;
ALTER TABLE latest_positions FORCE ROW LEVEL SECURITY;

-- The figures of a vehicle's day (in its operator's time zone). Never rewritten: what late fixes
-- change is a further version, so that a decision can be derived again from what was known.
CREATE TABLE daily_summaries (
  operator_id  bigint NOT NULL REFERENCES operators,
  vehicle_id   bigint NOT NULL,
  day          date NOT NULL,
  version      integer NOT NULL CHECK (version >= 1),
  computed_at  timestamptz NOT NULL DEFAULT now(),
  time_zone    text NOT NULL,
  figures      jsonb NOT NULL,
  PRIMARY KEY (vehicle_id, day, version),
  FOREIGN KEY (operator_id, vehicle_id) REFERENCES vehicles (operator_id, id)
);
CREATE INDEX daily_summaries_operator ON daily_summaries (operator_id, day);
-- Days that are to be summed up (again).
CREATE TABLE summary_requests (
  operator_id   bigint NOT NULL,
  vehicle_id    bigint NOT NULL,
  day           date NOT NULL,
  requested_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (vehicle_id, day)
);
CREATE INDEX summary_requests_operator ON summary_requests (operator_id);

-- Cells (H3, resolution 7) in which trackers went silent and later sent what they had measured
-- meanwhile: there is no network there.
CREATE TABLE coverage_holes (
  operator_id    bigint NOT NULL REFERENCES operators,
  h3             bigint NOT NULL,
  silences       integer NOT NULL,
  last_at        timestamptz NOT NULL,
  PRIMARY KEY (operator_id, h3)
);

DO $$
DECLARE
  of_operator text;
BEGIN
  FOREACH of_operator IN ARRAY ARRAY['vehicle_groups', 'vehicle_group_members', 'geofences', 'geofence_versions', 'speed_limits',
    'rule_settings', 'events', 'trips', 'rule_replays', 'daily_summaries', 'summary_requests', 'coverage_holes'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', of_operator);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', of_operator);
    EXECUTE format('CREATE POLICY own ON %I TO wayleave_app USING (operator_id = current_operator()) WITH CHECK (operator_id = current_operator())', of_operator);
    EXECUTE format('CREATE POLICY worker ON %I TO wayleave_ingest, wayleave_jobs USING (true) WITH CHECK (true)', of_operator);
    EXECUTE format('GRANT SELECT ON %I TO wayleave_app, wayleave_ingest, wayleave_jobs', of_operator);
  END LOOP;
END $$;
GRANT INSERT, UPDATE (name, deleted_at) ON vehicle_groups TO wayleave_app;
GRANT INSERT, UPDATE ON vehicle_group_members, geofence_versions, speed_limits, rule_settings TO wayleave_app;
-- Nothing changes there: UPDATE is what it takes to lock a row, so that edits of one geofence follow one another.
GRANT INSERT, UPDATE (created_at) ON geofences TO wayleave_app;
GRANT UPDATE (acknowledged_at, acknowledged_by, acknowledgement_note) ON events TO wayleave_app;
GRANT INSERT, UPDATE ON events TO wayleave_ingest, wayleave_jobs;
GRANT INSERT, UPDATE, DELETE ON trips TO wayleave_ingest, wayleave_jobs;
GRANT SELECT, INSERT, UPDATE, DELETE ON rule_keyframes, rule_replays TO wayleave_ingest, wayleave_jobs;
GRANT INSERT, UPDATE (from_time, until_time) ON rule_replays TO wayleave_app;
GRANT INSERT, UPDATE, DELETE ON summary_requests TO wayleave_ingest, wayleave_jobs;
GRANT INSERT ON daily_summaries TO wayleave_jobs;
GRANT INSERT, UPDATE, DELETE ON coverage_holes TO wayleave_jobs;

-- What a replay reads beside that: positions (not through the operator's view), and whose device is in which vehicle.
GRANT SELECT ON positions, latest_positions TO wayleave_jobs;
CREATE POLICY reader ON latest_positions FOR SELECT TO wayleave_jobs USING (true);
CREATE POLICY rules ON vehicles FOR SELECT TO wayleave_jobs USING (true);
CREATE POLICY rules ON installations FOR SELECT TO wayleave_jobs USING (true);
GRANT SELECT (id, operator_id, kind) ON vehicles TO wayleave_jobs, wayleave_ingest;
GRANT SELECT (operator_id, vehicle_id, device_id, during) ON installations TO wayleave_jobs, wayleave_ingest;

-- Whoever runs rules keeps their configuration in memory and reads an operator's again when told to.
CREATE FUNCTION announce_rules_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('rules', coalesce(NEW.operator_id, OLD.operator_id)::text);
  RETURN NULL;
END $$;
DO $$
DECLARE
  watched text;
BEGIN
  FOREACH watched IN ARRAY ARRAY['vehicle_group_members', 'geofence_versions', 'speed_limits', 'rule_settings'] LOOP
    EXECUTE format('CREATE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION announce_rules_change()',
                   watched || '_rules', watched);
  END LOOP;
END $$;

-- An installation that begins or ends in the past changes which vehicle positions that are stored
-- belong to: they are run through the rules again from there.
CREATE FUNCTION replay_installation() RETURNS trigger
  LANGUAGE plpgsql AS $$
DECLARE
  installed installations := coalesce(NEW, OLD);
  since timestamptz;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    since := CASE
      WHEN lower(NEW.during) IS DISTINCT FROM lower(OLD.during) THEN least(lower(NEW.during), lower(OLD.during))
      ELSE least(coalesce(upper(NEW.during), 'infinity'), coalesce(upper(OLD.during), 'infinity')) END;
  ELSE
    since := lower(installed.during);
  END IF;
  PERFORM FROM latest_positions WHERE device_id = installed.device_id AND newest_fix_time >= since;
  IF FOUND THEN
    PERFORM request_rule_replay(installed.device_id, installed.operator_id, since, 'infinity');
  END IF;
  RETURN NULL;
END $$;

-- Asks for a replay of a device's rules, as what is stored changed from one instant to another, and
-- tells the queue unless a job is under way, which looks again when it is done.
CREATE FUNCTION request_rule_replay(device bigint, operator bigint, since timestamptz, until timestamptz) RETURNS void
  LANGUAGE plpgsql AS $$
DECLARE
  is_new boolean;
BEGIN
  INSERT INTO rule_replays AS waiting (device_id, operator_id, from_time, until_time) VALUES (device, operator, since, until)
  ON CONFLICT (device_id) DO UPDATE SET from_time = least(waiting.from_time, excluded.from_time),
    until_time = greatest(waiting.until_time, excluded.until_time)
  RETURNING xmax = 0 INTO is_new;
  IF is_new THEN
    INSERT INTO outbox (operator_id, queue, name, key, payload)
    VALUES (operator, 'reprocess', 'telematics.rules.replay', 'rule-replay:' || device || ':' || gen_random_uuid(),
            jsonb_build_object('deviceId', device::text, 'operatorId', operator::text));
  END IF;
END $$;
REVOKE ALL ON FUNCTION request_rule_replay FROM PUBLIC;
GRANT EXECUTE ON FUNCTION request_rule_replay TO wayleave_app, wayleave_ingest, wayleave_jobs;
CREATE TRIGGER installations_replay AFTER INSERT OR UPDATE OF during OR DELETE ON installations
  FOR EACH ROW EXECUTE FUNCTION replay_installation();
