from odoo import http
from odoo.http import request

from .family import FamilyPortal


class FamilyNotices(FamilyPortal):
    """What the district tells its families once a year."""

    @http.route("/my/notices/<int:notice_id>", type="http", auth="user", website=True)
    def portal_my_notice(self, notice_id, **_kwargs):
        """Show the notice in the language of the page; that it was opened is kept."""
        notice = request.env["gr.annual.notice"]._get_for_family(notice_id)
        if not notice:
            values = {"page_name": "harvest_no_child"}
            return self._render_family_page(
                "harvest_portal.portal_no_child", values, status=404
            )
        values = {
            "page_name": "harvest_notice",
            "notice": notice,
            "text": notice._show_to_family(),
            "children": request.env["gr.student"]._get_own_children(),
        }
        return self._render_family_page("harvest_portal.portal_my_notice", values)
