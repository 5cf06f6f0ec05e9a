"""Names that the family portal uses."""

# Whom a family calls about the program or the school, the first to be called first.
FAMILY_CONTACT_ROLES = ("coordinator", "siteAdministrator", "principal")

# Places in the order in which a family wants to read them.
PLACE_ORDER = ("enrolled", "waitlisted", "requested", "declined", "withdrawn", "ended")

# What ``gr.site._get_family_today`` says of a date that the calendar leaves out.
NO_SCHOOL = "none"

# Session key: the language that a visitor chose on a page before logging in.
CHOSEN_LANGUAGE = "harvest_language"
LANGUAGE_COOKIE = "frontend_lang"  # Odoo's own (http_routing)
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # seconds
