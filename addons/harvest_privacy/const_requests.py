"""Vocabularies of records requests: who asks, for what, and which clock it has."""

REQUEST_KINDS = [
    ("inspect", "See the record"),
    ("copy", "Get a copy"),
    ("portability", "Take the record along (archive)"),
    ("history", "Learn who was told what"),
    ("transfer", "Record to a new school"),
    ("transfer_foster", "Record of a foster child to a new school"),
    ("third_party", "Record to somebody else"),
]
# What a parent asks for on the portal.
FAMILY_REQUESTS = ("inspect", "copy", "portability", "history")
# The rule that counts for each kind, and the wider one that stands behind it.
REQUEST_CLOCKS = {
    "inspect": ("records.inspect.business_days", "records.inspect.ferpa_days"),
    "copy": ("records.inspect.business_days", "records.inspect.ferpa_days"),
    "portability": ("records.inspect.business_days", "records.inspect.ferpa_days"),
    "history": ("records.inspect.business_days", "records.inspect.ferpa_days"),
    "transfer": ("records.transfer.school_days", None),
    "transfer_foster": ("records.transfer.foster.business_days", None),
    "third_party": (None, None),
}
REQUESTERS = [
    ("guardian", "Parent or guardian"),
    ("student", "The student, of age"),
    ("school", "The new school"),
    ("consent", "Somebody with the family's written consent"),
    ("court", "Somebody with a court order or subpoena"),
]
REQUEST_STATES = [
    ("received", "Received"),
    ("identity", "Identity Check"),
    ("preparing", "In Preparation"),
    ("ready", "Ready"),
    ("delivered", "Delivered"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]
# 34 CFR 99.31(c): reasonable methods to identify and authenticate
IDENTITY_METHODS = [
    ("photo_id", "Photo ID, seen in person"),
    ("known", "Known in person to staff"),
    ("portal", "Signed in to the family portal"),
    ("call_back", "Called back on the number in the record"),
    ("notarized", "Notarized letter"),
    ("letterhead", "School's letterhead, confirmed by a call"),
]
DELIVERY_METHODS = [
    ("link", "Download link that expires"),
    ("person", "In person"),
]
DECISIONS = [
    ("pending", "To Review"),
    ("include", "Goes Out"),
    ("withhold", "Held Back"),
]
LIGHTS = [
    ("none", "No Deadline"),
    ("ok", "In Time"),
    ("soon", "Due Soon"),
    ("late", "Overdue"),
]
# Which records tell about other people, too, so that a person looks at them first.
REVIEWED_MODELS = {"gr.guardianship"}
