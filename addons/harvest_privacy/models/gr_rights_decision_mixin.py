import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.http import request

from ..const import ATTACHED_METHODS, METHODS, SIGNED_METHODS
from ..rights import PARENT, STUDENT, Party, why_not

# What only the product fills in.
PROVEN = frozenset(
    {
        "party_name",
        "party_relation",
        "rights_checked",
        "evidence_sha256",
        "evidence_user_id",
        "evidence_ip",
        "recorded_by_id",
    }
)


class GrRightsDecisionMixin(models.AbstractModel):
    """A decision about a student's record by somebody who holds the rights to it.

    Who decided, what was checked, and the evidence (34 CFR 99.30(a) and (d)) are kept
    as they were on the day; the row never changes.
    """

    _name = "gr.rights.decision.mixin"
    _description = "Decision of a Rights Holder"
    _inherit = ["gr.student.record.mixin", "gr.append.only.mixin"]
    _guarded = PROVEN

    by_student = fields.Boolean(
        "The Student Decides",
        help="From 18 on the rights are the student's own (34 CFR 99.5)",
    )
    guardianship_id = fields.Many2one(
        "gr.guardianship",
        string="Adult",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('student_id', '=', student_id)]",
    )
    party_name = fields.Char("Decided by", readonly=True)
    party_relation = fields.Char("As", readonly=True)
    rights_checked = fields.Char(
        readonly=True, help="What entitled this person on that day"
    )
    decided_at = fields.Datetime(
        "Decided on", required=True, default=lambda self: fields.Datetime.now()
    )
    method = fields.Selection(METHODS, required=True, default="paper")
    evidence = fields.Binary("Signed Document", attachment=True)
    evidence_name = fields.Char("File Name")
    evidence_sha256 = fields.Char("SHA-256 of the Document", readonly=True)
    evidence_user_id = fields.Many2one(
        "res.users", "Signed in as", readonly=True, ondelete="restrict"
    )
    evidence_ip = fields.Char("From Address", readonly=True)
    recorded_by_id = fields.Many2one(
        "res.users", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    note = fields.Text(help="Where the paper is kept, what was said. No health facts.")

    @api.model_create_multi
    def create(self, vals_list):
        # sudo: what is proven is nobody's to send; who may create was asked before
        self.check_access("create")
        for vals in vals_list:
            self._refuse_guarded({name for name in PROVEN & vals.keys() if vals[name]})
            self._check_student(vals)
        records = super(GrRightsDecisionMixin, self.sudo()).create(
            [vals | self._get_proof(vals) for vals in vals_list]
        )
        return records.with_env(self.env)

    @api.model
    def _get_proof(self, vals):
        """Return what is recorded beside ``vals``: who, by what right, evidence."""
        student = self.env["gr.student"].browse(vals.get("student_id"))
        adult = self.env["gr.guardianship"].browse(vals.get("guardianship_id"))
        decided = fields.Datetime.to_datetime(vals.get("decided_at"))
        day = (decided or fields.Datetime.now()).date()
        proof = self._check_party(student, adult, bool(vals.get("by_student")), day)
        proof["recorded_by_id"] = self.env.uid
        if vals.get("evidence"):
            content = base64.b64decode(vals["evidence"])
            proof["evidence_sha256"] = hashlib.sha256(content).hexdigest()
        if vals.get("method") == "portal":
            proof |= self._get_click(adult)
        return proof

    @api.model
    def _check_party(self, student, adult, by_student, day):
        """Return who decides and why that is right, as values to keep.

        :raise UserError: the person may not decide; says by which rule, and who may
        """
        if not by_student and (not adult or adult.student_id != student):
            raise UserError(
                self.env._("Choose the adult who decides, from the student's adults.")
            )
        of_age = student._gr_holds_rights(day)
        # What is kept is read at the office, whoever decides in whatever language.
        office = student.sudo().company_id.partner_id.lang or "en_US"
        kept = adult.with_context(lang=office)
        if by_student:
            reason = why_not(Party(STUDENT, of_age))
            name, relation = student.name, kept.env._("Student")
        else:
            reason = adult._gr_why_not(day)
            name = adult.sudo().partner_id.name  # sudo: its name is on the record
            relation = kept._gr_get_label("relation")
        if reason:
            raise UserError(adult._gr_explain_refusal(reason, student, name))
        return {
            "party_name": name,
            "party_relation": relation,
            "rights_checked": kept._gr_describe_rights(day, of_age),
        }

    @api.model
    def _get_click(self, adult):
        """Return what identifies a click: the signed-in adult, and from where."""
        user = self.env.user
        if adult.sudo().partner_id != user.partner_id:  # sudo: compared only
            raise UserError(
                self.env._(
                    "Only the adult, signed in, decides on the portal. Record a signed"
                    " form instead."
                )
            )
        address = request.httprequest.remote_addr if request else False
        return {"evidence_user_id": user.id, "evidence_ip": address}

    @api.constrains("method", "evidence", "note", "decided_at")
    def _check_evidence(self):
        for record in self:
            if record._is_permission() and record.method not in SIGNED_METHODS:
                raise ValidationError(
                    self.env._(
                        "A consent is signed and dated (34 CFR 99.30(a)). Let the"
                        " adult sign a form, or decide on the family portal."
                    )
                )
            if record.method in ATTACHED_METHODS and not record.evidence:
                raise ValidationError(
                    self.env._("Attach the signed document as evidence.")
                )
            if record.method == "in_person" and not record.note:
                raise ValidationError(
                    self.env._("Write in the note where the signed form is kept.")
                )
            if record.decided_at > fields.Datetime.now():
                raise ValidationError(
                    self.env._("A decision cannot be made in the future.")
                )

    def _is_permission(self):
        """Whether this decision allows something, so that it must be signed."""
        self.ensure_one()
        return True

    def _get_party_key(self):
        """Return whose voice this is, for the engine."""
        self.ensure_one()
        return STUDENT if self.by_student else (PARENT, self.guardianship_id.id)
