from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..const import CREDENTIAL_STATES, SOURCES
from ..validity import Held, last_day


class GrStaffCredential(models.Model):
    """A course taken, a clearance given, a card shown. Once verified it never changes.

    What happens later is another row (a renewal) or a date with its reason (a
    revocation). The dates decide what counts, not the state.
    """

    _name = "gr.staff.credential"
    _description = "Staff Credential"
    _inherit = [
        "gr.staff.history.mixin",
        "gr.guarded.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "issued desc, id desc"
    _check_company_auto = True
    _guarded = frozenset(
        {
            "state", "verified_by_id", "verified_at", "revoked_on", "revoked_reason",
            "source", "source_model", "source_id", "resume_line_id",
        }
    )  # fmt: skip
    _fixed = frozenset({"employee_id"})

    employee_id = fields.Many2one(
        "hr.employee",
        string="Person",
        required=True,
        index=True,
        ondelete="restrict",
        domain=lambda self: self._get_people_domain(),
    )
    company_id = fields.Many2one(
        related="employee_id.company_id", string="District", store=True, index=True
    )
    requirement_id = fields.Many2one(
        "gr.staff.requirement", required=True, index=True, ondelete="restrict"
    )
    code = fields.Char(related="requirement_id.code", store=True, index=True)
    kind = fields.Selection(related="requirement_id.kind")
    is_cori = fields.Boolean(related="requirement_id.is_cori")
    renewal = fields.Selection(related="requirement_id.renewal")
    site_id = fields.Many2one(
        "gr.site",
        string="For the Site",
        check_company=True,
        index="btree_not_null",
        help="Where the assignment is that this was given for",
    )
    issued = fields.Date(
        "Completed or Issued",
        required=True,
        default=lambda self: self._get_today(self.env.company),
    )
    card_expires = fields.Date(
        "Date on the Card",
        help="The last day printed on it. Empty: counted from the requirement",
    )
    expires = fields.Date(
        "Valid Through",
        compute="_compute_expires",
        store=True,
        compute_sudo=True,
        help="The last day on which it holds. Empty: it does not end.",
    )
    issuer = fields.Char()
    number = fields.Char("Certificate Number")
    hours = fields.Float()
    exempt = fields.Boolean(
        help="The person need not renew it, for example after a documented positive TB"
        " test."
    )
    exempt_reason = fields.Char()
    transferred = fields.Boolean(
        help="Brought along from another employer, with its own age"
    )
    document_ids = fields.Many2many("ir.attachment", string="Documents", copy=False)
    state = fields.Selection(
        CREDENTIAL_STATES,
        required=True,
        default="draft",
        index=True,
        readonly=True,
        copy=False,
    )
    verified_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    verified_at = fields.Datetime(readonly=True, copy=False)
    revoked_on = fields.Date(readonly=True, copy=False)
    revoked_reason = fields.Char(readonly=True, copy=False)
    source = fields.Selection(SOURCES, required=True, default="manual", readonly=True)
    source_model = fields.Char(readonly=True, copy=False)
    source_id = fields.Many2oneReference(
        "Source Record", model_field="source_model", readonly=True, copy=False
    )
    resume_line_id = fields.Many2one(
        "hr.resume.line", readonly=True, copy=False, index="btree_not_null"
    )

    _check_dates = models.Constraint(
        "CHECK (card_expires >= issued)", "It cannot end before it was issued."
    )
    _check_exempt = models.Constraint(
        "CHECK (NOT exempt OR COALESCE(exempt_reason, '') != '')",
        "Say why the person is exempt.",
    )
    _check_revoked = models.Constraint(
        "CHECK (state != 'revoked' OR (revoked_on IS NOT NULL"
        " AND revoked_reason IS NOT NULL))",
        "A revocation has a date and a reason.",
    )
    _employee_code_idx = models.Index("(employee_id, code)")
    _source_uniq = models.UniqueIndex(
        "(source_model, source_id, requirement_id) WHERE source_id IS NOT NULL",
        "This source has given its credential already.",
    )

    @api.depends("employee_id", "requirement_id", "issued")
    def _compute_display_name(self):
        for credential in self:
            # sudo: the person's name, for who may read the credential
            person = credential.sudo().employee_id.name or ""
            credential.display_name = f"{credential.code or ''} {person}".strip()

    @api.depends(
        "issued", "card_expires", "exempt", "requirement_id.renewal",
        "requirement_id.renewal_months", "requirement_id.window_weeks",
        "requirement_id.window_lead_weeks",
    )  # fmt: skip
    def _compute_expires(self):
        for company, credentials in self.grouped("company_id").items():
            clock = self.env["gr.staff.clearance"]._get_clock(
                company or self.env.company
            )
            for credential in credentials:
                requirement = credential.requirement_id
                credential.expires = (
                    requirement
                    and credential.issued
                    and last_day(
                        requirement._get_terms(), credential._get_held(), clock
                    )
                )

    @api.model
    def _get_people_domain(self):
        """Whom the user may choose: people of the districts and sites of the user."""
        mine = self.env.user._gr_site_domain("gr_site_ids")
        return list(Domain("company_id", "in", self.env.companies.ids) & mine)

    def _get_held(self):
        """Return the ``Held`` that the engine counts with."""
        self.ensure_one()
        return Held(
            issued=self.issued,
            stated=self.card_expires or None,
            exempt=self.exempt,
            transferred=self.transferred,
            revoked_on=self.revoked_on or None,
            key=self.id or 0,
        )

    @api.model
    def _get_today(self, district):
        """Return the day it is in the district, wherever the user sits."""
        zone = district.partner_id.tz or self.env.user.tz
        return fields.Date.context_today(self.with_context(tz=zone))

    @api.constrains("issued")
    def _check_issued(self):
        for credential in self:
            if credential.issued > self._get_today(credential.company_id):
                raise ValidationError(
                    self.env._("It cannot be completed in the future. Check the date.")
                )

    @api.constrains("requirement_id", "number", "document_ids", "exempt_reason")
    def _check_cori(self):
        """11 CCR 700 ff.: keep the date and the status, never what the record says."""
        for credential in self.filtered("is_cori"):
            if credential.number or credential.document_ids or credential.exempt_reason:
                raise ValidationError(
                    self.env._(
                        "For “%(name)s” only the date may be kept. Take the document,"
                        " the number and the note away; the law forbids to store"
                        " criminal record information.",
                        name=credential.requirement_id.name,
                    )
                )

    @api.constrains("requirement_id", "site_id")
    def _check_assignment(self):
        for credential in self:
            if credential.renewal == "per_assignment" and not credential.site_id:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is given for one assignment. Choose the site.",
                        name=credential.requirement_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        credentials = super().create(vals_list)
        credentials._own_documents()
        return credentials

    def write(self, vals):
        result = super().write(vals)
        if "document_ids" in vals:
            self._own_documents()
        return result

    def message_post(self, *, message_type="notification", **kwargs):
        if message_type == "comment" and any(one.is_cori for one in self):
            raise UserError(
                self.env._(
                    "Nothing is written about a criminal record check; the law forbids"
                    " to keep what it says. Call instead."
                )
            )
        return super().message_post(message_type=message_type, **kwargs)

    def _own_documents(self):
        """Hang uploads on the record, so that they are as restricted as it is."""
        for credential in self:
            # sudo: only what this user uploaded just now and hung on nothing yet
            loose = credential.document_ids.sudo().filtered(
                lambda document: (
                    not document.res_id and document.create_uid == self.env.user
                )
            )
            loose.write({"res_model": self._name, "res_id": credential.id})

    def action_revoke(self):
        """Ask for the date and the reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Revoke"),
            "res_model": "gr.staff.credential.revoke",
            "view_mode": "form",
            "target": "new",
            "context": {"default_credential_id": self.id},
        }

    def action_renew(self):
        """Open a new row for the same person and requirement."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "gr.staff.credential",
            "view_mode": "form",
            "context": {
                "default_employee_id": self.employee_id.id,
                "default_requirement_id": self.requirement_id.id,
                "default_site_id": self.site_id.id,
                "default_issuer": self.issuer,
            },
        }
