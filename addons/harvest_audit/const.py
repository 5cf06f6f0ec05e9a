"""Vocabulary and sizes of the event log."""

SYSTEM_STREAM = "system"
OUTCOMES = [("ok", "Done"), ("refused", "Refused")]

# What only looks at records is written down whether or not its transaction commits.
LOOKING = frozenset({"read", "export", "report", "download", "search"})

PATH_LENGTH = 200  # characters of an address that are kept
VALUE_LENGTH = 2000  # characters of an old or new value that are kept
CONNECTIONS_KEPT = 4  # open connections of a process to the logs of its databases
KEYS_CACHED = 4096  # keys of subjects that a process keeps in memory

# A user's role, as a family reads it: the first group that the user has.
ROLES = (
    "admin",
    "operations",
    "program",
    "direct_service",
    "partner",
    "executive",
    "community",
)
HOUSEKEEPING = frozenset({"id", "create_uid", "create_date", "write_uid", "write_date"})

ONLINE_RULE = "audit.online_days"
ANCHOR_MAIL = "harvest_audit.anchor_email"  # system parameter; empty: no mail
MONTHS_AHEAD = 2
ANCHOR_HOURS = 26  # a daily anchor that is older than this is late
