"""Vocabularies of privacy. Numbers that a law or a policy sets are ``gr.rule`` rows."""

# Rules of this addon.
RIGHTS_AGE_RULE = "privacy.rights.age"

# Purposes that the product itself acts upon; districts may add others.
PHOTO = "photo_media"
THIRD_PARTY = "third_party"
ELEARNING = "elearning"
ANY_PURPOSE = "*"  # effects that look at the purpose themselves

# How far back a family's page goes; the whole log is at the office.
FAMILY_ACCESS_DAYS = 90
# What a district shows to families of who looked at the record. The law gives them the
# disclosure log (34 CFR 99.32); this is more than it asks for: the district's choice.
FAMILY_ACCESS = [
    ("none", "Not shown on the portal"),
    ("role", "Role and organization"),
    ("name", "Role, organization and name"),
]

METHODS = [
    ("paper", "Signed form, attached"),
    ("in_person", "Signed form, kept at the office"),
    ("portal", "Family portal, signed in"),
    ("letter", "Letter or e-mail, attached"),
    ("oral", "Spoken, written down by staff"),
]
# A consent is signed and dated (34 CFR 99.30(a)); a refusal may be spoken.
SIGNED_METHODS = ("paper", "in_person", "portal", "letter")
ATTACHED_METHODS = ("paper", "letter")
