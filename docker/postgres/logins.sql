-- A login for each service, a member of nothing but the roles of that service (docs/adr/0004).
-- Run by psql after the migrations, which make the roles; running it again changes the passwords
-- to those that .env has now. NOINHERIT: a connection that does not take its role may do nothing.
\set ON_ERROR_STOP on
\getenv broker_password BROKER_DATABASE_PASSWORD
\getenv ingest_password INGEST_DATABASE_PASSWORD
\getenv api_password API_DATABASE_PASSWORD
\getenv jobs_password JOBS_DATABASE_PASSWORD

-- Not even the notices of a second run.
SET client_min_messages = warning;

-- Half of the logins would be worse than none.
BEGIN;

SELECT format('CREATE ROLE %I', login)
FROM unnest(ARRAY['wayleave_login_broker', 'wayleave_login_ingest', 'wayleave_login_api', 'wayleave_login_jobs']) AS login
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login)
\gexec

ALTER ROLE wayleave_login_broker LOGIN NOINHERIT PASSWORD :'broker_password';
ALTER ROLE wayleave_login_ingest LOGIN NOINHERIT PASSWORD :'ingest_password';
ALTER ROLE wayleave_login_api LOGIN NOINHERIT PASSWORD :'api_password';
ALTER ROLE wayleave_login_jobs LOGIN NOINHERIT PASSWORD :'jobs_password';

GRANT wayleave_broker TO wayleave_login_broker;
GRANT wayleave_ingest TO wayleave_login_ingest;
GRANT wayleave_app, wayleave_auth TO wayleave_login_api;
GRANT wayleave_jobs TO wayleave_login_jobs;

COMMIT;
