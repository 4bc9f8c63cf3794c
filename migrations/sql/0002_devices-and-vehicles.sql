-- Up Migration

CREATE TABLE devices (
  id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operator_id        bigint NOT NULL REFERENCES operators,
  -- What the tracker calls itself, usually its IMEI. An MQTT login names no operator: unique over all.
  ident              text NOT NULL CHECK (ident ~ '^[A-Za-z0-9._:-]{1,64}$'),
  model              text CHECK (length(model) <= 100),
  -- HMAC-SHA-256 of the secret under DEVICE_SECRET_KEY; the secret itself is stored nowhere.
  secret_hash        bytea NOT NULL CHECK (length(secret_hash) = 32),
  secret_rotated_at  timestamptz NOT NULL DEFAULT now(),
  revoked_at         timestamptz,
  created_at         timestamptz NOT NULL DEFAULT now(),
  UNIQUE (operator_id, id)
);
CREATE UNIQUE INDEX devices_ident_key ON devices (ident);
ALTER TABLE devices ENABLE ROW LEVEL SECURITY;
ALTER TABLE devices FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON devices TO wayleave_app USING (operator_id = current_operator()) WITH CHECK (operator_id = current_operator());
CREATE POLICY login ON devices FOR SELECT TO wayleave_broker USING (true);
GRANT SELECT, INSERT, UPDATE ON devices TO wayleave_app;
GRANT SELECT (id, operator_id, ident, secret_hash, revoked_at) ON devices TO wayleave_broker;

-- Brokers listen, and drop a session whose secret changed or was revoked. A listener that lost
-- its connection checks every session again, so nothing hangs on a notification arriving.
CREATE FUNCTION announce_credential_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('device_credentials', NEW.id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER devices_credential_change
  AFTER UPDATE OF secret_hash, revoked_at ON devices
  FOR EACH ROW EXECUTE FUNCTION announce_credential_change();

CREATE TABLE vehicles (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operator_id  bigint NOT NULL REFERENCES operators,
  label        text NOT NULL CHECK (length(label) BETWEEN 1 AND 100),
  kind         text NOT NULL CHECK (kind IN ('motorcycle', 'car', 'van', 'truck')),
  plate        text CHECK (length(plate) BETWEEN 1 AND 20),
  created_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (operator_id, id)
);
CREATE UNIQUE INDEX vehicles_plate_key ON vehicles (operator_id, plate);
ALTER TABLE vehicles ENABLE ROW LEVEL SECURITY;
ALTER TABLE vehicles FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON vehicles TO wayleave_app USING (operator_id = current_operator()) WITH CHECK (operator_id = current_operator());
GRANT SELECT, INSERT, UPDATE ON vehicles TO wayleave_app;

-- A device in a vehicle for a time. Both exclusions hold at once: a device is in one vehicle at
-- any instant, and a vehicle's track comes from one device at any instant.
CREATE TABLE installations (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operator_id  bigint NOT NULL REFERENCES operators,
  vehicle_id   bigint NOT NULL,
  device_id    bigint NOT NULL,
  during       tstzrange NOT NULL CHECK (NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)),
  created_at   timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (operator_id, vehicle_id) REFERENCES vehicles (operator_id, id),
  FOREIGN KEY (operator_id, device_id) REFERENCES devices (operator_id, id),
  CONSTRAINT installations_device_once EXCLUDE USING gist (device_id WITH =, during WITH &&),
  CONSTRAINT installations_vehicle_once EXCLUDE USING gist (vehicle_id WITH =, during WITH &&)
);
CREATE INDEX installations_operator ON installations (operator_id);
ALTER TABLE installations ENABLE ROW LEVEL SECURITY;
ALTER TABLE installations FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON installations TO wayleave_app USING (operator_id = current_operator()) WITH CHECK (operator_id = current_operator());
GRANT SELECT, INSERT, UPDATE ON installations TO wayleave_app;
