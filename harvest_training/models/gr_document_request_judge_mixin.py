from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.harvest_base.exceptions import HarvestError

# The learner is asked to do something.
OPEN_STATES = ("requested", "rejected")


class GrDocumentRequestJudgeMixin(models.AbstractModel):
    """A document that came: handed in, verified or sent back, asked for anew."""

    _name = "gr.document.request.judge.mixin"
    _description = "Receiving and Judging of Documents"

    # Receiving

    def _receive(self, files):
        """Take in what a learner, or somebody for the learner, hands in.

        :param files: ``[(name, bytes)]``, at least one
        :raise HarvestError: nothing is asked for, or a file is not taken
        """
        self.ensure_one()
        if self.state not in OPEN_STATES:
            raise HarvestError(
                self.env._("“%s” is not asked for at the moment.", self.name)
            )
        if not files:
            raise HarvestError(self.env._("Choose a file first."))
        self._attach(files)
        self._mark_received()

    def action_receive(self):
        """Staff: what was added to the form is what was handed in."""
        for request in self:
            request.check_access("write")
            if request.state not in OPEN_STATES:
                continue
            if not request.attachment_ids and not request.original_seen:
                raise HarvestError(
                    self.env._("Add the file first, or note that you saw the original.")
                )
            request._mark_received()
        return True

    def _mark_received(self):
        self.ensure_one()
        # sudo: guarded; a learner hands in through the page
        self.sudo().write(
            {
                "state": "received",
                "date_received": fields.Datetime.now(),
                "received_by_id": self.env.uid,
                "reject_reason": False,
            }
        )
        agent = self.sudo().program_id.coordinator_id or self.sudo().create_uid
        if agent.active and agent._is_internal():
            self.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Verify a document"),
                user_id=agent.id,
            )

    # Judging

    def action_verify(self):
        """It is what was asked for. Nobody says so about an own document."""
        for request in self:
            request._check_may_judge()
            if request.needs_original and not request.original_seen:
                raise HarvestError(
                    self.env._("A copy is not enough. Tick “Original Seen” if you did.")
                )
            if request.type_id.validity_months and not request.date_expires:
                raise HarvestError(
                    self.env._("Enter the day it was issued: it does not last forever.")
                )
        self._judge("verified", verified_by_id=self.env.uid)
        # sudo: the certificate may have waited for this document alone
        completed = self.sudo().enrollment_id.filtered(
            lambda enrollment: enrollment.status == "completed"
        )
        completed._certify_soon()
        return True

    def action_send_back(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send Back"),
            "res_model": "gr.document.return",
            "view_mode": "form",
            "target": "new",
            "context": {"default_request_id": self.id},
        }

    def _send_back(self, reason):
        """It is not what was asked for; the learner is told why."""
        for request in self:
            request._check_may_judge()
            request._judge(
                "rejected",
                reject_reason=reason,
                return_count=request.return_count + 1,
            )
        self._tell("returned")

    def action_cancel(self):
        """It is not needed any more."""
        self.check_access("write")
        if any(request.state == "verified" for request in self):
            raise HarvestError(self.env._("A verified document is not cancelled."))
        if self.student_id._is_user():
            raise AccessError(
                self.env._("Nobody waives an own document. Ask a colleague.")
            )
        self._judge("cancelled")
        return True

    def _check_may_judge(self):
        self.ensure_one()
        self.check_access("write")
        if self.state != "received":
            raise HarvestError(self.env._("“%s” has not been handed in.", self.name))
        if self.student_id._is_user():
            raise AccessError(self.env._("Nobody verifies an own document."))

    def _judge(self, state, **values):
        # sudo: guarded fields; access was checked by the caller
        requests = self.sudo()
        stamp = {"date_verified": fields.Datetime.now()} if state == "verified" else {}
        requests.write({"state": state, **stamp, **values})
        waiting = requests.enrollment_id.filtered("needs_review")
        waiting._certify_soon()
        requests.activity_feedback(["mail.mail_activity_data_todo"])

    # Expiry

    @api.model
    def _cron_renew(self):
        """Ask for a new document before one expires."""
        due = self._get_expiring()
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for request in due:
            request._renew()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _get_wanted_domain(self):
        """What is still wanted: nobody left the training that it is for."""
        return Domain("enrollment_id", "=", False) | Domain(
            "enrollment_id.status", "not in", ("withdrawn", "refused")
        )

    @api.model
    def _get_expiring(self):
        """Return verified documents that are due to be asked for again."""
        today = fields.Date.context_today(self)
        candidates = self.search(
            Domain("state", "=", "verified")
            & Domain("date_expires", "!=", False)
            & Domain("type_id.renew_days", ">", 0)
            & Domain("student_id.active", "=", True)
            & self._get_wanted_domain()
            & ~Domain("next_ids", "any", [("state", "!=", "cancelled")])
        )
        return candidates.filtered(
            lambda request: (
                request.date_expires - timedelta(days=request.type_id.renew_days)
                <= today
            )
        )

    def _renew(self):
        """Ask for the next one; due when this one ends."""
        self.ensure_one()
        return self.create(
            {
                "student_id": self.student_id.id,
                "enrollment_id": self.enrollment_id.id,
                "type_id": self.type_id.id,
                "name": self.name,
                "required": self.required,
                "date_due": self.date_expires,
                "previous_id": self.id,
            }
        )
