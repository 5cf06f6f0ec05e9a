from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class GrDirectoryNotice(models.Model):
    """A district's annual notice: what it calls directory information, and for whom.

    Without a notice in force nothing is directory information (34 CFR 99.37(a)).
    """

    _name = "gr.directory.notice"
    _description = "Notice of Directory Information"
    _inherit = ["gr.guarded.mixin", "mail.thread"]
    _order = "company_id, date_start desc, id"

    name = fields.Char(required=True, help="For example the school year")
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    category_ids = fields.Many2many(
        "gr.directory.category", string="Categories", required=True, tracking=True
    )
    audience_ids = fields.Many2many(
        "gr.party.kind",
        string="Only to",
        tracking=True,
        help="Empty: to anybody. A limit in the notice binds (34 CFR 99.37(d))",
    )
    notice_date = fields.Date("Families Were Told on", required=True, tracking=True)
    date_start = fields.Date(
        "Told from",
        required=True,
        tracking=True,
        help="The day after the time that families have to refuse",
    )
    date_end = fields.Date("Until", required=True, tracking=True)
    document = fields.Binary("Notice as Sent", attachment=True)
    document_name = fields.Char()
    protects_foster = fields.Boolean(
        "Foster Youth Like Homeless Pupils",
        default=True,
        tracking=True,
        help="For homeless pupils the law asks for consent (EC 49073(c)); for foster"
        " youth it is the district's own policy",
    )
    active = fields.Boolean(default=True)

    _check_period = models.Constraint(
        "CHECK (date_end >= date_start AND date_start >= notice_date)",
        "Families are told first; then the time begins, then it ends.",
    )

    @api.constrains("company_id", "date_start", "date_end", "active")
    def _check_overlap(self):
        for notice in self.filtered("active"):
            others = (
                Domain("company_id", "=", notice.company_id.id)
                & Domain("id", "!=", notice.id)
                & Domain("date_start", "<=", notice.date_end)
                & Domain("date_end", ">=", notice.date_start)
            )
            if self.search(others, limit=1):
                raise ValidationError(
                    self.env._("Another notice is in force then. End it first.")
                )

    @api.model
    def _find(self, company, day):
        """Return the notice in force in a district; sudoed, maybe none."""
        return self.sudo().search(  # what a district tells everybody
            Domain("company_id", "=", company.id)
            & Domain("date_start", "<=", day)
            & Domain("date_end", ">=", day),
            limit=1,
        )

    def _get_categories(self, audience=None):
        """Return the categories that may go to an audience.

        :param audience: ``gr.party.kind``, or None for no one in particular
        """
        if audience and (audience.is_for_profit or audience.is_barred):
            return self.category_ids.browse()
        named = self.audience_ids
        if named and not (audience and audience in named):
            return self.category_ids.browse()
        return self.category_ids

    def _get_opt_in_kinds(self):
        """Return the flags of students of whom silence means no."""
        return ["homeless", *(["foster"] if self.protects_foster else [])]
