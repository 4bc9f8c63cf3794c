-- Up Migration

-- How long an operator keeps its positions, and after how many days they are compressed; one
-- without a row has the defaults of telematics/positions/retention/retention.ts.
CREATE TABLE position_retention (
  operator_id          bigint PRIMARY KEY REFERENCES operators,
  keep_days            integer NOT NULL CHECK (keep_days BETWEEN 1 AND 4000),
  compress_after_days  integer NOT NULL CHECK (compress_after_days BETWEEN 3 AND 4000),
  updated_at           timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE position_retention ENABLE ROW LEVEL SECURITY;
ALTER TABLE position_retention FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON position_retention TO wayleave_app USING (operator_id = current_operator()) WITH CHECK (operator_id = current_operator());
CREATE POLICY keeper ON position_retention FOR SELECT TO wayleave_jobs USING (true);
GRANT SELECT, INSERT, UPDATE ON position_retention TO wayleave_app;
GRANT SELECT ON position_retention TO wayleave_jobs;

-- An operator that keeps less than another shares its partitions: a job deletes its rows.
CREATE POLICY keeper ON operators FOR SELECT TO wayleave_jobs USING (true);
GRANT SELECT (id) ON operators TO wayleave_jobs;
GRANT SELECT (id, operator_id) ON devices TO wayleave_jobs;
GRANT SELECT (device_id, fix_time, received_at, operator_id), DELETE ON positions TO wayleave_jobs;

-- What of TimescaleDB can be used: 'community', its open 'apache' edition that has neither
-- columnstore nor policies, or 'none'.
CREATE FUNCTION position_storage() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN 'none'
    WHEN EXISTS (SELECT FROM pg_class WHERE relname = 'positions' AND relkind = 'p') THEN 'none'
    WHEN current_setting('timescaledb.license', true) = 'apache' THEN 'apache'
    ELSE 'community' END $$;

-- Makes the hypertable compressible. A segment is one device's fixes in order, which is how they
-- are read; operator_id, the same in all of them, lets the view's filter and a deletion by
-- operator pass over segments without opening them. The device leads, since the index of a
-- compressed chunk is on these columns and is what finds a late fix's neighbours.
CREATE FUNCTION enable_position_columnstore() RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '1s' AS $$
BEGIN
  IF position_storage() <> 'community' THEN
    RETURN;
  END IF;
  IF (SELECT compression_enabled FROM timescaledb_information.hypertables
      WHERE hypertable_schema = 'public' AND hypertable_name = 'positions') THEN
    RETURN;
  END IF;
  ALTER TABLE positions SET (
    timescaledb.enable_columnstore, timescaledb.segmentby = 'device_id, operator_id', timescaledb.orderby = 'fix_time');
END $$;
REVOKE ALL ON FUNCTION enable_position_columnstore FROM PUBLIC;
SELECT enable_position_columnstore();

-- Brings TimescaleDB's own policies to these days and tells how many it made or changed. A
-- hypertable has one policy of each kind, so these are the days of all operators together. The
-- policies are not made here but by the job: a migrated, idle database deletes nothing.
CREATE FUNCTION keep_position_policies(compress_after_days integer, keep_days integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  compress_after interval := make_interval(days => compress_after_days);
  drop_after interval := make_interval(days => keep_days);
  policy record;
  changed integer := 0;
BEGIN
  IF compress_after_days NOT BETWEEN 3 AND 4000 OR keep_days NOT BETWEEN 1 AND 4000 THEN
    RAISE EXCEPTION 'compressing after % and keeping % days: must be 3 and 1 to 4000', compress_after_days, keep_days;
  END IF;
  IF position_storage() = 'none' THEN
    RETURN 0;
  END IF;
  IF position_storage() = 'apache' THEN
    RETURN (SELECT count(*) FROM drop_chunks('positions', older_than => drop_after));
  END IF;
  PERFORM enable_position_columnstore();

  SELECT job_id, config INTO policy FROM timescaledb_information.jobs
    WHERE hypertable_schema = 'public' AND hypertable_name = 'positions' AND config ? 'compress_after';
  IF NOT FOUND THEN
    CALL add_columnstore_policy('positions', after => compress_after);
    changed := changed + 1;
  ELSIF (policy.config ->> 'compress_after')::interval <> compress_after THEN
    PERFORM alter_job(policy.job_id, config => policy.config || jsonb_build_object('compress_after', compress_after::text));
    changed := changed + 1;
  END IF;

  SELECT job_id, config INTO policy FROM timescaledb_information.jobs
    WHERE hypertable_schema = 'public' AND hypertable_name = 'positions' AND config ? 'drop_after';
  IF NOT FOUND THEN
    PERFORM add_retention_policy('positions', drop_after => drop_after, schedule_interval => INTERVAL '1 day');
    changed := changed + 1;
  ELSIF (policy.config ->> 'drop_after')::interval <> drop_after THEN
    PERFORM alter_job(policy.job_id, config => policy.config || jsonb_build_object('drop_after', drop_after::text));
    changed := changed + 1;
  END IF;
  RETURN changed;
END $$;
REVOKE ALL ON FUNCTION keep_position_policies FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_position_policies TO wayleave_jobs;

-- Drops the oldest daily partition that ends by the start of `first_kept` and tells its day; null
-- when there is none, as always with TimescaleDB. DETACH … CONCURRENTLY would lock nobody out but
-- is refused beside a default partition, so this takes the table exclusively: one partition a
-- transaction, and it gives up (55P03) rather than have ingest queue behind its waiting.
CREATE FUNCTION drop_position_partition(first_kept date) RETURNS date
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '300ms' AS $$
DECLARE
  child text;
BEGIN
  SELECT min(c.relname) INTO child FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'positions'::regclass AND c.relname ~ '^positions_[0-9]{8}$';
  IF child IS NULL OR to_date(right(child, 8), 'YYYYMMDD') >= first_kept THEN
    RETURN NULL;
  END IF;
  EXECUTE format('DROP TABLE %I', child);
  RETURN to_date(right(child, 8), 'YYYYMMDD');
END $$;
REVOKE ALL ON FUNCTION drop_position_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION drop_position_partition TO wayleave_jobs;

-- The times that have a partition or chunk of their own and begin before `before`, oldest first.
CREATE FUNCTION position_ranges(before timestamptz) RETURNS TABLE (starts_at timestamptz, ends_at timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
  IF position_storage() = 'none' THEN
    RETURN QUERY
      SELECT day::timestamptz, (day + 1)::timestamptz FROM (
        SELECT to_date(right(c.relname, 8), 'YYYYMMDD') AS day FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'positions'::regclass AND c.relname ~ '^positions_[0-9]{8}$') AS days
      WHERE day < before ORDER BY 1;
  ELSE
    RETURN QUERY
      SELECT range_start, range_end FROM timescaledb_information.chunks
      WHERE hypertable_schema = 'public' AND hypertable_name = 'positions' AND range_start < before ORDER BY 1;
  END IF;
END $$;
REVOKE ALL ON FUNCTION position_ranges FROM PUBLIC;
GRANT EXECUTE ON FUNCTION position_ranges TO wayleave_jobs;

-- Sorts the oldest daily partition before `before` that is not sorted yet by device and fix time, and
-- tells its day; null when there is none, as always with TimescaleDB, whose columnstore does better.
-- Rows lie as they came, one device's on as many pages as it has fixes; sorted, a vehicle's day is a
-- few dozen pages in a row. The rewriting locks that day alone, so days are sorted when late fixes
-- have become rare. It gives up (55P03) rather than have ingest queue behind its waiting, but waits
-- longer than the second (deadlock_timeout) after which an autovacuum of the day makes way.
CREATE FUNCTION sort_position_partition(before date) RETURNS date
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET lock_timeout = '1500ms' SET maintenance_work_mem = '256MB' AS $$
DECLARE
  child text;
  key text;
BEGIN
  SELECT c.relname, k.relname INTO child, key
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    JOIN pg_index x ON x.indrelid = c.oid AND x.indisunique JOIN pg_class k ON k.oid = x.indexrelid
    WHERE i.inhparent = 'positions'::regclass AND c.relname ~ '^positions_[0-9]{8}$' AND NOT x.indisclustered
      AND to_date(right(c.relname, 8), 'YYYYMMDD') < before
    ORDER BY c.relname LIMIT 1;
  IF child IS NULL THEN
    RETURN NULL;
  END IF;
  EXECUTE format('CLUSTER %I USING %I', child, key);
  EXECUTE format('ANALYZE %I', child);
  RETURN to_date(right(child, 8), 'YYYYMMDD');
END $$;
REVOKE ALL ON FUNCTION sort_position_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sort_position_partition TO wayleave_jobs;
