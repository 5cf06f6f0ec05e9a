"""Names shared by the models of staff clearance. Numbers of law and policy are data."""

KINDS = [
    ("course", "Course"),
    ("clearance", "Clearance"),
    ("document", "Document or card"),
]
WORKER_TYPES = [
    ("employee", "Employee"),
    ("contractor", "Contractor"),
    ("volunteer", "Volunteer"),
    ("applicant", "Applicant"),
]
BLOCKING = [
    ("none", "Nothing"),
    ("roster", "Any work"),
    ("task", "The task only"),
    ("site", "Opening the site"),
    ("access", "Access to records"),
]
DUE_UNITS = [
    ("before", "Before the first day"),
    ("days", "Days after the start"),
    ("weeks", "Weeks after the start"),
    ("months", "Months after the start"),
    ("open", "No day is set"),
]
RENEWALS = [
    ("none", "Never"),
    ("months", "After months"),
    ("school_year_window", "In the first weeks of each school year"),
    ("per_assignment", "For each assignment"),
]
CONFIDENCE = [
    ("verified", "Read in the source"),
    ("known", "Known, not read again"),
    ("uncertain", "To be confirmed"),
]
CREDENTIAL_STATES = [
    ("draft", "To be verified"),
    ("verified", "Verified"),
    ("superseded", "Renewed since"),
    ("revoked", "Revoked"),
]
COUNTED_STATES = ("verified", "superseded", "revoked")  # the dates decide
SOURCES = [
    ("manual", "Entered by hand"),
    ("import", "District's list"),
    ("training", "Course completed here"),
]
CLEARANCE_STATES = [
    ("ok", "In order"),
    ("exempt", "Exempt"),
    ("not_due_yet", "Not due yet"),
    ("due_soon", "Due soon"),
    ("grace", "Overdue, in grace"),
    ("missing", "Missing"),
    ("expired", "Expired"),
]
LIGHTS = [("green", "Green"), ("amber", "Amber"), ("red", "Red")]
SEVERITY = {"green": 0, "amber": 1, "red": 2}
LIGHT_OF_STATE = {
    "ok": "green",
    "exempt": "green",
    "not_due_yet": "green",
    "due_soon": "amber",
    "grace": "amber",
    "missing": "red",
    "expired": "red",
}
REMINDER_KINDS = [
    ("person", "The person"),
    ("coordinator", "The site coordinator"),
    ("manager", "The compliance manager"),
]
IMPORT_STATES = [
    ("draft", "Not checked"),
    ("checked", "Checked"),
    ("done", "Applied"),
]
IMPORT_RESULTS = [
    ("create", "Will be created"),
    ("exists", "There already"),
    ("person", "Person not known"),
    ("course", "Course not known"),
    ("refused", "Not accepted"),
    ("unreadable", "Cannot be read"),
    ("created", "Created"),
]

# Keys of gr.rule.
RULE_REMINDER_DAYS = "staff.reminder.days"
RULE_SOON_DAYS = "staff.due_soon.days"
RULE_YEAR_START = "school_year.start"

REFRESH_BATCH = 200  # people at a time: what a cron does between two commits
REMINDER_BATCH = 500  # rows of the board between two commits
