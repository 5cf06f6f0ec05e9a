from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..standing import GIVEN, REFUSED, WITHDRAWN, Decision


class GrConsent(models.Model):
    """One decision about one purpose. The history is never rewritten."""

    _name = "gr.consent"
    _description = "Consent"
    _inherit = ["gr.rights.decision.mixin"]
    _order = "decided_at desc, id desc"
    _check_company_auto = True

    purpose_id = fields.Many2one(
        "gr.consent.purpose",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('company_id', 'in', [False, company_id])]",
    )
    decision = fields.Selection(
        [(GIVEN, "Given"), (REFUSED, "Refused"), (WITHDRAWN, "Withdrawn")],
        required=True,
        default=GIVEN,
    )
    text_id = fields.Many2one(
        "gr.consent.text",
        string="Text Shown",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('purpose_id', '=', purpose_id), ('state', '!=', 'draft')]",
        compute="_compute_text_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    text_version = fields.Integer(related="text_id.version", store=True)
    language_id = fields.Many2one(related="text_id.language_id", string="In Language")
    date_start = fields.Date(
        "Holds from", required=True, default=fields.Date.context_today
    )
    date_end = fields.Date(
        "Holds until",
        compute="_compute_date_end",
        store=True,
        readonly=False,
        precompute=True,
        help="The last day. Empty: until withdrawn",
    )
    reason = fields.Char("Reason Given", help="Nobody has to give one")
    effect_ids = fields.One2many("gr.consent.effect", "consent_id", string="Effects")
    state_now = fields.Selection(
        [
            ("counts", "Counts"),
            ("expired", "Expired"),
            ("superseded", "Followed by Another"),
        ],
        string="Today",
        compute="_compute_state_now",
    )

    _check_period = models.Constraint(
        "CHECK (date_end >= date_start)",
        "The last day cannot be before the first day.",
    )

    @api.depends("student_id", "purpose_id", "decision")
    def _compute_display_name(self):
        labels = dict(self._fields["decision"]._description_selection(self.env))
        for consent in self:
            student, purpose = consent.student_id, consent.purpose_id
            label = labels.get(consent.decision, "")
            # an entry that is being typed has neither yet: the form says "New"
            known = student and purpose
            name = f"{student.name}: {purpose.name} ({label})"
            consent.display_name = name if known else False

    @api.depends("purpose_id", "guardianship_id", "student_id")
    def _compute_text_id(self):
        Text = self.env["gr.consent.text"]
        for consent in self:
            purpose, student = consent.purpose_id, consent.student_id
            language = consent.guardianship_id.language_id
            consent.text_id = (
                Text._find_for(purpose, student.company_id, language)
                if purpose
                else False
            )

    @api.depends("purpose_id", "date_start", "decision")
    def _compute_date_end(self):
        for consent in self:
            months = consent.purpose_id.months
            ends = consent.decision == GIVEN and months and consent.date_start
            consent.date_end = ends and (
                consent.date_start + relativedelta(months=months, days=-1)
            )

    def _compute_state_now(self):
        today = fields.Date.context_today(self)
        last = {}
        for consent in self._search_history(self.student_id, self.purpose_id):
            last[consent.student_id, consent.purpose_id, consent._get_party_key()] = (
                consent
            )
        for consent in self:
            key = consent.student_id, consent.purpose_id, consent._get_party_key()
            if last.get(key) != consent:
                consent.state_now = "superseded"
            elif consent.date_end and consent.date_end < today:
                consent.state_now = "expired"
            else:
                consent.state_now = "counts"

    @api.constrains("purpose_id", "text_id", "decision", "student_id")
    def _check_text(self):
        for consent in self:
            text, district = consent.text_id, consent.student_id.company_id
            if consent.purpose_id.company_id not in (district, district.browse()):
                raise ValidationError(
                    self.env._("This purpose belongs to another district.")
                )
            if text and text.purpose_id != consent.purpose_id:
                raise ValidationError(
                    self.env._("The text shown is about another purpose.")
                )
            if consent.decision == GIVEN and (not text or text.state == "draft"):
                raise ValidationError(
                    self.env._(
                        "Nobody can consent to a text that is not published. Publish"
                        " one for “%(purpose)s” under Privacy / Consent Texts.",
                        purpose=consent.purpose_id.name,
                    )
                )

    def _is_permission(self):
        return self.decision == GIVEN

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_withdrawal(vals)
        consents = super().create(vals_list)
        Standing = self.env["gr.consent.standing"]
        for purpose, rows in consents.grouped("purpose_id").items():
            Standing._refresh(rows.student_id, purpose)
        for consent in consents:
            given = consent.decision == GIVEN
            action = "consent_given" if given else "consent_withdrawn"
            self.env["gr.privacy.audit"]._log(action, consent, consent.student_id)
        return consents

    @api.model
    def _check_withdrawal(self, vals):
        """Only what this party gave can be withdrawn by it."""
        if vals.get("decision") != WITHDRAWN:
            return
        last = self.sudo().search(  # the party's own voice, whoever may read it
            [
                ("student_id", "=", vals.get("student_id")),
                ("purpose_id", "=", vals.get("purpose_id")),
                ("guardianship_id", "=", vals.get("guardianship_id") or False),
                ("by_student", "=", bool(vals.get("by_student"))),
            ],
            limit=1,
        )
        if last.decision != GIVEN:
            raise UserError(
                self.env._(
                    "This person has not consented, so there is nothing to withdraw."
                    " Record a refusal instead."
                )
            )

    @api.model
    def _search_history(self, students, purposes):
        """Return all decisions, the oldest first; sudoed."""
        # sudo: a standing needs every voice, the adults' that one may not read too
        return self.sudo().search(
            [
                ("student_id", "in", students.ids),
                ("purpose_id", "in", purposes.ids),
            ],
            order="decided_at, id",
        )

    def _as_decision(self):
        """Return the row as the engine reads it."""
        self.ensure_one()
        return Decision(
            self.id,
            self._get_party_key(),
            self.decision,
            self.decided_at,
            self.date_start,
            self.date_end or None,
            self.text_version,
        )

    def action_withdraw(self):
        """Open the withdrawal: the same person, the same purpose, a new row."""
        self.ensure_one()
        same = ("student_id", "purpose_id", "guardianship_id", "text_id")
        context = {f"default_{name}": self[name].id for name in same}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Withdraw Consent"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "current",
            "context": context
            | {
                "default_by_student": self.by_student,
                "default_decision": WITHDRAWN,
                "default_method": "oral",
            },
        }
