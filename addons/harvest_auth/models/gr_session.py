import logging
import time
from typing import NamedTuple

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.http import STORED_SESSION_BYTES, request
from odoo.tools import SQL

from ..own_cursor import own_cursor
from ..policy.networks import is_inside, network_of
from ..policy.sessions import is_worth_writing, why_over

_logger = logging.getLogger(__name__)
END_REASONS = [
    ("idle", "Not used for too long"),
    ("absolute", "Lasted too long"),
    ("logout", "Logged out"),
    ("remote", "Ended from another device"),
    ("administrator", "Ended by an administrator"),
    ("archived", "Account archived"),
    ("role_changed", "Role changed"),
    ("password_changed", "Password changed"),
    ("mfa_changed", "Second factor changed"),
    ("network", "Kiosk outside its network"),
]
# Requests that a browser sends without anybody touching it.
PASSIVE_PATHS = ("/websocket", "/bus/", "/web/health", "/web/webclient/version_info")


class SessionRow(NamedTuple):
    """A session as the database knows it; epoch seconds."""

    started: float
    seen: float
    is_ended: bool


class GrSession(models.Model):
    """Sessions of people: since when, where, and whether they still count.

    Odoo's session file knows when it was last *rotated*, and anybody who keeps the
    cookie keeps the file alive. So the times that matter are here, under the part of
    the session id that a rotation keeps, and each request asks.
    """

    _name = "gr.session"
    _description = "Session"
    _log_access = False
    _rec_name = "device"
    _order = "last_seen desc, id desc"

    identifier = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="cascade", index=True
    )
    device = fields.Char(readonly=True)
    address = fields.Char(string="From", readonly=True)
    network = fields.Char(readonly=True)
    auth_method = fields.Char(string="Signed in With", readonly=True)
    started = fields.Datetime(string="Since", readonly=True, required=True)
    last_seen = fields.Datetime(readonly=True, required=True)
    ended_at = fields.Datetime(string="Ended", readonly=True, index="btree_not_null")
    end_reason = fields.Selection(END_REASONS, readonly=True)
    is_current = fields.Boolean(string="This Device", compute="_compute_is_current")

    _identifier_uniq = models.Constraint("UNIQUE(identifier)", "Sign in again.")
    _open_idx = models.Index("(user_id, network) WHERE ended_at IS NULL")

    @api.depends_context("uid")
    def _compute_is_current(self):
        here = request and request.session.sid[:STORED_SESSION_BYTES]
        for session in self:
            # sudo: compared with the own one only
            session.is_current = session.sudo().identifier == here

    # AT EACH REQUEST

    @api.model
    def _is_open(self, user, sid):
        """Tell whether a session still counts; one query. Called by sudo.

        :param user: whose it is
        :param str sid: the session's id
        """
        row = self._find_row(sid)
        is_this = request and request.session.sid == sid
        if is_this:
            request.gr_session_row = row
        if row is None:
            return True
        if row.is_ended:
            return False
        reason = self._why_over(user, row, request if is_this else None)
        if reason:
            self._close(sid, reason)
        return not reason

    @api.model
    def _why_over(self, user, row, this_request):
        reason = why_over(user._gr_session_limits(), row.started, row.seen, time.time())
        networks = user._gr_sign_in_facts()["networks"]
        if reason or not networks or not this_request:
            return reason
        address = this_request.httprequest.remote_addr
        return None if is_inside(address, networks) else "network"

    @api.model
    def _find_row(self, sid):
        self.env.cr.execute(
            SQL(
                """SELECT extract(epoch FROM started), extract(epoch FROM last_seen),
                          ended_at IS NOT NULL
                     FROM gr_session WHERE identifier = %s""",
                sid[:STORED_SESSION_BYTES],
            )
        )
        row = self.env.cr.fetchone()
        return row and SessionRow(float(row[0]), float(row[1]), row[2])

    @api.model
    def _see(self):
        """Note that the session of this request is in use. Called by sudo."""
        if request.session.get("_trace_disable"):
            return  # Odoo's flag for technical sessions; nobody can set it by request
        path = request.httprequest.path
        if path.startswith(PASSIVE_PATHS):
            return
        row = getattr(request, "gr_session_row", None)
        now = time.time()
        try:
            if row is None:
                self._open(now)
            elif is_worth_writing(row.seen, now):
                self._touch(now)
        except OperationalError:
            # The replica answers while the primary is away: reading goes on.
            _logger.warning("A session could not be noted", exc_info=True)

    @api.model
    def _open(self, now):
        session, http = request.session, request.httprequest
        started = min(now, session.get("create_time") or now)
        request.gr_session_row = SessionRow(started, now, is_ended=False)
        agent = http.user_agent
        names = [name.capitalize() for name in (agent.browser, agent.platform) if name]
        with own_cursor(self.env, durable=False) as cr:
            cr.execute(
                SQL(
                    """INSERT INTO gr_session (identifier, user_id, device, address,
                              network, auth_method, started, last_seen)
                       SELECT %s, id, %s, %s, %s, %s,
                              to_timestamp(%s) AT TIME ZONE 'UTC',
                              to_timestamp(%s) AT TIME ZONE 'UTC'
                         FROM res_users WHERE id = %s
                       ON CONFLICT (identifier) DO NOTHING""",
                    session.sid[:STORED_SESSION_BYTES],
                    ", ".join(names) or self.env._("Unknown device"),
                    http.remote_addr,
                    network_of(http.remote_addr),
                    session.get("gr_auth_method"),
                    started,
                    now,
                    session.uid,
                )
            )

    @api.model
    def _touch(self, now):
        with own_cursor(self.env, durable=False) as cr:
            cr.execute(
                SQL(
                    """UPDATE gr_session
                          SET last_seen = to_timestamp(%s) AT TIME ZONE 'UTC',
                              address = %s, network = %s
                        WHERE identifier = %s""",
                    now,
                    request.httprequest.remote_addr,
                    network_of(request.httprequest.remote_addr),
                    request.session.sid[:STORED_SESSION_BYTES],
                )
            )

    @api.model
    def _close(self, sid, reason):
        """End one session for good, whatever becomes of the request."""
        with own_cursor(self.env) as cr:
            cr.execute(
                SQL(
                    """UPDATE gr_session
                          SET ended_at = now() AT TIME ZONE 'UTC', end_reason = %s
                        WHERE identifier = %s AND ended_at IS NULL
                    RETURNING user_id""",
                    reason,
                    sid[:STORED_SESSION_BYTES],
                )
            )
            ended = [user_id for (user_id,) in cr.fetchall()]
        if ended:
            users = self.env["res.users"].browse(ended)
            action = "logout" if reason == "logout" else "session_ended"
            users._gr_audit(action, users, {"reason": reason})

    # BY PEOPLE

    @api.model
    def _get_own(self):
        """Return the current user's own sessions that still count."""
        return self.search([("user_id", "=", self.env.uid), ("ended_at", "=", False)])

    def action_end(self):
        """End sessions: the own ones, or anybody's by an administrator."""
        self.check_access("read")
        is_admin = self.env.user.has_group("harvest_base.group_harvest_admin")
        if not is_admin and self.user_id - self.env.user:
            raise AccessError(self.env._("You can end your own sessions only."))
        for session in self:
            own = session.user_id == self.env.user
            session._end("remote" if own else "administrator")

    def _end(self, reason):
        """End sessions in this transaction."""
        # sudo: who may was checked, or the system does it
        still_open = self.sudo().filtered(lambda session: not session.ended_at)
        still_open.write({"ended_at": fields.Datetime.now(), "end_reason": reason})
        for user in still_open.user_id:
            user._gr_audit("session_ended", user, {"reason": reason})

    @api.autovacuum
    def _gc_old(self):
        days = int(self.env["gr.rule"].sign_in_rule("auth.session.keep_days"))
        self.search([("ended_at", "<", f"now -{days}d")]).unlink()
        # What nobody used for so long has no session file any more (Odoo: 7 days).
        self.search(
            [("ended_at", "=", False), ("last_seen", "<", f"now -{days}d")]
        ).unlink()
