"""Names and sizes. Waits, limits and retention are ``gr.rule`` rows."""

from datetime import timedelta

RETRY_RULE = "webhook.retry.delays"
OVERLAP_RULE = "webhook.secret.overlap_hours"
PAUSE_RULE = "webhook.endpoint.pause_days"
KEEP_RULE = "webhook.log.keep_days"
REFUSED_RULE = "webhook.refused.max_per_hour"

# Hosts that may be sent to though they are inside or speak http: name or name:port.
TRUSTED_HOSTS_PARAM = "harvest_webhook.trusted_hosts"
# Standard Webhooks 1.0 recommends 15 to 30 seconds for an answer.
CONNECT_TIMEOUT = 10  # seconds
READ_TIMEOUT = 20  # seconds

RECEIVE_PATH = "/harvest/webhook"
MAX_BODY_BYTES = 256 << 10  # Standard Webhooks recommends senders to stay below 20 kB
TOLERANCE_SECONDS = 300  # what the reference libraries of Standard Webhooks allow
TOLERANCE_MAX_SECONDS = 3600  # more would let a captured call be sent again for long

BATCH = 200  # deliveries or events that one turn of a cron looks at
REFUSED_WINDOW = timedelta(hours=1)
PING = "webhook.ping"

DIRECTIONS = [("out", "We send it"), ("in", "We receive it")]

DELIVERY_STATES = [
    ("pending", "Waiting"),
    ("delivered", "Delivered"),
    ("failed", "Retrying"),
    ("dead", "Given Up"),
]
OPEN_DELIVERY_STATES = ("pending", "failed")

EVENT_STATES = [
    ("received", "Waiting"),
    ("processed", "Processed"),
    ("failed", "Failed"),
    ("ignored", "Ignored"),
    ("refused", "Refused"),
]

# Why a delivery failed: the code that ``sending`` answers with, and what to do.
DELIVERY_ERRORS = [
    ("http_redirect", "It answered with a redirect: enter the new address"),
    ("http_gone", "It no longer wants our events (HTTP 410): ask its operator"),
    ("http_busy", "It is busy (HTTP 429): tried again later"),
    ("http_refused", "It refused the event: ask its operator, status code at hand"),
    ("http_error", "It had an error of its own: tried again, then ask its operator"),
    ("timeout", "It took too long to answer: it should answer first, then work"),
    ("unknown_host", "There is no host of this name: check the address"),
    ("unreachable", "The host does not answer: check address and firewall"),
    ("certificate", "Its certificate is not valid: have its operator renew it"),
    ("private_address", "The address leads into a private network: not allowed"),
    ("bad_address", "The address is not complete: copy it again"),
    ("no_secret", "No secret could be opened: make a new one"),
]

# Why a call was refused. Outside, all wrong signatures get the same answer.
REFUSALS = [
    ("headers_missing", "A webhook-… header was missing"),
    ("id_malformed", "The webhook-id was not of the allowed form"),
    ("timestamp_malformed", "The webhook-timestamp was no number of seconds"),
    ("not_utf8", "The body was not UTF-8"),
    ("no_secret", "This source has no secret that can be opened"),
    ("no_v1_signature", "No signature of version v1 came along"),
    ("signature_wrong", "No signature fits a valid secret"),
    ("clock_skew", "The signature was right, the sender's clock was not"),
    ("json_malformed", "The body was no JSON, or was cut off"),
    ("envelope_malformed", "The JSON had no proper type and data"),
    ("id_reused", "The id was used before for another content"),
]
