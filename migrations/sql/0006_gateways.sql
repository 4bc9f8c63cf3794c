-- Up Migration

-- A gateway is an account of a server or bridge that publishes for many devices of its operator:
-- it logs in as a tracker does, but is in no vehicle and has no positions of its own.
ALTER TABLE devices
  ADD COLUMN kind text NOT NULL DEFAULT 'tracker' CHECK (kind IN ('tracker', 'gateway')),
  -- For the devices that gateway_devices lists, or for all of its operator, present and future.
  ADD COLUMN speaks_for text CHECK (speaks_for IN ('listed', 'all')),
  ADD CONSTRAINT devices_speaks_for_of_gateways CHECK ((kind = 'gateway') = (speaks_for IS NOT NULL)),
  ADD CONSTRAINT devices_operator_id_kind_key UNIQUE (operator_id, id, kind);
CREATE INDEX devices_gateways ON devices (operator_id, id) WHERE kind = 'gateway';

-- What a device is never changes, nor whose it is: a column that may change is named here.
REVOKE UPDATE ON devices FROM wayleave_app;
GRANT UPDATE (model, secret_hash, secret_rotated_at, revoked_at, speaks_for) ON devices TO wayleave_app;
GRANT SELECT (kind, speaks_for) ON devices TO wayleave_broker;

-- Only trackers go into vehicles: a constant column makes the kind part of the reference.
ALTER TABLE installations
  ADD COLUMN device_kind text NOT NULL GENERATED ALWAYS AS ('tracker') STORED,
  ADD CONSTRAINT installations_device_fkey
    FOREIGN KEY (operator_id, device_id, device_kind) REFERENCES devices (operator_id, id, kind),
  DROP CONSTRAINT installations_operator_id_device_id_fkey;

CREATE TABLE gateway_devices (
  operator_id   bigint NOT NULL REFERENCES operators,
  gateway_id    bigint NOT NULL,
  device_id     bigint NOT NULL,
  gateway_kind  text NOT NULL GENERATED ALWAYS AS ('gateway') STORED,
  device_kind   text NOT NULL GENERATED ALWAYS AS ('tracker') STORED,
  created_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (gateway_id, device_id),
  FOREIGN KEY (operator_id, gateway_id, gateway_kind) REFERENCES devices (operator_id, id, kind),
  FOREIGN KEY (operator_id, device_id, device_kind) REFERENCES devices (operator_id, id, kind)
);
CREATE INDEX gateway_devices_device ON gateway_devices (operator_id, device_id);
ALTER TABLE gateway_devices ENABLE ROW LEVEL SECURITY;
ALTER TABLE gateway_devices FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON gateway_devices TO wayleave_app USING (operator_id = current_operator()) WITH CHECK (operator_id = current_operator());
CREATE POLICY routing ON gateway_devices FOR SELECT TO wayleave_broker USING (true);
GRANT SELECT, INSERT, DELETE ON gateway_devices TO wayleave_app;
GRANT SELECT (gateway_id, device_id) ON gateway_devices TO wayleave_broker;

-- Brokers listen, and forget at once what they knew of a gateway's devices. Not a credential
-- change: the gateway's session goes on, and what it sends is judged by what is allowed now.
CREATE FUNCTION announce_gateway_devices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('gateway_devices', gateway_id::text) FROM (SELECT DISTINCT gateway_id FROM changed) AS gateways;
  RETURN NULL;
END $$;
CREATE TRIGGER gateway_devices_added
  AFTER INSERT ON gateway_devices REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION announce_gateway_devices();
CREATE TRIGGER gateway_devices_removed
  AFTER DELETE ON gateway_devices REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION announce_gateway_devices();

CREATE FUNCTION announce_speaks_for() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('gateway_devices', NEW.id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER devices_speaks_for_change
  AFTER UPDATE OF speaks_for ON devices
  FOR EACH ROW WHEN (OLD.speaks_for IS DISTINCT FROM NEW.speaks_for)
  EXECUTE FUNCTION announce_speaks_for();
