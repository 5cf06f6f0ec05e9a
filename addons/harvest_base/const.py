"""Vocabularies shared by the Harvest addons.

Only names live here. Numbers that a law or a policy sets are ``gr.rule`` rows.
"""

# CEDS entry grade levels, the codes that OneRoster and CALPADS exchange.
GRADES = [
    ("IT", "Infant/Toddler"),
    ("PR", "Preschool"),
    ("PK", "Prekindergarten"),
    ("TK", "Transitional Kindergarten"),
    ("KG", "Kindergarten"),
    ("01", "Grade 1"),
    ("02", "Grade 2"),
    ("03", "Grade 3"),
    ("04", "Grade 4"),
    ("05", "Grade 5"),
    ("06", "Grade 6"),
    ("07", "Grade 7"),
    ("08", "Grade 8"),
    ("09", "Grade 9"),
    ("10", "Grade 10"),
    ("11", "Grade 11"),
    ("12", "Grade 12"),
    ("13", "Grade 13"),
    ("PS", "Postsecondary"),
    ("UG", "Ungraded"),
    ("Other", "Other"),
]
GRADE_ORDER = {code: position for position, (code, _label) in enumerate(GRADES)}

LEARNER_TYPES = [
    ("pupil", "Pupil"),
    ("staff", "Staff"),
    ("volunteer", "Volunteer"),
    ("family", "Family member"),
]

# OneRoster 1.2 demographics: male, female, unspecified, other.
GENDERS = [
    ("female", "Female"),
    ("male", "Male"),
    ("other", "Nonbinary or other"),
    ("unspecified", "Not specified"),
]

DAY_TYPES = [
    ("instructional", "Instructional day"),
    ("early_release", "Early release"),
    ("program", "Program day without school"),
    ("holiday", "Holiday"),
    ("closure", "Closure"),
]
SCHOOL_DAY_TYPES = ("instructional", "early_release")

RELATIONS = [
    ("mother", "Mother"),
    ("father", "Father"),
    ("parent", "Parent"),
    ("stepparent", "Stepparent"),
    ("grandparent", "Grandparent"),
    ("guardian", "Legal guardian"),
    ("foster_parent", "Foster parent"),
    ("caregiver", "Caregiver (affidavit)"),
    ("sibling", "Adult sibling"),
    ("relative", "Other relative"),
    ("agency", "Agency or case worker"),
    ("other", "Other"),
]

CUSTODY = [
    ("unknown", "Not recorded"),
    ("sole", "Sole custody"),
    ("joint", "Joint custody"),
    ("visitation", "Visitation only"),
    ("none", "No custody"),
]

COURT_LIMITS = [
    ("none", "No court limit"),
    ("no_pickup", "May not pick up"),
    ("supervised", "Supervised contact only"),
    ("no_records", "No access to records"),
    ("no_contact", "No contact"),
]
# FERPA, 34 CFR 99.4: a parent has full rights unless a court order says otherwise.
COURT_LIMITS_ON_RECORDS = ("no_records", "no_contact")
COURT_LIMITS_ON_PICKUP = ("no_pickup", "supervised", "no_contact")

# Need-to-know facts: kind, label, the group of people who may know it.
FLAG_KINDS = [
    ("allergy", "Allergy"),
    ("medical", "Medical condition"),
    ("medication", "Medication at program"),
    ("dietary", "Dietary need"),
    ("mobility", "Mobility or access need"),
    ("plan", "504 or IEP accommodation"),
    ("foster", "Foster youth"),
    ("homeless", "Experiencing homelessness"),
    ("frpm", "Free or reduced-price meals"),
    ("address", "Address is confidential"),
]
CONFIDENTIAL_FLAG_KINDS = ("foster", "homeless", "frpm", "address")

# OneRoster 1.2 user roles.
SITE_ROLES = [
    ("principal", "Principal"),
    ("siteAdministrator", "Site administrator"),
    ("teacher", "Teacher"),
    ("aide", "Aide"),
    ("counselor", "Counselor"),
    ("proctor", "Proctor"),
    ("coordinator", "Program site coordinator"),
    ("instructor", "Program instructor"),
    ("districtAdministrator", "District administrator"),
    ("systemAdministrator", "System administrator"),
]

GROUP_KINDS = [
    ("course", "Course"),
    ("class", "Class"),
    ("homeroom", "Homeroom"),
    ("program", "Program group"),
]
GROUP_ROLES = [
    ("student", "Student"),
    ("teacher", "Teacher"),
    ("aide", "Aide"),
    ("administrator", "Administrator"),
    ("proctor", "Proctor"),
]

PROGRAM_STATES = [
    ("draft", "Draft"),
    ("open", "Open for registration"),
    ("running", "Running"),
    ("closed", "Closed"),
]
PLACE_STATES = [
    ("requested", "Requested"),
    ("waitlisted", "Waiting list"),
    ("enrolled", "Enrolled"),
    ("declined", "Declined by family"),
    ("withdrawn", "Withdrawn"),
    ("ended", "Ended"),
]
OPEN_PLACE_STATES = ("requested", "waitlisted", "enrolled")
# Lower is served first. Education Code 8483(c)(1): foster and homeless first; the
# reason is never stored here, because it is confidential.
PLACE_PRIORITIES = [
    ("1", "Priority by law"),
    ("2", "Attends every day"),
    ("3", "Local priority"),
    ("4", "Others"),
]
SIGNATURE_METHODS = [
    ("paper", "Paper form on file"),
    ("portal", "Signed on the family portal"),
    ("in_person", "Signed on a site device"),
]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")

# Context of set-based loads: no chatter, no subscription, no tracking per row.
QUIET_LOAD = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
}
