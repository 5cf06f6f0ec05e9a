from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class LearnerPortal(CustomerPortal):
    """What all pages of a learner share.

    A learner has no right on our models: everything is found through ``_get_learner``,
    and an id from an address counts only when it leads back to that learner.
    """

    def _get_learner(self):
        """Return the learner that the logged-in person is, or an empty record.

        This is the one place where the pages leave the user's own rights. What it
        returns is sudoed and is *this* person; callers go on from it by its own links
        (``_find_own``), never by a search for an id that the browser sent.
        """
        user = request.env.user
        # sudo: portal users read no learner; the search is bound to the own login
        Learner = request.env["gr.student"].sudo()
        learner = Learner.search([("partner_id", "=", user.partner_id.id)], limit=1)
        if not learner:
            learner = Learner.search([("employee_id.user_id", "=", user.id)], limit=1)
        return learner.with_company(learner.company_id) if learner else learner

    def _find_own(self, model, record_id):
        """Return the learner's own record of ``model`` with this id, or an empty one.

        :param str model: a part of a learner's record (``gr.student.record.mixin``)
        """
        learner = self._get_learner()
        if not learner:
            return request.env[model].browse()
        return learner.env[model].search(
            [("id", "=", record_id), ("student_id", "=", learner.id)], limit=1
        )

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        values["gr_learner"] = self._get_learner()
        return values

    def _render_page(self, template, values, status=200):
        """Render a page about a person; no browser on a shared device may keep it."""
        values = {**self._prepare_portal_layout_values(), **values}
        response = request.render(f"harvest_training.{template}", values, status=status)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _render_missing(self):
        """Answer alike for what does not exist and what is somebody else's."""
        return self._render_page(
            "page_missing", {"page_name": "gr_training_missing"}, status=404
        )

    def _try(self, action):
        """Run what a form asked for; return what went wrong, in words, or False."""
        try:
            with request.env.cr.savepoint():
                action()
        except UserError as error:  # Odoo's and ours: each says what to do
            return str(error)
        return False
