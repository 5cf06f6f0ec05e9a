from odoo import api, fields, models
from odoo.exceptions import UserError


class GrPrivacyIncidentPerson(models.Model):
    """Somebody whose data an incident concerns, and how that is known."""

    _name = "gr.privacy.incident.person"
    _description = "Person Affected by an Incident"
    _inherit = ["gr.guarded.mixin", "gr.audited.part.mixin"]
    _order = "kind desc, id"
    _fixed = frozenset({"incident_id", "student_id", "partner_id", "company_id"})
    _guarded = frozenset({"why"})
    # About an incident of the district, kept with it.
    _gr_not_of_record = True

    incident_id = fields.Many2one(
        "gr.privacy.incident", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="incident_id.company_id", store=True, precompute=True, index=True
    )
    kind = fields.Selection(
        [("pupil", "Pupil"), ("guardian", "Parent or Guardian"), ("staff", "Staff")],
        required=True,
        default="pupil",
    )
    student_id = fields.Many2one("gr.student", index=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", index=True, ondelete="cascade")
    why = fields.Selection(
        [
            ("rule", "By the rule"),
            ("log", "By the audit log"),
            ("family", "Family of a pupil"),
            ("site", "Works at the site"),
            ("hand", "Added by hand"),
        ],
        string="How We Know",
        required=True,
        default="hand",
        readonly=True,
    )

    _person_uniq = models.UniqueIndex(
        "(incident_id, student_id, partner_id) NULLS NOT DISTINCT",
        "This person is listed already.",
    )
    _check_one = models.Constraint(
        "CHECK (num_nonnulls(student_id, partner_id) = 1)",
        "Choose a pupil, or an adult.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        if any(person.incident_id.state == "closed" for person in self):
            raise UserError(self.env._("The incident is closed; its list stays."))
