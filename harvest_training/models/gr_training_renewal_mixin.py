from datetime import timedelta

from odoo import api, fields, models


class GrTrainingRenewalMixin(models.AbstractModel):
    """Another round before a certificate ends; what was done stays as it is."""

    _name = "gr.training.renewal.mixin"
    _description = "Renewal of a Training"

    @api.model
    def _cron_renew(self):
        """Begin the next round of certificates that end soon; history stays."""
        # sudo: cron, all learners
        due = self.sudo()._get_to_renew()
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for enrollment in due:
            enrollment._renew()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _get_to_renew(self):
        """Return the last certified rounds whose certificate ends within the lead."""
        candidates = self.search(
            [
                ("status", "=", "certified"),
                ("program_id.status", "=", "active"),
                ("program_id.renewal", "!=", "none"),
                ("student_id.active", "=", True),
                ("next_ids", "=", False),
                ("certificate_ids.expires_on", "!=", False),
            ]
        )
        today = fields.Date.context_today(self)
        return candidates.filtered(
            lambda line: (
                max(line.certificate_ids.filtered("expires_on").mapped("expires_on"))
                <= today + timedelta(days=line.program_id.renewal_lead_days)
            )
        )

    def _renew(self):
        """Begin another round with fresh lessons; sudoed record.

        :return: the new enrollment; who is no longer eligible waits for the agent
        """
        self.ensure_one()
        program, student = self.program_id, self.student_id
        if self._get_open(program, student):
            return self.browse()
        self._reset_lessons()
        renewed = self._request(program, student, "renewal").sudo()  # sudo: guarded
        renewed.write({"cycle": self.cycle + 1, "previous_id": self.id})
        self.env["gr.training.notice"]._queue("renewal", renewed)
        return renewed

    def _reset_lessons(self):
        """Let the learner take the lessons anew, where no other round needs them."""
        for tracker in self.tracker_ids:
            member = tracker.elearning_enrollment_id
            if not member or member._gr_get_trackers():
                continue
            lessons = self.env["slide.slide.partner"].search(
                [
                    ("partner_id", "=", member.partner_id.id),
                    ("channel_id", "=", member.channel_id.id),
                ]
            )
            member.member_status = "joined"
            lessons.write({"completed": False, "quiz_attempts_count": 0})
            member._recompute_completion()
