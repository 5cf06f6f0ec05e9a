from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class FamilyPortal(CustomerPortal):
    """A guardian's own children: a list, and a page for each child.

    Records are read as the user, so the record rules decide. A child who is not
    theirs, who is kept from them by a court, and one who does not exist get the same
    answer.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "gr_child_count" in counters:
            values["gr_child_count"] = len(
                request.env["gr.student"]._get_own_children()
            )
        return values

    @http.route("/my/children", type="http", auth="user", website=True)
    def portal_my_children(self, **_kwargs):
        children = request.env["gr.student"]._get_own_children()
        return self._render_family_page(
            "harvest_portal.portal_my_children",
            {
                "page_name": "harvest_children",
                "children": children,
                "places": children._get_family_places().grouped("student_id"),
                "notices": request.env["gr.annual.notice"]._get_for_family(),
            },
        )

    @http.route("/my/children/<int:student_id>", type="http", auth="user", website=True)
    def portal_my_child(self, student_id, **_kwargs):
        child = request.env["gr.student"]._get_own_children(student_id)
        if not child:
            values = {"page_name": "harvest_no_child"}
            return self._render_family_page(
                "harvest_portal.portal_no_child", values, status=404
            )
        return self._render_family_page(
            "harvest_portal.portal_my_child", self._prepare_child_values(child)
        )

    def _prepare_child_values(self, child):
        places = child._get_family_places()
        return {
            "page_name": "harvest_child",
            "child": child,
            "places": places,
            "own_permissions": child._get_own_guardianship(),
            "today": child.site_id and child.site_id._get_family_today(),
            "contacts": child._get_family_sites(places)._get_family_contacts(),
        }

    def _render_family_page(self, template, values, status=200):
        """Render a page about children; no browser on a shared device may keep it."""
        values = {**self._prepare_portal_layout_values(), **values}
        response = request.render(template, values, status=status)
        response.headers["Cache-Control"] = "no-store"
        return response
