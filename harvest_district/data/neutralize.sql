-- A copy of the database must not ask the district's systems, nor know how to.
UPDATE gr_sync_connection
   SET is_scheduled = FALSE,
       is_paused = TRUE,
       pause_reason = 'neutralized copy',
       secret_sealed = NULL,
       client_id = NULL,
       base_url = NULL,
       token_url = NULL;

-- A copy of the database serves nobody's rosters.
UPDATE gr_oneroster_client SET active = false, secret_hash = NULL;
DELETE FROM gr_oneroster_token;

-- Nor does it follow calendars, whose address may be a secret.
UPDATE gr_calendar_source SET url = NULL, follows = FALSE;
