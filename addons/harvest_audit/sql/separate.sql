-- Run once for each database, as a superuser, after harvest_audit is installed:
--   psql -U postgres -d DATABASE -v ON_ERROR_STOP=1 -f separate.sql
-- The event log becomes the property of a role that nobody can log in with. The
-- application (the owner of the database) can then only add events by the functions, and
-- read. It must not be a superuser, nor a member of that role. May be run again.

DO $$
DECLARE
    app text := (SELECT pg_get_userbyid(datdba) FROM pg_database
                 WHERE datname = current_database());
    item text;
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = app) THEN
        RAISE EXCEPTION 'the database belongs to %, a superuser: nothing can be kept from it', app;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'harvest_audit_owner') THEN
        CREATE ROLE harvest_audit_owner NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
    END IF;
    IF EXISTS (
        SELECT FROM pg_auth_members
        WHERE roleid = 'harvest_audit_owner'::regrole AND member = app::regrole
    ) THEN
        EXECUTE format('REVOKE harvest_audit_owner FROM %I', app);
    END IF;
    ALTER SCHEMA harvest_audit OWNER TO harvest_audit_owner;
    FOR item IN
        SELECT format('ALTER TABLE harvest_audit.%I OWNER TO harvest_audit_owner', relname)
        FROM pg_class
        WHERE relnamespace = 'harvest_audit'::regnamespace AND relkind IN ('r', 'p')
        UNION ALL
        SELECT format('ALTER FUNCTION %s OWNER TO harvest_audit_owner', oid::regprocedure)
        FROM pg_proc WHERE pronamespace = 'harvest_audit'::regnamespace
    LOOP
        EXECUTE item;
    END LOOP;
    UPDATE harvest_audit.setting SET value = app WHERE key = 'app_role';
    EXECUTE format('REVOKE ALL ON SCHEMA harvest_audit FROM %I, PUBLIC', app);
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA harvest_audit FROM %I, PUBLIC', app);
    EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA harvest_audit FROM %I, PUBLIC', app);
    EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA harvest_audit FROM %I, PUBLIC', app);
    EXECUTE format('GRANT USAGE ON SCHEMA harvest_audit TO %I', app);
    -- a backup reads all of it, sequences too
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA harvest_audit TO %I', app);
    EXECUTE format('GRANT SELECT ON ALL SEQUENCES IN SCHEMA harvest_audit TO %I', app);
    EXECUTE format(
        'GRANT EXECUTE ON FUNCTION harvest_audit.queue(jsonb), harvest_audit.append(jsonb), '
        'harvest_audit.subject_keys(jsonb), harvest_audit.shred(integer[]), '
        'harvest_audit.reseal_keys(jsonb), '
        'harvest_audit.ensure_month(timestamptz), harvest_audit.detach(date, bigint, text) '
        'TO %I', app);
END $$;
