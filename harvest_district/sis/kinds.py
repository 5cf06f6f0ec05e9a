"""Names of what a roster is made of.

*Entities* are what a source states (one OneRoster row each). *Records* are what the
product keeps: some are entities, some are derived (a student at a school, a guardian
link). ``RECORD_KINDS`` is the order in which records may be created: a record refers
only to kinds before its own (an org or a session to others of its own kind).
"""

ORG = "org"
SESSION = "session"
PERSON = "person"
ROLE = "role"
DEMOGRAPHICS = "demographics"
COURSE = "course"
CLASS = "class"
MEMBERSHIP = "membership"
GUARDIAN_FLAGS = "guardian_flags"  # joins the guardianship that it is about

STUDENT = "student"
ADULT = "adult"
SITE_ROLE = "site_role"
GUARDIANSHIP = "guardianship"
SCHOOL_ENROLLMENT = "school_enrollment"

ENTITY_KINDS = (
    *(ORG, SESSION, PERSON, GUARDIAN_FLAGS, DEMOGRAPHICS, COURSE, CLASS),
    MEMBERSHIP,
)
RECORD_KINDS = (
    ORG,
    SESSION,
    STUDENT,
    ADULT,
    SITE_ROLE,
    DEMOGRAPHICS,
    GUARDIANSHIP,
    SCHOOL_ENROLLMENT,
    COURSE,
    CLASS,
    MEMBERSHIP,
)

# The entity kinds of the parts of a derived record's external id, in their order
# (``None``: no entity). Their ids are made by ``canonical.join_id``.
ID_PARTS: dict[str, tuple[str | None, ...]] = {
    STUDENT: (PERSON,),
    ADULT: (PERSON,),
    DEMOGRAPHICS: (PERSON,),
    SITE_ROLE: (PERSON, ORG, None),
    GUARDIANSHIP: (PERSON, PERSON),
    SCHOOL_ENROLLMENT: (PERSON, ORG, None),
}

# Payload field -> record kind it refers to ("person_kind": see the payload itself).
REFERENCES: dict[str, dict[str, str]] = {
    ORG: {"parent_id": ORG},
    SESSION: {"parent_id": SESSION},
    SITE_ROLE: {"adult_id": ADULT, "org_id": ORG},
    DEMOGRAPHICS: {"student_id": STUDENT},
    GUARDIANSHIP: {"student_id": STUDENT, "adult_id": ADULT},
    SCHOOL_ENROLLMENT: {"student_id": STUDENT, "org_id": ORG},
    COURSE: {"org_id": ORG, "session_id": SESSION},
    CLASS: {"course_id": COURSE, "org_id": ORG},
    MEMBERSHIP: {"class_id": CLASS, "person_id": "person_kind"},
}
