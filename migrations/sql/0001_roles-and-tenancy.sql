-- Up Migration

-- One role per kind of process; none owns anything, so none escapes row security.
-- They cannot log in: a service's login is a member of its one role and takes it at connect.
-- Where the migrating login may not create roles, an administrator makes them beforehand.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['wayleave_app', 'wayleave_auth', 'wayleave_broker', 'wayleave_ingest', 'wayleave_jobs'] LOOP
    -- Roles belong to the cluster, so another database of it may be creating them at this moment.
    PERFORM pg_advisory_xact_lock(hashtext('wayleave roles'));
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END;
    END IF;
    IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
      EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
    END IF;
  END LOOP;
END $$;

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- The operator whose rows the running transaction may see; null (no rows) until one is set.
CREATE FUNCTION current_operator() RETURNS bigint
  LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT nullif(current_setting('wayleave.operator_id', true), '')::bigint $$;

CREATE TABLE operators (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  created_at  timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE operators ENABLE ROW LEVEL SECURITY;
ALTER TABLE operators FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON operators TO wayleave_app USING (id = current_operator());
CREATE POLICY login ON operators FOR SELECT TO wayleave_auth USING (true);
GRANT SELECT ON operators TO wayleave_app, wayleave_auth;

CREATE TABLE users (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  operator_id    bigint NOT NULL REFERENCES operators,
  email          text NOT NULL CHECK (email = lower(email) AND length(email) <= 320),
  name           text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  role           text NOT NULL CHECK (role IN ('customer', 'agent', 'fleet', 'admin')),
  password_hash  text NOT NULL,
  disabled_at    timestamptz,
  created_at     timestamptz NOT NULL DEFAULT now(),
  UNIQUE (operator_id, id)
);
-- A login names no operator, so an address belongs to one person of one operator.
CREATE UNIQUE INDEX users_email_key ON users (email);
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON users TO wayleave_app USING (operator_id = current_operator()) WITH CHECK (operator_id = current_operator());
CREATE POLICY login ON users FOR SELECT TO wayleave_auth USING (true);
GRANT SELECT, INSERT, UPDATE ON users TO wayleave_app;
GRANT SELECT ON users TO wayleave_auth;

-- Answers to POSTs that carried an Idempotency-Key, kept so that a repeat gets the same answer.
CREATE TABLE idempotency_keys (
  operator_id   bigint NOT NULL REFERENCES operators,
  user_id       bigint NOT NULL,
  key           text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  request_hash  bytea NOT NULL,
  status        smallint NOT NULL,
  response      jsonb NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (operator_id, user_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON idempotency_keys TO wayleave_app USING (operator_id = current_operator()) WITH CHECK (operator_id = current_operator());
CREATE POLICY expiry ON idempotency_keys TO wayleave_jobs USING (true);
GRANT SELECT, INSERT ON idempotency_keys TO wayleave_app;
GRANT SELECT, DELETE ON idempotency_keys TO wayleave_jobs;
