from odoo import fields, models


class GrTrainingCompletionMixin(models.AbstractModel):
    """The plan's third workflow: from completion to certificate, or to the agent."""

    _name = "gr.training.completion.mixin"
    _description = "Completion of a Training Enrollment"

    missing_requirements = fields.Text(compute="_compute_missing_requirements")

    def _compute_missing_requirements(self):
        for enrollment in self:
            enrollment.missing_requirements = (
                "\n".join(enrollment._get_missing_requirements())
                if enrollment.needs_review
                else False
            )

    def _on_completed(self):
        """All courses are completed: tell the learner, and certify or flag soon."""
        self.env["gr.training.notice"]._queue("program_completed", self)
        self.env["gr.training.event"]._tell("training.program.completed", self)
        self._certify_soon()

    def _certify_soon(self):
        """Let the cron issue what is due: printing must not hold up a lesson."""
        if self.filtered("program_id.certificate_template_id"):
            # sudo: a part of the product, not of the learner
            self.env.ref(
                "harvest_training.ir_cron_generate_completion_certificates"
            ).sudo()._trigger()

    def _certify(self):
        """Issue certificates where nothing is missing; flag the others for the agent.

        :return: the enrollments that were certified
        """
        certifying = self.filtered("program_id.certificate_template_id")
        missing = {line.id: line._get_missing_requirements() for line in certifying}
        ready = certifying.filtered(lambda line: not missing[line.id])
        if ready:
            self.env["gr.certificate"]._issue(ready)
            ready._mark_certified()
        for enrollment in certifying - ready:
            enrollment._flag_for_review(missing[enrollment.id])
        return ready

    def _mark_certified(self):
        now = fields.Datetime.now()
        self.tracker_ids._freeze(status="certified")
        self.write(
            {"status": "certified", "date_certified": now, "needs_review": False}
        )
        self.activity_unlink(["mail.mail_activity_data_warning"])
        self._give_credentials()
        self.env["gr.training.notice"]._queue("certificate_issued", self)
        self.env["gr.training.event"]._tell("training.certificate.issued", self)

    def _flag_for_review(self, missing):
        """Tell the agent once what a certificate still lacks."""
        self.ensure_one()
        if self.needs_review:
            return
        self.needs_review = True
        agent = self.coordinator_id
        if agent.active:
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=self.env._("A certificate lacks a requirement"),
                note="\n".join(missing),
                user_id=agent.id,
            )
        self.env["gr.training.notice"]._queue("certificate_flagged", self)

    def _get_missing_requirements(self):
        """Return what the certificate still lacks, as sentences; nothing: issue it.

        More than the courses' thresholds: a threshold of 80 % must not let a failed
        exam pass, nor a document that nobody has verified.
        """
        self.ensure_one()
        if self.status not in ("completed", "certified"):
            return [self.env._("The program is not completed.")]
        missing = []
        for tracker in self._get_counted_trackers():
            missing += tracker._get_missing_parts()
        missing += [
            self.env._("Document “%s” is not verified.", document.name)
            for document in self.document_ids
            if document.required and document.state not in ("verified", "cancelled")
        ]
        if self.status == "completed":  # later, what was good then was good
            missing += [
                self.env._("Document “%s” has expired.", document.name)
                for document in self.document_ids
                if document.required and document._is_over_and_not_asked_anew()
            ]
        return missing
