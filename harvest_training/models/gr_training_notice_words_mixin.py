from odoo import models


class GrTrainingNoticeWordsMixin(models.AbstractModel):
    """What a mail says, and where it leads."""

    _name = "gr.training.notice.words.mixin"
    _description = "Words of a Training Notice"

    def _get_template(self):
        return self.env.ref(f"harvest_training.mail_template_notice_{self.kind}")

    def _get_about(self):
        """Return the record that the key names, or an empty enrollment.

        What follows model and id makes it another notice about the same record.
        """
        model, res_id = [*(self.key or "").split(","), ""][:2]
        if model in self.env and res_id.isdigit():
            return self.env[model].browse(int(res_id)).exists()
        return self.env["gr.training.enrollment"]

    def _get_about_name(self):
        """Return what the mail calls the record that it is about."""
        about = self._get_about()
        if about._name == "gr.homework.attempt":
            about = about.assignment_id
        return about.name if about and "name" in about._fields else self.program_id.name

    def _get_lines(self):
        """Return one sentence for each notice of the digest that is being made."""
        notices = self.browse(self.env.context.get("gr_notice_ids", self.ids))
        lines = []
        for notice in notices:
            template = notice._get_template().with_context(lang=self.env.lang)
            lines.append(template._render_field("subject", notice.ids)[notice.id])
        return lines

    def _get_link(self):
        """Return the address of the page where the reader goes on."""
        return self.get_base_url() + self._get_path()

    def _get_path(self):
        line, about = self.enrollment_id, self._get_about()
        if self._is_for_agent():
            return f"/mail/view?model={line._name}&res_id={line.id}"
        if self.kind == "certificate_issued":
            return "/my/training/certificates"
        if about._name == "gr.document.request" and about:
            return f"/my/training/document/{about.id}"
        if about._name == "gr.homework.attempt" and about:
            return f"/my/training/{line.id}/homework/{about.assignment_id.id}"
        return f"/my/training/{line.id}"
