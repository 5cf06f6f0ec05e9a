import hashlib
import hmac
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

TOKEN_BYTES = 32


class GrRecordsRequestDeliveryMixin(models.AbstractModel):
    """Who may have the record, and how it gets there."""

    _name = "gr.records.request.delivery.mixin"
    _description = "Delivers the Record that Was Asked for"

    link_hash = fields.Char(groups=fields.NO_ACCESS, copy=False, index="btree_not_null")
    link_until = fields.Datetime("Link Valid until", readonly=True, copy=False)
    link_count = fields.Integer("Downloads", readonly=True, copy=False)

    # WHO MAY HAVE IT

    def _check_entitled(self):
        """Refuse who has no right to this record today.

        :raise UserError: why, and what the clerk can do
        """
        for request in self:
            if reason := request._get_objection():
                raise UserError(reason)

    def _get_objection(self):
        """Return why the record may not go out, or nothing."""
        self.ensure_one()
        match self.requester_kind:
            case "guardian":
                return self._get_guardian_objection()
            case "student":
                return self._get_age_objection()
            case "consent":
                if not self.basis_document:
                    return self.env._(
                        "Attach the family's written consent first (34 CFR 99.30)."
                    )
            case "court":
                return self._get_court_objection()
        if self.requester_kind in ("school", "consent") and not self.purpose:
            return self.env._("Enter what the record is needed for (34 CFR 99.32).")
        return None

    def _get_guardian_objection(self):
        adult = self.guardianship_id.with_context(active_test=False)
        if adult.records_allowed:
            return None
        return self.env._(
            "%(adult)s may not see this record today: the link to the child ended, or a"
            " court order is in force. Refuse the request and give the reason; if the"
            " order ended, correct it in the list of adults first.",
            adult=adult.partner_id.name,
        )

    def _get_age_objection(self):
        years = self.env["gr.rule"].rule(
            "records.rights_transfer.years", self.company_id, self.received_date
        )
        # sudo: only the age counts; the clerk may not see birth dates
        if self.student_id.sudo().age >= years:
            return None
        return self.env._(
            "A student has the rights from the age of %(years)s on (34 CFR 99.5)."
            " Until then a parent or guardian asks.",
            years=years,
        )

    def _get_court_objection(self):
        if not self.basis_document:
            return self.env._("Attach the court order or subpoena first.")
        days = self.env["gr.rule"].rule(
            "records.subpoena.notice_days", self.company_id, self.received_date
        )
        today = fields.Date.context_today(self)
        told = self.family_told_date
        if told and told + timedelta(days=days) <= today:
            return None
        return self.env._(
            "The family must be told %(days)s days before (5 CCR 435). Tell them, enter"
            " the date, and deliver after that.",
            days=days,
        )

    # THE WAY THROUGH

    def action_ask_identity(self):
        self._move("identity")

    def action_confirm_identity(self):
        """The clerk has checked who asks, and that this person may have it."""
        for request in self:
            if not request.identity_method:
                raise UserError(
                    self.env._("Choose how the identity was checked (34 CFR 99.31(c)).")
                )
            request._check_entitled()
            request._move(
                "preparing",
                identity_by_id=self.env.uid,
                identity_date=fields.Datetime.now(),
            )
        self.action_collect()

    def action_back_to_preparing(self):
        self._move("preparing", archive=False, archive_sha256=False, link_hash=False)

    def action_withdraw(self):
        self._move("withdrawn", archive=False, link_hash=False)
        self._close_activities()

    def action_refuse(self):
        for request in self:
            if not (request.refusal_reason or "").strip():
                raise UserError(
                    self.env._("Enter the reason of the refusal first; it is told.")
                )
        self._move("refused", archive=False, link_hash=False)
        self._audit("records_request", outcome="refused")
        self._close_activities()

    def action_deliver(self):
        """Hand the archive over: by a link that expires, or in person."""
        for request in self:
            request._check_entitled()
            request._check_logged()
            if request.delivery_method == "link":
                request._send_link()
            request._move("delivered", delivered_date=fields.Datetime.now())
        self._audit("disclosure")
        self._close_activities()

    def _check_logged(self):
        """What goes to others than the family is in the disclosure log first."""
        if self.requester_kind in ("guardian", "student"):
            return  # exempt: 34 CFR 99.32(d)(1)
        # sudo: an entry may name students of other sites; compared only
        entry = self.disclosure_id.sudo()
        if (
            entry.kind != "disclosed"
            or self.student_id not in entry.line_ids.student_id
        ):
            raise UserError(
                self.env._(
                    "Record the disclosure first, under Privacy / Disclose Records, and"
                    " choose the entry here (34 CFR 99.32)."
                )
            )

    def _close_activities(self):
        # sudo: whoever had the activity, it is done
        self.sudo().activity_unlink(["harvest_privacy.mail_activity_records"])

    def action_hand_over(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/records/request/{self.id}/archive",
            "target": "self",
        }

    # THE LINK

    def _send_link(self):
        if not self.requester_email:
            raise UserError(
                self.env._(
                    "Enter the email address of %(name)s, or deliver in person.",
                    name=self.requester_name,
                )
            )
        token = self._make_link()
        template = self.env.ref("harvest_privacy.mail_template_records_ready")
        address = f"{self.get_base_url()}/records/{token}"
        # sudo: the mail is the product's; the template reads the request only
        template.sudo().with_context(records_address=address).send_mail(
            self.id, email_layout_xmlid="mail.mail_notification_light"
        )

    def _make_link(self):
        """Return a new secret; only its hash is kept, the one before ends."""
        self.ensure_one()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        today = fields.Date.context_today(self)
        days = self.env["gr.rule"].rule("records.link.days", self.company_id, today)
        # sudo: guarded fields of the delivery
        self.sudo().write(
            {
                "link_hash": self._hash(token),
                "link_until": fields.Datetime.now() + timedelta(days=days),
                "link_count": 0,
            }
        )
        return token

    def action_renew_link(self):
        """Send a new link; the one before does not open any more."""
        for request in self:
            request._check_entitled()
            request._send_link()

    @api.model
    def _hash(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    @api.model
    def _find_by_link(self, token):
        """Return the delivered request of a secret that still counts (sudoed)."""
        digest = self._hash(token)
        # sudo: whoever has the secret; it is as good as the archive
        found = self.sudo().search([("link_hash", "=", digest)], limit=1)
        is_valid = (
            found
            and hmac.compare_digest(found.link_hash, digest)
            and found.state == "delivered"
            and found.link_until > fields.Datetime.now()
            and not found._get_objection()
        )
        return found if is_valid else found.browse()
