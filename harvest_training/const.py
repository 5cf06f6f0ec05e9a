"""Names that the mission's eLearning plan fixes, and the suite's own."""

# Status of a program or of its link to a course (plan, "Data Model Integration").
DEFINITION_STATUS = [
    ("draft", "Draft"),
    ("active", "Active"),
    ("archived", "Archived"),
]

# Status of one course of one learner (plan, gr.progress.tracker).
TRACKER_STATUS = [
    ("not_started", "Not Started"),
    ("in_progress", "In Progress"),
    ("completed", "Completed"),
    ("certified", "Certified"),
]

# Status of a learner's way through a program: the decision first, then the plan's own.
ENROLLMENT_STATUS = [
    ("review", "To Review"),
    ("refused", "Refused"),
    ("not_started", "Not Started"),
    ("in_progress", "In Progress"),
    ("completed", "Completed"),
    ("certified", "Certified"),
    ("withdrawn", "Withdrawn"),
]
# What may still change by learning; all others are decided or history.
LEARNING_STATUS = ("not_started", "in_progress", "completed")
# One such enrollment at most, per learner and program.
OPEN_STATUS = ("review", *LEARNING_STATUS)

# Status of a student in the eyes of eLearning (plan, gr.student).
INTEGRATION_STATUS = [
    ("not_integrated", "Not Integrated"),
    ("enrolled", "Enrolled in eLearning"),
    ("in_progress", "In Progress"),
    ("completed", "Completed"),
    ("certified", "Certified"),
]

RENEWALS = [
    ("none", "Does not expire"),
    ("months", "A number of months after it was issued"),
    ("school_year", "At the end of the school year"),
]
