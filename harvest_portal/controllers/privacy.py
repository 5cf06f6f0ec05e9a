from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from odoo.addons.harvest_privacy.const import FAMILY_ACCESS_DAYS
from odoo.addons.harvest_privacy.const_requests import FAMILY_REQUESTS

from .family import FamilyPortal

NO_STORE = {"Cache-Control": "no-store"}


class FamilyPrivacy(FamilyPortal):
    """What a family allows, asks for and may know about the record of its child.

    Whoever may not see the child gets the answer of a child who does not exist. What a
    page changes is posted by a form and answered by the page itself, so that it works
    without JavaScript and says what came of it.
    """

    @http.route(
        "/my/children/<int:student_id>/privacy", type="http", auth="user", website=True
    )
    def portal_my_privacy(self, student_id, **_kwargs):
        return self._with_child(student_id, self._privacy_page)

    @http.route(
        "/my/children/<int:student_id>/consents/<int:purpose_id>",
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_consent(self, student_id, purpose_id, **_kwargs):
        return self._with_child(student_id, self._consent_page, purpose_id)

    @http.route(
        "/my/children/<int:student_id>/consents/<int:purpose_id>/decide",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_decide(self, student_id, purpose_id, decision="", **_kwargs):
        """:param str decision: one of the choices that the page offered"""

        def decide(child):
            line = self._find_consent(child, purpose_id)
            if not line:
                return self._no_child()
            problem = ""
            if decision not in line["choices"]:
                problem = request.env._("This was decided meanwhile; see below.")
            else:
                problem = self._attempt(
                    child._gr_family_decide, line["purpose"], decision
                )
            if problem:
                return self._consent_page(child, purpose_id, problem=problem)
            return self._see(child, f"consents/{purpose_id}")

        return self._with_child(student_id, decide)

    @http.route(
        "/my/children/<int:student_id>/directory",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_directory(self, student_id, choice="", **_kwargs):
        """:param str choice: ``refuse`` or ``allow``; ticked boxes name categories"""

        def choose(child):
            ticked = request.httprequest.form.getlist("category", type=int)
            noticed = child._gr_family_directory()["noticed"]
            problem = self._attempt(
                child._gr_family_choose_directory,
                allows=choice == "allow",
                categories=noticed.filtered(lambda one: one.id in ticked),
            )
            if problem:
                return self._privacy_page(child, problem=problem)
            return self._see(child, "privacy#harvest_directory")

        return self._with_child(student_id, choose)

    @http.route(
        "/my/children/<int:student_id>/requests",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_ask(self, student_id, kind="", **_kwargs):
        """:param str kind: what the parent asks for, one of ``FAMILY_REQUESTS``"""

        def ask(child):
            if kind not in FAMILY_REQUESTS:
                problem = request.env._("Choose what you ask for.")
            else:
                problem = self._attempt(child._gr_family_ask, kind)
            if problem:
                return self._privacy_page(child, problem=problem)
            return self._see(child, "privacy#harvest_requests")

        return self._with_child(student_id, ask)

    @http.route(
        "/my/children/<int:student_id>/seen", type="http", auth="user", website=True
    )
    def portal_who_saw(self, student_id, **_kwargs):
        """Who looked at the record, where the district shows it to families."""

        def show(child):
            if not child._gr_family_sees_access():
                return self._no_child()
            values = {
                "page_name": "harvest_privacy",
                "child": child,
                "days": FAMILY_ACCESS_DAYS,
                "rows": child._gr_family_access(),
            }
            return self._render_family_page("harvest_portal.portal_who_saw", values)

        return self._with_child(student_id, show)

    # PAGES

    def _privacy_page(self, child, problem=""):
        kinds = child.env["gr.records.request"]._fields["kind"]
        labels = dict(kinds._description_selection(child.env))
        values = {
            "page_name": "harvest_privacy",
            "child": child,
            "problem": problem,
            "consents": child._gr_family_consents(),
            "directory": child._gr_family_directory(),
            "requests": child._gr_family_requests(),
            "disclosures": child._gr_family_disclosures(),
            "sees_access": child._gr_family_sees_access(),
            "kinds": [(kind, labels[kind]) for kind in FAMILY_REQUESTS],
        }
        return self._render_family_page("harvest_portal.portal_my_privacy", values)

    def _consent_page(self, child, purpose_id, problem=""):
        line = self._find_consent(child, purpose_id)
        if not line:
            return self._no_child()
        values = {
            "page_name": "harvest_privacy",
            "child": child,
            "problem": problem,
            "line": line,
            "effects": child._gr_family_effects(line["purpose"]),
        }
        return self._render_family_page("harvest_portal.portal_my_consent", values)

    def _find_consent(self, child, purpose_id):
        lines = child._gr_family_consents()
        return next((one for one in lines if one["purpose"].id == purpose_id), None)

    # HELPERS

    def _with_child(self, student_id, answer, *args):
        """Return what ``answer(child, …)`` says, or that there is no such child."""
        child = request.env["gr.student"]._get_own_children(student_id)
        if not child:
            return self._no_child()
        try:
            return answer(child, *args)
        except AccessError:
            return self._no_child()

    def _no_child(self):
        values = {"page_name": "harvest_no_child"}
        return self._render_family_page(
            "harvest_portal.portal_no_child", values, status=404
        )

    def _attempt(self, method, *args, **kwargs):
        """Do it; return an empty text, or what a person can do about the refusal."""
        try:
            with request.env.cr.savepoint():
                method(*args, **kwargs)
        except AccessError:
            raise
        except UserError as refusal:
            return str(refusal)
        return ""

    def _see(self, child, path):
        response = request.redirect(f"/my/children/{child.id}/{path}")
        response.headers.update(NO_STORE)
        return response
