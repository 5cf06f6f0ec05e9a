from odoo.exceptions import UserError


class AuditUnavailable(UserError):
    """The event log cannot be written, so nothing of a student's record is shown."""

    http_status = 503  # Service Unavailable
