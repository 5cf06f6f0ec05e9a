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
        cls._gr_open_districts()
        super()._authenticate(endpoint)
        cls._gr_open_districts()

    @classmethod
    def _auth_method_public(cls):
        super()._auth_method_public()
        cls._gr_open_districts()

    @classmethod
    def _gr_open_districts(cls):
        if not request.env["gr.rls"]._is_on():
            return
        path = request.httprequest.path
        uid = request.env.uid or request.session.uid
        signed_in = request.session.uid or (
            uid and uid != request.env.ref("base.public_user").id
        )
        if path == RUN_JOB:
            cls._gr_open_job(request.httprequest.args.get("job_uuid"))
        elif not signed_in and path.startswith(tuple(OPEN_ROUTES)):
            request.env["gr.rls"]._open_all(path)
        else:
            open_districts(request.env.cr, cls._gr_districts_of(uid))

    @classmethod
    def _gr_districts_of(cls, uid):
        # By SQL: it is asked before anybody may read anything.
        rows = request.env.execute_query(
            SQL("SELECT cid FROM res_company_users_rel WHERE user_id = %s", uid or 0)
        )
        return [number for (number,) in rows]

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
