-- The event log: tables, and the functions that are the only way into them.
-- Made by the addon when it is installed (as the application's role). An administrator
-- then runs separate.sql once for the database, and from there on the application can
-- add and read, and nothing else. Every statement may be run again.

CREATE SCHEMA IF NOT EXISTS harvest_audit;

-- The last event of each stream. Its row is the lock under which the stream grows.
CREATE TABLE IF NOT EXISTS harvest_audit.head (
    stream text PRIMARY KEY,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    at timestamptz NOT NULL
);

-- The last event of each stream that went to the archive: where the chain online begins.
CREATE TABLE IF NOT EXISTS harvest_audit.base (
    stream text PRIMARY KEY,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    at timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS harvest_audit.archive (
    month date PRIMARY KEY,
    rows bigint NOT NULL,
    sha256 text NOT NULL,
    at timestamptz NOT NULL
);

-- What only the owner sets: who may call, and how long a month stays online at least.
CREATE TABLE IF NOT EXISTS harvest_audit.setting (
    key text PRIMARY KEY,
    value text NOT NULL
);
INSERT INTO harvest_audit.setting (key, value)
VALUES ('app_role', current_user), ('online_days_min', '365')
ON CONFLICT DO NOTHING;

-- Events of transactions that may yet be rolled back: they become visible with the
-- commit, and the next append() takes them into the chain.
CREATE TABLE IF NOT EXISTS harvest_audit.pending (
    id bigint PRIMARY KEY,
    event jsonb NOT NULL
);
CREATE SEQUENCE IF NOT EXISTS harvest_audit.pending_id OWNED BY harvest_audit.pending.id;

-- The keys that seal old and new values, one a person, themselves sealed by the key ring.
CREATE TABLE IF NOT EXISTS harvest_audit.subject_key (
    subject integer PRIMARY KEY,
    key text,
    made_at timestamptz NOT NULL DEFAULT now(),
    shredded_at timestamptz
);

CREATE TABLE IF NOT EXISTS harvest_audit.event (
    id bigint NOT NULL,
    stream text NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    action text NOT NULL,
    model text,
    res_ids integer[],
    subjects integer[],
    fields text[],
    uid integer,
    real_uid integer,
    company_id integer,
    ip text,
    path text,
    method text,
    purpose text,
    outcome text NOT NULL,
    detail text,
    sealed text,
    hash bytea NOT NULL,
    PRIMARY KEY (stream, seq, at)
) PARTITION BY RANGE (at);
CREATE SEQUENCE IF NOT EXISTS harvest_audit.event_id OWNED BY harvest_audit.event.id;
CREATE INDEX IF NOT EXISTS event_id_idx ON harvest_audit.event (id);
CREATE INDEX IF NOT EXISTS event_at_idx ON harvest_audit.event (at);
CREATE INDEX IF NOT EXISTS event_uid_idx ON harvest_audit.event (uid, at);
CREATE INDEX IF NOT EXISTS event_subjects_idx ON harvest_audit.event USING gin (subjects);

-- What the hash covers, as one line of JSON; chain.py builds the same text from the row.
CREATE OR REPLACE FUNCTION harvest_audit.content(e harvest_audit.event) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT json_build_array(
        e.stream, e.seq,
        to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        e.action, e.model, array_to_string(e.res_ids, ','),
        array_to_string(e.subjects, ','), array_to_string(e.fields, ','),
        e.uid, e.real_uid, e.company_id, e.ip, e.path, e.method, e.purpose,
        e.outcome, e.detail, e.sealed
    )::text
$$;

-- Have the partition of a month. Attaching a made table does not wait for readers.
CREATE OR REPLACE FUNCTION harvest_audit.ensure_month(moment timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    month timestamp := date_trunc('month', moment AT TIME ZONE 'UTC');
    name text := 'event_' || to_char(month, 'YYYY_MM');
    app text := (SELECT value FROM harvest_audit.setting WHERE key = 'app_role');
BEGIN
    IF to_regclass('harvest_audit.' || name) IS NOT NULL THEN RETURN; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('harvest_audit.ensure_month'));
    IF to_regclass('harvest_audit.' || name) IS NOT NULL THEN RETURN; END IF;
    EXECUTE format('CREATE TABLE harvest_audit.%I (LIKE harvest_audit.event)', name);
    EXECUTE format(
        'ALTER TABLE harvest_audit.event ATTACH PARTITION harvest_audit.%I '
        'FOR VALUES FROM (%L) TO (%L)', name, month AT TIME ZONE 'UTC',
        (month + interval '1 month') AT TIME ZONE 'UTC');
    EXECUTE format('GRANT SELECT ON harvest_audit.%I TO %I', name, app);
END $$;

-- Keep events of the caller's transaction until it commits.
CREATE OR REPLACE FUNCTION harvest_audit.queue(events jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO harvest_audit.pending (id, event)
    SELECT nextval('harvest_audit.pending_id'), e.value
    FROM jsonb_array_elements(events) WITH ORDINALITY AS e ORDER BY e.ordinality
$$;

-- Put queued events, then the given ones, at the end of their streams. To be called in
-- a READ COMMITTED transaction of its own. Heads are locked in one order by everybody.
CREATE OR REPLACE FUNCTION harvest_audit.append(events jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET lock_timeout = '10s' AS $$
DECLARE
    todo jsonb;
    item jsonb;
    name text;
    head harvest_audit.head;
    event harvest_audit.event;
    added integer := 0;
BEGIN
    WITH taken AS (
        DELETE FROM harvest_audit.pending WHERE id IN (
            SELECT id FROM harvest_audit.pending ORDER BY id FOR UPDATE SKIP LOCKED)
        RETURNING id, pending.event
    )
    SELECT coalesce(jsonb_agg(taken.event ORDER BY id), '[]') || events INTO todo
    FROM taken;
    FOR name IN
        SELECT DISTINCT value->>'stream' COLLATE "C" FROM jsonb_array_elements(todo)
        ORDER BY 1
    LOOP
        INSERT INTO harvest_audit.head
        VALUES (name, 0, sha256(convert_to(name, 'UTF8')), 'epoch') ON CONFLICT DO NOTHING;
        PERFORM FROM harvest_audit.head h WHERE h.stream = name FOR UPDATE;
    END LOOP;
    FOR item IN
        SELECT value FROM jsonb_array_elements(todo) WITH ORDINALITY ORDER BY ordinality
    LOOP
        event := jsonb_populate_record(NULL::harvest_audit.event, item);
        SELECT * INTO STRICT head FROM harvest_audit.head h WHERE h.stream = event.stream;
        event.id := nextval('harvest_audit.event_id');
        event.seq := head.seq + 1;
        -- a clock that was set back must not make honest events look altered
        event.at := greatest(clock_timestamp(), head.at);
        event.outcome := coalesce(event.outcome, 'ok');
        event.hash := sha256(head.hash || convert_to(harvest_audit.content(event), 'UTF8'));
        PERFORM harvest_audit.ensure_month(event.at);
        INSERT INTO harvest_audit.event SELECT event.*;
        UPDATE harvest_audit.head h SET seq = event.seq, hash = event.hash, at = event.at
        WHERE h.stream = event.stream;
        added := added + 1;
    END LOOP;
    RETURN added;
END $$;

-- Have a key for each subject: those given count where there is none yet.
CREATE OR REPLACE FUNCTION harvest_audit.subject_keys(made jsonb)
RETURNS TABLE (subject integer, key text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO harvest_audit.subject_key (subject, key)
    SELECT e.key::integer, e.value FROM jsonb_each_text(made) AS e
    -- not only by the conflict: that would wait for a caller that is just shredding
    WHERE NOT EXISTS (
        SELECT FROM harvest_audit.subject_key k WHERE k.subject = e.key::integer)
    ORDER BY 1 ON CONFLICT DO NOTHING;
    RETURN QUERY SELECT k.subject, k.key FROM harvest_audit.subject_key k
    WHERE k.subject IN (SELECT e.key::integer FROM jsonb_each_text(made) AS e);
END $$;

-- Put keys under another key of the key ring: [{"subject": 1, "was": …, "now": …}]. A key
-- that is not as it was (shredded, or put under another one meanwhile) stays.
CREATE OR REPLACE FUNCTION harvest_audit.reseal_keys(changed jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    resealed integer;
BEGIN
    UPDATE harvest_audit.subject_key k SET key = e.now
    FROM jsonb_to_recordset(changed) AS e (subject integer, was text, now text)
    WHERE k.subject = e.subject AND k.key = e.was AND e.now IS NOT NULL;
    GET DIAGNOSTICS resealed = ROW_COUNT;
    RETURN resealed;
END $$;

-- Forget keys for good; what they sealed stays in the chain and says nothing any more.
CREATE OR REPLACE FUNCTION harvest_audit.shred(whom integer[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    shredded integer;
BEGIN
    UPDATE harvest_audit.subject_key SET key = NULL, shredded_at = now()
    WHERE subject = ANY (whom) AND key IS NOT NULL;
    GET DIAGNOSTICS shredded = ROW_COUNT;
    RETURN shredded;
END $$;

-- Take a month offline that is older than the owner's minimum and was archived: the
-- table stays, apart, until an administrator drops it.
CREATE OR REPLACE FUNCTION harvest_audit.detach(
    month date, archived_rows bigint, archived_sha256 text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text := 'event_' || to_char(month, 'YYYY_MM');
    days integer :=
        (SELECT value::integer FROM harvest_audit.setting WHERE key = 'online_days_min');
    found_rows bigint;
BEGIN
    IF (month + interval '1 month')::date > (now() AT TIME ZONE 'UTC')::date - days THEN
        RAISE EXCEPTION 'the month % stays online for % days', month, days;
    END IF;
    IF EXISTS (SELECT FROM harvest_audit.event WHERE at < month::timestamp AT TIME ZONE 'UTC') THEN
        RAISE EXCEPTION 'there is an older month than %', month;
    END IF;
    EXECUTE format('SELECT count(*) FROM harvest_audit.%I', name) INTO found_rows;
    IF found_rows <> archived_rows THEN
        RAISE EXCEPTION 'the archive holds % of % events', archived_rows, found_rows;
    END IF;
    EXECUTE format(
        'INSERT INTO harvest_audit.base SELECT DISTINCT ON (stream) stream, seq, hash, at '
        'FROM harvest_audit.%I ORDER BY stream, seq DESC '
        'ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, '
        'at = excluded.at', name);
    INSERT INTO harvest_audit.archive VALUES (month, archived_rows, archived_sha256, now());
    EXECUTE format('ALTER TABLE harvest_audit.event DETACH PARTITION harvest_audit.%I', name);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA harvest_audit FROM PUBLIC;
SELECT harvest_audit.ensure_month(now());
