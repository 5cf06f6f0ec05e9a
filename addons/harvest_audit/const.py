"""Vocabulary and sizes of the event log."""

SYSTEM_STREAM = "system"
OUTCOMES = [("ok", "Done"), ("refused", "Refused")]

# Every code that an addon may log, as people read it.
ACTIONS = [
    ("read", "Read"),
    ("search", "Searched"),
    ("export", "Exported"),
    ("report", "Printed"),
    ("download", "Downloaded"),
    ("create", "Created"),
    ("write", "Changed"),
    ("unlink", "Deleted"),
    ("disclosure", "Disclosed to others"),
    ("consent_given", "Consent noted"),
    ("consent_withdrawn", "Refusal of consent noted"),
    ("records_request", "Records request"),
    ("portability", "Archive of a record made"),
    ("erasure", "Erased"),
    ("incident", "Incident"),
    ("login", "Signed in by another way"),
    ("login_refused", "Sign-in refused"),
    ("logout", "Signed out"),
    ("session_ended", "Session ended"),
    ("mfa_reset", "Second factor reset"),
    ("lock", "Account locked"),
    ("unlock", "Account unlocked"),
    ("key_created", "API key created"),
    ("key_revoked", "API key revoked"),
    ("role_changed", "Role or sites of a user changed"),
    ("provider_changed", "Sign-in settings changed"),
]
# By which door a call came, or what it was for.
PURPOSES = [
    ("backend", "Screens of staff"),
    ("portal", "Family portal"),
    ("website", "Website"),
    ("api", "API"),
    ("job", "Background job"),
    ("system", "The system itself"),
    ("roster", "Roster of a district system"),
    ("oneroster", "OneRoster client"),
]
OUTSIDE = "oneroster"  # a system that signed in for itself; nobody of ours looked

# What only looks at records is written down whether or not its transaction commits.
LOOKING = frozenset({"read", "export", "report", "download", "search"})

PATH_LENGTH = 200  # characters of an address that are kept
SUBJECTS_NAMED = 2  # of many students in one event
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
