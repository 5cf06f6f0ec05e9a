from markupsafe import Markup

from odoo import api, fields, models

from ..exceptions import IdentityRefused

PASSED, FAILED = "fa-check text-success", "fa-times text-danger"


class GrIdentityReportMixin(models.AbstractModel):
    """What an administrator reads of a test: each check, and what to do about it."""

    _name = "gr.identity.report.mixin"
    _description = "Provider: Report of a Test"

    test_report = fields.Html(compute="_compute_test_report", sanitize=False)

    @api.depends("test_lines")
    @api.depends_context("lang")
    def _compute_test_report(self):
        texts = self._get_check_texts()
        for provider in self:
            lines = [
                self._render_line(texts.get(code, code), passed, detail)
                for code, passed, detail in provider.test_lines or []
            ]
            provider.test_report = Markup('<ul class="list-unstyled mb-0">%s</ul>') % (
                Markup().join(lines)
            )

    @api.model
    def _render_line(self, text, passed, detail):
        line = Markup('<li><i class="fa fa-fw %s" role="img" aria-label="%s"></i> %s%s')
        label = self.env._("passed") if passed else self.env._("failed")
        extra = Markup(' <span class="text-muted">%s</span>') % detail if detail else ""
        icon = PASSED if passed else FAILED
        return line % (icon, label, text, extra) + Markup("</li>")

    def _show_decision(self, claims):
        """Return the line of a test that says what the table would grant."""
        try:
            decision = self._decide(claims)
        except IdentityRefused as error:
            # Who tests need not be in the table: it is shown, and no failure.
            return ["decision_none", True, error.detail]
        if not decision:
            return ["decision_by_hand", True, ""]
        roles = self.env["res.groups"].browse(decision.roles)
        sites = self.env["gr.site"].browse(decision.sites)
        names = [*roles.mapped("name"), *sites.mapped("name")]
        return ["decision", True, ", ".join(names)]

    def _get_form_path(self):
        return f"/odoo/{self._name}/{self.id}"

    @api.model
    def _get_check_texts(self):
        """Return code → sentence: what was looked at, or what to do when it failed."""
        return {
            "browser": self.env._("The answer came to the browser that asked."),
            "claims": self.env._("What they told us:"),
            "decision": self.env._("The table below grants you:"),
            "decision_none": self.env._(
                "The table below grants you nothing: nobody like you gets in by it."
            ),
            "decision_by_hand": self.env._(
                "There are no lines below: users and roles are made by hand."
            ),
        }
