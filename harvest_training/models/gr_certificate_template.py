import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..certificate_text import PLACEHOLDERS, unknown_placeholders

MOST_SIGNATORIES = 3  # that many fit in the foot of a page
MOST_SIGNS = 1500  # of the text
DESIGNERS = "harvest_base.group_harvest_operations,harvest_base.group_harvest_admin"


class GrCertificateTemplate(models.Model):
    """How a certificate looks and what it says, designed in the backend.

    What was printed stays as it was: a change counts for certificates issued later.
    """

    _name = "gr.certificate.template"
    _description = "Certificate Template"
    _inherit = ["gr.certificate.print.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        "District",
        index=True,
        default=lambda self: self.env.company,
        help="Empty: every district may use it, and copies it to change it",
    )
    title = fields.Char(
        required=True,
        translate=True,
        default=lambda self: self.env._("Certificate of Completion"),
    )
    intro = fields.Char(
        "Above the Name",
        translate=True,
        default=lambda self: self.env._("This certifies that"),
    )
    body = fields.Text(
        "Below the Name",
        required=True,
        translate=True,
        default=lambda self: self._default_body(),
        help="A line whose placeholder has nothing to say is left out, for example the"
        " last day of a certificate that does not expire.",
    )
    lang = fields.Selection(
        selection="_get_languages",
        string="Language",
        help="Empty: the learner's language",
    )
    paper = fields.Selection(
        [("letter", "Letter"), ("a4", "A4")], required=True, default="letter"
    )
    orientation = fields.Selection(
        [("landscape", "Landscape"), ("portrait", "Portrait")],
        required=True,
        default="landscape",
    )
    face = fields.Selection(
        [("Harvest Serif", "With Serifs"), ("Harvest Sans", "Without Serifs")],
        string="Type",
        required=True,
        default="Harvest Serif",
    )
    accent = fields.Char("Color", required=True, default="#1b5e3f")
    has_frame = fields.Boolean("Frame", default=True)
    qr_position = fields.Selection(
        [("right", "Right"), ("left", "Left")],
        string="QR Code",
        required=True,
        default="right",
    )
    logo = fields.Image(max_width=1024, max_height=512)
    background = fields.Image(
        max_width=2200, max_height=2200, help="Fills the page; leave it pale"
    )
    badge_image = fields.Image(
        "Badge",
        max_width=512,
        max_height=512,
        help="Square picture of the digital badge; empty: the suite's own",
    )
    signatory_ids = fields.One2many(
        "gr.certificate.signatory", "template_id", "Signatories", copy=True
    )
    alignment_name = fields.Char(
        "Requirement Met", help="A standard or a rule that the training fulfills"
    )
    alignment_url = fields.Char("Address of the Requirement")
    preview = fields.Text(compute="_compute_preview", groups=DESIGNERS)
    program_ids = fields.One2many("gr.training.program", "certificate_template_id")

    @api.model
    def _get_languages(self):
        return self.env["res.lang"].get_installed()

    def _default_body(self):
        return self.env._(
            "has completed {{program}}\non {{date}}\n{{hours}} hours of training\n"
            "Valid until {{expires}}"
        )

    @api.depends(
        *("title", "intro", "body", "lang", "paper", "orientation", "face", "accent"),
        *("has_frame", "qr_position", "logo", "background", "company_id"),
        *("signatory_ids.name", "signatory_ids.job", "signatory_ids.signature"),
        "signatory_ids.sequence",
    )
    def _compute_preview(self):
        for template in self:
            template.preview = template._render_preview()

    @api.constrains("accent")
    def _check_accent(self):
        for template in self:
            if not re.fullmatch(r"#[0-9a-fA-F]{6}", template.accent):
                raise ValidationError(
                    self.env._("A color is written like #1b5e3f, six hex digits.")
                )

    @api.constrains("title", "intro", "body")
    def _check_placeholders(self):
        for template in self:
            words = "\n".join(
                filter(None, (template.title, template.intro, template.body))
            )
            if unknown := unknown_placeholders(words):
                raise ValidationError(
                    self.env._(
                        "“%(unknown)s” is no placeholder. There are: %(known)s.",
                        unknown=unknown[0],
                        known=", ".join(f"{{{{{name}}}}}" for name in PLACEHOLDERS),
                    )
                )
            if len(words) > MOST_SIGNS:
                raise ValidationError(
                    self.env._("The text has more than %s signs.", MOST_SIGNS)
                )

    @api.constrains("signatory_ids")
    def _check_signatories(self):
        for template in self:
            if len(template.signatory_ids) > MOST_SIGNATORIES:
                raise ValidationError(
                    self.env._(
                        "A certificate has room for %s signatures.", MOST_SIGNATORIES
                    )
                )

    @api.constrains(
        *("title", "intro", "body", "paper", "orientation", "face"),
        *("logo", "background"),
    )
    def _check_printable(self):
        """Say now what nobody could mend while a certificate is issued at night."""
        for template in self:
            template._print_sample()

    @api.constrains("alignment_name", "alignment_url")
    def _check_alignment(self):
        for template in self:
            address = template.alignment_url or ""
            if bool(template.alignment_name) != address.startswith("https://"):
                raise ValidationError(
                    self.env._("A requirement needs its name and an https:// address.")
                )

    def copy_data(self, default=None):
        default = {"company_id": self.env.company.id, **(default or {})}
        return [
            {**vals, "name": self.env._("%s (copy)", template.name)}
            for template, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def action_print_sample(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/harvest/certificates/sample/{self.id}",
            "target": "new",
        }
