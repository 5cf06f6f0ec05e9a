import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.harvest_base import tagged_pdf

PAPER = "@page { size: letter; margin: 0.9in }"


class GrDisclosure(models.Model):
    """One entry of the legal log: who asked for or got which records, and why.

    34 CFR 99.32, EC 49064, 5 CCR 435. Kept as long as the records (99.32(a)(2)), open
    to families and to who keeps the records. Not the technical audit log.
    """

    _name = "gr.disclosure"
    _description = "Disclosure"
    _inherit = ["gr.disclosure.facts.mixin", "gr.append.only.mixin"]
    _order = "recorded_at desc, id desc"
    _check_company_auto = True
    # What can only be known later.
    _fill_once = frozenset(
        {"family_informed_at", "destruction_confirmed_on", "letter", "sha256"}
    )

    name = fields.Char("Number", required=True, readonly=True, default="New")
    kind = fields.Selection(
        [
            ("disclosed", "Disclosed"),
            ("refused", "Request Refused"),
            ("unauthorized", "Disclosed Without Right"),
            ("corrects", "Correction"),
        ],
        required=True,
        readonly=True,
    )
    recorded_at = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    recorded_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.uid,
    )
    disclosed_at = fields.Datetime("Disclosed on", readonly=True)
    line_ids = fields.One2many("gr.disclosure.line", "disclosure_id", "Students")
    student_count = fields.Integer(readonly=True, help="Also of those one may not see")
    refusal = fields.Text("Why Refused", readonly=True)
    corrects_id = fields.Many2one(
        "gr.disclosure", readonly=True, index="btree_not_null"
    )
    is_statutory = fields.Boolean("Required by Law", readonly=True)
    letter = fields.Binary(
        "Letter on Redisclosure", attachment=True, readonly=True, copy=False
    )
    letter_name = fields.Char(compute="_compute_letter_name")
    inform_by = fields.Datetime("Family Is Told by", readonly=True)
    family_informed_at = fields.Datetime("Family Was Told on")
    destruction_confirmed_on = fields.Date(
        "Destroyed by the Party on",
        help="Studies and audits (34 CFR 99.31(a)(6), 99.35)",
    )
    sha256 = fields.Char("SHA-256", readonly=True, help="Of the entry as recorded")

    @api.depends("name")
    def _compute_letter_name(self):
        for entry in self:
            entry.letter_name = f"{entry.name.replace('/', '-')}.pdf"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(
                self.env._(
                    "An entry is made by Privacy / Disclose Records, which checks the"
                    " basis first."
                )
            )
        sequence = self.env["ir.sequence"]
        for vals in vals_list:
            vals["name"] = sequence.next_by_code("gr.disclosure")
        return super().create(vals_list)

    def _seal(self, *, with_letter):
        """Add the letter, where one goes with it, and the hash; filled in once."""
        self.ensure_one()
        if with_letter and self.basis_id.limits_redisclosure:
            self.letter = self._print_letter()
        self.sha256 = self._get_digest()

    def _get_digest(self):
        """Return a hash over the entry, so that a copy can be compared with it."""
        self.ensure_one()
        names = sorted(self._get_fact_names())
        facts = [f"{name}={self[name]}" for name in names]
        students = sorted(self.line_ids.student_id.ids)
        text = "\x1f".join([self.name, self.kind, str(students), *facts])
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _get_fact_names(self):
        """Return the fields that dialogue and log share."""
        mixin = self.env["gr.disclosure.facts.mixin"]
        own = {"id", "display_name", *models.MAGIC_COLUMNS}
        return [name for name in mixin._fields if name not in own]

    def _print_letter(self):
        """Make the letter of 34 CFR 99.33(d), in the language that was asked for."""
        self.ensure_one()
        lang = self.env["gr.consent.text"]._get_lang_of(self.language_id)
        entry = self.with_context(lang=lang or "en_US")
        html = self.env["ir.qweb"]._render(
            "harvest_privacy.redisclosure_letter",
            {"entry": entry, "language": (lang or "en")[:2]},
            lang=lang or "en_US",
        )
        document = tagged_pdf.lay_out(str(html), PAPER)
        return base64.b64encode(tagged_pdf.write(document, self.name))

    def action_family_informed(self):
        self.check_access("read")
        # sudo: who keeps the log says so; the field is filled once
        self.sudo().family_informed_at = fields.Datetime.now()

    def action_correct(self):
        """Open a new entry that corrects this one, which stays."""
        self.ensure_one()
        facts = {
            f"default_{name}": self[name].ids
            if self._fields[name].type == "many2many"
            else self[name].id
            if self._fields[name].type == "many2one"
            else self[name]
            for name in self._get_fact_names()
            if self._fields[name].type != "binary"
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct %s", self.name),
            "res_model": "gr.disclosure.record",
            "view_mode": "form",
            "target": "new",
            "context": facts
            | {
                "default_corrects_id": self.id,
                "default_student_ids": self.line_ids.student_id.ids,
            },
        }
