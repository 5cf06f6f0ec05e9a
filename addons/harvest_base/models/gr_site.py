from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.base.models.res_partner import _tz_get

from ..const import GRADES


class GrSite(models.Model):
    """A school, or a place where a program runs."""

    _name = "gr.site"
    _description = "Site"
    _inherit = [
        "gr.guarded.mixin",
        "gr.external.ref.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "name, id"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True
    # Access is given on the user, by who administers users.
    _guarded = frozenset({"user_ids", "successor_id"})

    name = fields.Char(required=True, tracking=True)
    code = fields.Char(help="The district's school number", tracking=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(
        [
            ("school", "School"),
            ("program_site", "Community place"),
            ("office", "District office"),
        ],
        required=True,
        default="school",
        tracking=True,
    )
    active = fields.Boolean(default=True, tracking=True)
    has_program = fields.Boolean(
        default=True, help="Off: pupils of this school go to a program elsewhere."
    )
    grade_from = fields.Selection(GRADES, string="Lowest Grade")
    grade_to = fields.Selection(GRADES, string="Highest Grade")
    capacity = fields.Integer(help="Children who may be here at once. 0: not limited.")
    closing_rule = fields.Selection(
        [("standard", "Standard"), ("frontier", "Frontier area")],
        required=True,
        default="standard",
        help="A frontier site may close earlier (Education Code 8483(a)(1)(A)).",
    )
    closing_time = fields.Char(
        compute="_compute_closing_time", help="From the rules in force today"
    )
    tz = fields.Selection(
        _tz_get,
        string="Time Zone",
        required=True,
        default=lambda self: self.env.company.partner_id.tz or "America/Los_Angeles",
    )
    street = fields.Char()
    city = fields.Char()
    state_id = fields.Many2one("res.country.state")
    zip = fields.Char("ZIP")
    phone = fields.Char()
    email = fields.Char()
    cds_code = fields.Char(
        "CDS Code", help="14 digits: county, district, school", copy=False
    )
    nces_code = fields.Char("NCES School ID", help="12 digits", copy=False)
    color = fields.Integer()
    user_ids = fields.Many2many(
        "res.users",
        "gr_site_res_users_rel",
        "site_id",
        "user_id",
        string="Users with Access",
        copy=False,
        groups="harvest_base.group_harvest_level_1",
    )
    role_ids = fields.One2many("gr.site.role", "site_id", string="People")
    enrollment_ids = fields.One2many("gr.student.enrollment", "site_id")
    successor_id = fields.Many2one(
        "gr.site",
        string="Succeeded by",
        readonly=True,
        check_company=True,
        index="btree_not_null",
        help="The site that took over when this one closed or merged",
    )
    predecessor_ids = fields.One2many("gr.site", "successor_id", string="Took over")
    student_count = fields.Integer(string="Students", compute="_compute_counts")
    place_count = fields.Integer(string="In Programs", compute="_compute_counts")
    waiting_count = fields.Integer(string="Waiting", compute="_compute_counts")

    _code_uniq = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL AND active",
        "Another site of this district has the same code.",
    )
    _check_capacity = models.Constraint(
        "CHECK (capacity >= 0)", "A capacity cannot be negative."
    )

    @api.constrains("cds_code", "nces_code")
    def _check_codes(self):
        for site in self:
            for code, digits in ((site.cds_code, 14), (site.nces_code, 12)):
                if code and not (code.isdigit() and len(code) == digits):
                    raise ValidationError(
                        self.env._(
                            "“%(code)s” should have %(digits)s digits.",
                            code=code,
                            digits=digits,
                        )
                    )

    @api.depends("closing_rule", "company_id")
    def _compute_closing_time(self):
        today = fields.Date.context_today(self)
        same = self.grouped(lambda site: (site.closing_rule, site.company_id))
        for (rule, district), sites in same.items():
            closing = self.env["gr.rule"].rule(
                f"ases.closing_time.{rule}", district, today
            )
            sites.closing_time = closing.strftime("%H:%M")

    def _compute_counts(self):
        today = fields.Date.context_today(self)
        # sudo: numbers of a site that may be read are for everybody who may read it;
        # role A sees figures and no children
        Enrollment = self.env["gr.student.enrollment"].sudo()
        Place = self.env["gr.program.enrollment"].sudo()
        students = dict(
            Enrollment._read_group(
                Enrollment._get_current_domain(today)
                & Domain("site_id", "in", self.ids),
                ["site_id"],
                ["student_id:count_distinct"],
            )
        )
        places = {
            (site.id, state): count
            for site, state, count in Place._read_group(
                [
                    ("site_id", "in", self.ids),
                    ("state", "in", ("enrolled", "waitlisted")),
                ],
                ["site_id", "state"],
                ["__count"],
            )
        }
        students = {site.id: count for site, count in students.items()}
        for site in self:
            site.student_count = students.get(site.id, 0)
            site.place_count = places.get((site.id, "enrolled"), 0)
            site.waiting_count = places.get((site.id, "waitlisted"), 0)

    def _get_current_site(self):
        """Follow the successors to the site that is open today."""
        self.ensure_one()
        site, seen = self, self
        while not site.active and site.successor_id and site.successor_id not in seen:
            site = site.successor_id
            seen |= site
        return site

    def action_view_students(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_base.gr_student_action"
        )
        return action | {
            "name": self.env._("Students of %(site)s", site=self.name),
            "domain": [("site_id", "=", self.id)],
            "context": {"default_learner_type": "pupil"},
        }

    def action_view_places(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_base.gr_program_enrollment_action"
        )
        return action | {
            "domain": [("site_id", "=", self.id)],
            "context": {"default_site_id": self.id},
        }

    def action_view_days(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_base.gr_day_action"
        )
        return action | {
            "domain": [("site_id", "in", [False, self.id])],
            "context": {"default_site_id": self.id},
        }
