"""Names and sizes of the sync."""

from .sis import kinds

# Changes applied in one savepoint, and in one transaction of a background job.
APPLY_BATCH = 5_000
APPLY_JOB = 10_000
# How long a job waits while another run of the same system is at work.
BUSY_SECONDS = 30
# Days after which a finished run forgets its file and payloads (children's data).
KEEP_DAYS_RULE = "sync.payload.keep_days"
# A batch that fails is tried again in this many parts.
SPLIT = 10

RUN_STATES = [
    ("new", "Waiting"),
    ("reading", "Reading"),
    ("review", "To Review"),
    ("applying", "Applying"),
    ("done", "Applied"),
    ("held", "Applied, Sites Held"),
    ("partial", "Applied, With Errors"),
    ("refused", "Refused"),
    ("dropped", "Dropped"),
]
APPLIED_RUN_STATES = ("done", "held", "partial")
OPEN_RUN_STATES = ("new", "reading", "review", "applying")

ACTIONS = [
    ("create", "New"),
    ("update", "Changed"),
    ("restore", "Back again"),
    ("archive", "Leaving"),
]
CHANGE_STATES = [
    ("staged", "To Apply"),
    ("held", "Held"),
    ("applied", "Applied"),
    ("dropped", "Dropped"),
    ("error", "Error"),
]

KIND_LABELS = [
    (kinds.ORG, "School or office"),
    (kinds.SESSION, "School year or term"),
    (kinds.STUDENT, "Student"),
    (kinds.ADULT, "Adult"),
    (kinds.SITE_ROLE, "Role at a site"),
    (kinds.DEMOGRAPHICS, "Demographics"),
    (kinds.GUARDIANSHIP, "Family link"),
    (kinds.SCHOOL_ENROLLMENT, "School enrollment"),
    (kinds.COURSE, "Course"),
    (kinds.CLASS, "Class"),
    (kinds.MEMBERSHIP, "Class member"),
]

# The kinds by whose loss a site is held: its people. Classes come and go.
GATED_KINDS = (kinds.ORG, kinds.STUDENT, kinds.SCHOOL_ENROLLMENT)
