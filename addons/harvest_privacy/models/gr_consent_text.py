import hashlib

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

DRAFT_FIELDS = frozenset({"state", "published_on", "published_by_id", "sha256"})


class GrConsentText(models.Model):
    """What a family reads before it decides: one version in one language.

    A published text never changes; who signed it signed exactly this. A change is the
    next version, which may ask everybody anew.
    """

    _name = "gr.consent.text"
    _description = "Consent Text"
    _inherit = ["gr.guarded.mixin"]
    _order = "purpose_id, version desc, language_id, id"
    _check_company_auto = True
    _guarded = DRAFT_FIELDS

    purpose_id = fields.Many2one(
        "gr.consent.purpose", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    version = fields.Integer(
        required=True,
        compute="_compute_version",
        store=True,
        readonly=False,
        precompute=True,
        help="The same number in every language is the same text",
    )
    language_id = fields.Many2one("gr.language", required=True, ondelete="restrict")
    title = fields.Char(required=True)
    body = fields.Html(required=True, sanitize=True)
    records = fields.Char(
        "Which Records", required=True, help="34 CFR 99.30(b)(1): what may be disclosed"
    )
    recipients = fields.Char(
        "To Whom",
        required=True,
        help="34 CFR 99.30(b)(3): the party or class of parties",
    )
    asks_anew = fields.Boolean(
        "Consents to Older Versions End", help="Families are asked again"
    )
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("retired", "Not in use")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    published_on = fields.Date(readonly=True, copy=False)
    published_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    sha256 = fields.Char("SHA-256", readonly=True, copy=False)

    _version_uniq = models.Constraint(
        "UNIQUE (purpose_id, company_id, version, language_id)",
        "This version exists in this language already.",
    )

    @api.depends("purpose_id", "company_id", "language_id")
    def _compute_version(self):
        """The newest number while this language lacks it, else the next one."""
        for text in self.filtered(lambda text: not text._origin):
            others = self.search(
                Domain("purpose_id", "=", text.purpose_id.id)
                & Domain("company_id", "=", text.company_id.id)
            )
            newest = max(others.mapped("version"), default=0)
            told = others.filtered(lambda other, newest=newest: other.version == newest)
            text.version = newest + (not told or text.language_id in told.language_id)

    @api.depends("title", "version", "language_id.code")
    def _compute_display_name(self):
        for text in self:
            # a text that is being typed has no title yet: the form says "New"
            text.display_name = text.title and self.env._(
                "%(title)s, version %(version)s (%(language)s)",
                title=text.title,
                version=text.version,
                language=text.language_id.code,
            )

    @api.onchange("purpose_id", "language_id")
    def _onchange_sample(self):
        """Begin with the sample of the purpose, in the language of the text."""
        purpose = self.purpose_id
        lang = self._get_lang_of(self.language_id)
        if purpose and lang and not self.title and not self.body:
            sample = purpose.with_context(lang=lang)
            self.title, self.body = sample.name, sample.text_sample or Markup()

    @api.model
    def _get_lang_of(self, language):
        """Return the installed language of Odoo for one of ours, or an empty text."""
        code = language.code or "-"
        langs = self.env["res.lang"].get_installed()
        return next((lang for lang, _name in langs if lang[:2] == code[:2]), "")

    def write(self, vals):
        frozen = self.filtered(lambda text: text.state != "draft")
        if frozen and vals.keys() - DRAFT_FIELDS:
            raise UserError(
                self.env._(
                    "“%(text)s” is published: families signed exactly this. Make a new"
                    " version to change it.",
                    text=frozen[:1].display_name,
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        if self.filtered(lambda text: text.state != "draft"):
            raise UserError(
                self.env._("A published text is kept with the consents to it.")
            )

    def action_publish(self):
        """Put this version into use; the older one in this language goes out of use."""
        self.check_access("write")
        for text in self:
            if text.state != "draft":
                raise UserError(self.env._("Only a draft can be published."))
            text._get_older().sudo().state = "retired"  # guarded from clients
            text.sudo().write(
                {
                    "state": "published",
                    "published_on": fields.Date.context_today(self),
                    "published_by_id": self.env.uid,
                    "sha256": text._get_digest(),
                }
            )
            if text.asks_anew:
                self.env["gr.consent.standing"]._refresh_purpose(
                    text.purpose_id, text.company_id
                )

    def action_new_version(self):
        self.ensure_one()
        last = self.search(
            [
                ("purpose_id", "=", self.purpose_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            order="version desc",
            limit=1,
        )
        version = last.version + (last.state != "draft")
        draft = self.copy({"version": version})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
        }

    def _get_older(self):
        return self.search(
            Domain("purpose_id", "=", self.purpose_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("language_id", "=", self.language_id.id)
            & Domain("state", "=", "published")
        )

    def _get_digest(self):
        self.ensure_one()
        parts = (self.title, str(self.body), self.records, self.recipients)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()

    @api.model
    def _find_for(self, purpose, company, language):
        """Return the text to show, in ``language`` or else in any."""
        texts = self.sudo().search(  # public texts
            Domain("purpose_id", "=", purpose.id)
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "published")
        )
        return (texts.filtered(lambda text: text.language_id == language) or texts)[:1]
