from odoo import api, fields, models

# Laws that bind an operator, not a public agency (compliance facts, "Who is bound").
OF_OPERATORS = ("coppa", "sopipa")


class GrPostureClause(models.Model):
    """A clause of a law on children's data, and what the running system shows for it.

    What the suite does is data with its source and the day it was checked; the evidence
    is counted when somebody looks, in the district that is looked at. Not legal advice.
    """

    _name = "gr.posture.clause"
    _description = "Clause of the Privacy Posture"
    _inherit = ["gr.posture.evidence"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    law = fields.Selection(
        [
            ("coppa", "COPPA (16 CFR 312)"),
            ("sopipa", "SOPIPA (B&P 22584)"),
            ("ab1584", "AB 1584 (EC 49073.1)"),
        ],
        required=True,
    )
    authority = fields.Char("Clause", required=True)
    statement = fields.Text("What the Suite Does", required=True, translate=True)
    check = fields.Char(required=True, help="The method that counts the evidence")
    checked_on = fields.Date("Law as of", required=True)
    standing = fields.Selection(
        [
            ("shown", "Shown"),
            ("attention", "Look at This"),
            ("yours", "Yours to Show"),
        ],
        compute="_compute_evidence",
    )
    evidence = fields.Text("Evidence Now", compute="_compute_evidence")
    binds = fields.Char(compute="_compute_evidence")

    @api.depends("check", "law")
    @api.depends_context("company", "uid")
    def _compute_evidence(self):
        district = self.env.company
        known = {}
        is_public = district.gr_employer_kind == "public_lea"
        for clause in self:
            if clause.check not in known:
                # sudo: figures of the own district, no person
                method = getattr(self.sudo(), f"_check_{clause.check}")
                known[clause.check] = method(district)
            clause.standing, clause.evidence = known[clause.check][:2]
            clause.binds = (
                self.env._("The vendor")
                if is_public and clause.law in OF_OPERATORS
                else self.env._("This organization")
            )

    def action_show(self):
        """Open what the evidence was counted from."""
        self.ensure_one()
        # sudo: see ``_compute_evidence``; the list opens with the user's own rights
        action = getattr(self.sudo(), f"_check_{self.check}")(self.env.company)[2]
        return self.env["ir.actions.actions"]._for_xml_id(f"harvest_privacy.{action}")
