from odoo import models
from odoo.http import request
from odoo.tools import SQL

from ..const import OPEN_ROUTES, RUN_JOB
from ..cursor import open_districts


class IrHttp(models.AbstractModel):
    """A request opens the districts of its user, before and after the sign-in.

    Before, because the sign-in itself looks into tables behind the wall (sessions,
    keys); after, because only then it is known who asks. A request that is repeated
    after a conflict signs in anew, and so opens anew.
    """

    _inherit = "ir.http"

    @classmethod
    def _authenticate(cls, endpoint):
        if endpoint.routing["auth"] == "bearer":
            cls._gr_open_all("a key names the user")
        else:
            cls._gr_open_districts(endpoint)
        result = super()._authenticate(endpoint)
        cls._gr_open_districts(endpoint)
        return result

    @classmethod
    def _auth_method_public(cls):
        result = super()._auth_method_public()
        cls._gr_open_districts()
        return result

    @classmethod
    def _gr_open_districts(cls, endpoint=None):
        if not request.env["gr.rls"]._is_on():
            return
        path = request.httprequest.path
        if path == RUN_JOB:
            cls._gr_open_job(request.httprequest.args.get("job_uuid"))
        elif endpoint and cls._gr_is_open(path, endpoint.routing["auth"]):
            request.env["gr.rls"]._open_all(path)
        else:
            uid = request.env.uid or request.session.uid
            request.env["gr.rls"]._open_for(uid)

    @classmethod
    def _gr_open_all(cls, why):
        if request.env["gr.rls"]._is_on():
            request.env["gr.rls"]._open_all(why)

    @classmethod
    def _gr_is_open(cls, path, auth):
        """Whether a route answers for every district, also to who is signed in."""
        return auth in ("public", "none") and path.startswith(tuple(OPEN_ROUTES))

    @classmethod
    def _gr_open_job(cls, uuid):
        """A job works for the district it names; one that names none, for all."""
        rows = request.env.execute_query(
            SQL("SELECT company_id FROM queue_job WHERE uuid = %s", uuid)
        )
        if rows and rows[0][0]:
            open_districts(request.env.cr, [rows[0][0]])
        else:
            request.env["gr.rls"]._open_all("a job of no district")
