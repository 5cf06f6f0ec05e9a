"""Names and sizes of the sync."""

from .sis import kinds

# Changes applied in one savepoint, and in one transaction of a background job.
PURPOSE = "roster"  # what the event log says that a run reads and writes for
APPLY_BATCH = 5_000
APPLY_JOB = 10_000
# Changes from which the tables' statistics are refreshed after a run.
ANALYZE_FROM = 5_000
# How long a job waits while another run of the same system is at work.
BUSY_SECONDS = 30
# System parameter: hosts inside the district's network that may be asked.
TRUSTED_HOSTS_PARAM = "harvest_district.trusted_hosts"
# System parameter: folders of this server whose files may be read, by commas.
DROP_FOLDERS_PARAM = "harvest_district.drop_folders"
# Days after which a finished run forgets its file and payloads (children's data).
KEEP_DAYS_RULE = "sync.payload.keep_days"
# How long a token of a OneRoster client is good for.
TOKEN_SECONDS = 3_600
# Days for which a deletion is told, and for which calls are kept on record.
TOMBSTONE_KEEP_DAYS_RULE = "oneroster.tombstone.keep_days"
CALL_KEEP_DAYS_RULE = "oneroster.call.keep_days"
# A batch that fails is tried again in this many parts.
SPLIT = 10

# How a system is spoken to, and the id space its ids are in: two ways of reading the
# same ids share a space, so a district may change from files to an API.
ADAPTERS = [
    ("oneroster_csv", "OneRoster files, uploaded"),
    ("oneroster_files", "OneRoster files from a folder or SFTP"),
    ("oneroster_rest", "OneRoster API"),
    ("powerschool", "PowerSchool API"),
    ("aeries", "Aeries API"),
    ("clever", "Clever API"),
    ("sds_csv", "Microsoft School Data Sync files"),
    ("clever_csv", "Clever SFTP files"),
    ("custom", "Another system, mapped by hand"),
]
ID_SPACES = {
    "oneroster_csv": "oneroster",
    "oneroster_files": "oneroster",
    "oneroster_rest": "oneroster",
}

# Settings of the engine whose field on the form has another name.
SETTING_FIELDS = {
    "app": "app_name",
    "path": "source_path",
    "pattern": "file_pattern",
    "marker": "file_marker",
}

# What people miss when a system does not send it; the finer gaps are in the docs.
GAP_LABELS = [
    ("demographics", "Demographics"),
    ("demographics.birthDate", "Birth dates"),
    ("users.userIds", "State ids"),
    ("users.agentSourcedIds", "Families"),
    ("guardianFlags", "Custody and pick-up flags"),
    ("users.email", "E-mail addresses"),
    ("users.phone", "Phone numbers"),
    ("users.preferredGivenName", "Preferred names"),
    ("courses", "Courses"),
    ("classes", "Classes"),
    ("enrollments", "Class members"),
    ("academicSessions", "School years"),
]

RUN_STATES = [
    ("new", "Waiting"),
    ("fetching", "Fetching"),
    ("reading", "Reading"),
    ("review", "To Review"),
    ("applying", "Applying"),
    ("done", "Applied"),
    ("held", "Applied, Sites Held"),
    ("partial", "Applied, With Errors"),
    ("refused", "Refused"),
    ("dropped", "Dropped"),
    ("undoing", "Rolling Back"),
    ("undone", "Rolled Back"),
]
APPLIED_RUN_STATES = ("done", "held", "partial")
OPEN_RUN_STATES = ("new", "fetching", "reading", "review", "applying")
CLOSED_RUN_STATES = ("done", "partial", "refused", "dropped", "undone")
# At work right now, or waiting for a worker.
BUSY_RUN_STATES = ("new", "fetching", "reading", "applying", "undoing")

TRIGGERS = [
    ("upload", "Upload"),
    ("manual", "By Hand"),
    ("schedule", "Schedule"),
    ("command", "Command Line"),
]
STAGES = [
    ("fetch", "Fetch"),
    ("read", "Read and Check"),
    ("compare", "Compare"),
    ("apply", "Apply"),
    ("prove", "Prove"),
    ("undo", "Roll Back"),
]

PROOF_TRIGGERS = [
    ("run", "After an Import"),
    ("night", "Nightly"),
    ("manual", "By Hand"),
]
MISMATCHES = [
    ("only_there", "Not here"),
    ("only_here", "Not there"),
    ("status", "Status"),
    ("school", "School"),
    ("grade", "Grade"),
    ("guardians", "Family"),
]
PROOF_CAUSES = [
    ("held", "Held: waits until a site is decided"),
    ("waiting", "Waits for a decision"),
    ("error", "Had an error when it was applied"),
    ("dropped", "A person dropped the change"),
    ("aside", "The row could not be used"),
    ("not_taken", "The school is not taken"),
    ("there", "Changed there since"),
    ("here", "Changed here by hand"),
    ("kept", "Ended there, kept here for the child's safety"),
]
PROPOSAL_STATES = [
    ("open", "Open"),
    ("sent", "Sent"),
    ("done", "Agreed"),
    ("dismissed", "Dismissed"),
]

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
    ("undone", "Rolled Back"),
    ("kept", "Kept"),
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

# The kinds by whose loss a site is held: its people, and who may pick them up: a system
# that stops sharing families sends every student all the same. Classes come and go.
GATED_KINDS = (
    kinds.ORG,
    kinds.STUDENT,
    kinds.SCHOOL_ENROLLMENT,
    kinds.GUARDIANSHIP,
)
