-- A copy of the database tells nobody of events, and knows no secret.
UPDATE gr_webhook_endpoint
   SET active = FALSE,
       secret_sealed = NULL,
       former_sealed = NULL,
       former_until = NULL,
       url = 'https://neutralized.invalid/';
UPDATE gr_webhook_delivery
   SET state = 'dead',
       next_attempt = NULL
 WHERE state IN ('pending', 'failed');

-- Nor does it take any.
UPDATE gr_webhook_source
   SET active = FALSE,
       secret_sealed = NULL,
       former_sealed = NULL,
       former_until = NULL;
