import base64
import unicodedata

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from ..certificate_text import new_code, with_check
from ..exceptions import CertificateDesignError, MissingRequirementsError

STATES = [("valid", "Valid"), ("expired", "Expired"), ("revoked", "Revoked")]
# All else is written once, when it is issued.
CHANGEABLE = {"state", "revoked_on", "revoked_by_id", "revoke_reason"}
SEQUENCE = "gr.certificate"


class GrCertificate(models.Model):
    """What was certified, as it was printed; never issued twice, never changed.

    The names are copies: who marries later, and a program that is renamed, leave the
    paper as it is. A certificate can be revoked, and issued again then.
    """

    _name = "gr.certificate"
    _description = "Certificate"
    _inherit = [
        "gr.student.record.mixin",
        "gr.certificate.badge.mixin",
        "gr.certificate.verify.mixin",
    ]
    _order = "issued_on desc, id desc"
    _check_company_auto = True
    _guarded = frozenset(CHANGEABLE)

    name = fields.Char("Serial", required=True, readonly=True)
    enrollment_id = fields.Many2one(
        "gr.training.enrollment",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    student_id = fields.Many2one(
        related="enrollment_id.student_id",
        string="Learner",
        store=True,
        precompute=True,
        index=True,
    )
    program_id = fields.Many2one(
        related="enrollment_id.program_id", store=True, precompute=True, index=True
    )
    template_id = fields.Many2one(
        "gr.certificate.template",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    issuer_id = fields.Many2one(
        "gr.badge.issuer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    holder_name = fields.Char("Name on It", required=True, readonly=True)
    program_name = fields.Char("Program on It", required=True, readonly=True)
    district_name = fields.Char("District on It", required=True, readonly=True)
    lang = fields.Char("Language", required=True, readonly=True)
    issued_on = fields.Date("Issued", required=True, readonly=True, index=True)
    expires_on = fields.Date(
        "Valid Until", readonly=True, index=True, help="Empty: it does not expire"
    )
    state = fields.Selection(
        STATES, required=True, default="valid", readonly=True, index=True
    )
    revoked_on = fields.Datetime("Revoked", readonly=True)
    revoked_by_id = fields.Many2one("res.users", readonly=True)
    revoke_reason = fields.Text("Why It Was Revoked", readonly=True)
    pdf = fields.Binary(attachment=True, readonly=True, copy=False)
    pdf_name = fields.Char(compute="_compute_file_names")

    _name_uniq = models.Constraint(
        "UNIQUE (name, company_id)", "This serial was given already."
    )
    _code_uniq = models.UniqueIndex("(code)", "This code was given already.")
    _standing_uniq = models.UniqueIndex(
        "(enrollment_id) WHERE state <> 'revoked'",
        "A certificate was issued for this training already.",
    )
    _check_revoked = models.Constraint(
        "CHECK ((state = 'revoked') = (revoked_on IS NOT NULL))",
        "A revoked certificate says since when.",
    )

    @api.depends("name")
    def _compute_file_names(self):
        for certificate in self:
            certificate.pdf_name = f"{certificate.name}.pdf"
            certificate.badge_name = f"{certificate.name}.png"

    def write(self, vals):
        """What is printed stays: everything else is written once, while issuing."""
        for name in vals.keys() - CHANGEABLE:
            if any(certificate[name] for certificate in self):
                raise UserError(
                    self.env._(
                        "A certificate is not changed. Revoke it and issue it again."
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A certificate is not deleted. Revoke it instead."))

    # Issuing

    @api.model
    def _issue(self, enrollments):
        """Issue certificates for completed enrollments; what was issued stays.

        :param enrollments: ``gr.training.enrollment`` records
        :return: their certificates (sudoed), one an enrollment, new or not
        :raise MissingRequirementsError: one of them lacks a requirement
        :raise CertificateDesignError: there is no design, or it cannot be printed
        :raise LockError: somebody else is issuing one of them right now
        """
        # sudo: certificates are the system's; who completes a program may not write one
        enrollments = enrollments.sudo()
        try:
            enrollments.lock_for_update(allow_referencing=True)
        except LockError:
            raise LockError(
                self.env._("It is being issued right now. Look again in a moment.")
            ) from None
        certificates = self.sudo()._get_standing(enrollments)
        for enrollment in enrollments - certificates.enrollment_id:
            certificates += self.sudo()._issue_one(enrollment)
        return certificates

    @api.model
    def _get_standing(self, enrollments):
        return self.search(
            [("enrollment_id", "in", enrollments.ids), ("state", "!=", "revoked")]
        )

    @api.model
    def _issue_one(self, enrollment):
        missing = enrollment._get_missing_requirements()
        if missing:
            raise MissingRequirementsError(
                self.env._(
                    "No certificate for %(learner)s yet:\n%(missing)s",
                    learner=enrollment.student_id.name,
                    missing="\n".join(missing),
                )
            )
        template = enrollment.program_id.certificate_template_id
        if not template:
            raise CertificateDesignError(
                self.env._(
                    "“%s” has no certificate template. Choose one on the program.",
                    enrollment.program_id.name,
                )
            )
        certificate = self.create(self._prepare(enrollment, template))
        certificate._make_files()
        return certificate

    @api.model
    def _prepare(self, enrollment, template):
        student, company = enrollment.student_id, enrollment.company_id
        template = template._in_language(student.partner_id.lang)
        lang = template.env.lang or "en_US"
        program = enrollment.program_id.with_context(lang=lang)
        today = fields.Date.context_today(
            self.with_context(tz=company.partner_id.tz or self.env.user.tz)
        )
        return {
            "name": self._next_serial(company),
            "enrollment_id": enrollment.id,
            "template_id": template.id,
            "issuer_id": self.env["gr.badge.issuer"]._get(company).id,
            "holder_name": unicodedata.normalize("NFC", student.name),
            "program_name": program.name,
            "district_name": company.name,
            "lang": lang,
            "issued_on": today,
            "expires_on": program._get_certificate_expiry(today),
            "code": new_code(),
        }

    @api.model
    def _next_serial(self, company):
        """Return the district's next serial, e.g. HT-2026-000123-X."""
        sequences = self.env["ir.sequence"].with_company(company)
        own = [("code", "=", SEQUENCE), ("company_id", "=", company.id)]
        if not sequences.search_count(own, limit=1):
            sequences.create(
                {
                    "name": self.env._("Certificates of %s", company.name),
                    "code": SEQUENCE,
                    "company_id": company.id,
                    "prefix": "HT-%(range_year)s-",
                    "padding": 6,
                    "use_date_range": True,
                }
            )
        return with_check(sequences.next_by_code(SEQUENCE))

    def _make_files(self):
        """Sign the credential, print the page, bake the badge: once."""
        self.ensure_one()
        template = self.template_id._in_language(self.lang)
        facts = template._get_facts(
            learner=self.holder_name,
            program=self.program_name,
            district=self.district_name,
            serial=self.name,
            date=self.issued_on,
            expires=self.expires_on,
            hours=self.program_id.hours,
        )
        pdf = template._print(facts, self.code, self.issuer_id.base_url)
        self.write({"pdf": base64.b64encode(pdf), **self._make_badge()})

    def action_issue_again(self):
        """Issue a new certificate in place of a revoked one."""
        self.ensure_one()
        self._check_may_decide()
        if self.state != "revoked":
            raise UserError(self.env._("Revoke this certificate first."))
        new = self._issue(self.enrollment_id)
        new.enrollment_id._give_credentials()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": new.id,
            "view_mode": "form",
        }

    # Ends

    def _check_may_decide(self):
        self.check_access("read")
        if not self.env.user.has_group("harvest_base.group_harvest_operations"):
            raise AccessError(
                self.env._("Only training coordinators revoke and issue certificates.")
            )

    def _revoke(self, reason):
        """Take certificates back; everybody who verifies them is told from now on.

        :param str reason: kept here; not told to the public
        """
        self._check_may_decide()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the certificate is revoked."))
        standing = self.filtered(lambda one: one.state != "revoked")
        standing.sudo().write(  # sudo: guarded fields; who may is checked above
            {
                "state": "revoked",
                "revoked_on": fields.Datetime.now(),
                "revoked_by_id": self.env.uid,
                "revoke_reason": reason.strip(),
            }
        )
        # sudo: what it was good for ends with it
        standing.sudo().enrollment_id._revoke_credentials(standing, reason.strip())

    @api.model
    def _cron_expire(self):
        """Mark what has expired; verification looks at the day itself."""
        over = self.search([("state", "=", "valid"), ("expires_on", "<", "today")])
        over.filtered(lambda one: one._get_status() == "expired").state = "expired"

    def action_revoke(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Revoke a Certificate"),
            "res_model": "gr.certificate.revoke",
            "view_mode": "form",
            "target": "new",
            "context": {"default_certificate_ids": self.ids},
        }
