-- A copy of the database must not sign certificates that verify as genuine.
UPDATE gr_badge_key SET private_sealed = NULL;
