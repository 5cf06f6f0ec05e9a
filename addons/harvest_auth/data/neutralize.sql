-- A copy for tests signs nobody in by a district's systems, and knows none of its secrets.
UPDATE gr_oidc_provider SET state = 'draft', secret_sealed = NULL;
UPDATE gr_directory SET state = 'draft', secret_sealed = NULL;
