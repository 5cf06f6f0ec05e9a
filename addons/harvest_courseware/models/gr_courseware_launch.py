import base64
from datetime import timedelta
from urllib.parse import quote, urlencode
from uuid import uuid4

from odoo import api, fields, models

from ..const import (
    CONTENT_PATH,
    FETCH_PATH,
    GC_LIMIT,
    LAUNCH_HOURS,
    SCOPE_API,
    SCOPE_CONTENT,
    SCOPE_FETCH,
    XAPI_PATH,
)
from ..lrs.cmi5 import Session
from ..lrs.verbs import COMPLETED, PASSED, SESSION_ID, TERMINATED
from ..tokens import sign, sign_content, verify

KEEP_DAYS = 30  # launches are of no use once their time is over; for support only


class GrCoursewareLaunch(models.Model):
    """A lesson that is open in a browser: cmi5's session.

    Its keys are signed and expire; a key opens this learner's files and records of
    this lesson, and nothing else. Opening a lesson again ends the launch before.
    """

    _name = "gr.courseware.launch"
    _description = "Launch of a Lesson"
    _rec_name = "session"
    _order = "id desc"

    attempt_id = fields.Many2one(
        "gr.courseware.attempt", required=True, index=True, ondelete="cascade"
    )
    registration_id = fields.Many2one(
        related="attempt_id.registration_id", store=True, index=True
    )
    unit_id = fields.Many2one(related="attempt_id.unit_id")
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    attachment_id = fields.Many2one("ir.attachment", index=True, ondelete="cascade")
    session = fields.Char(required=True, default=lambda self: str(uuid4()))
    mode = fields.Char(required=True)
    date_end = fields.Datetime(required=True)
    is_fetched = fields.Boolean()
    is_open = fields.Boolean(default=True)
    is_over = fields.Boolean(help="Terminated by the course, or abandoned.")

    @api.model
    def _start(self, registration, unit):
        """Open a lesson for the registration's user, and close what was open of it."""
        attempt = registration._get_attempt(unit)
        self.search([("attempt_id", "=", attempt.id), ("is_open", "=", True)])._close()
        launch = self.create(
            {
                "attempt_id": attempt.id,
                "user_id": registration.user_id.id,
                "attachment_id": registration.package_id.attachment_id.id,
                "mode": attempt._get_mode(),
                "date_end": fields.Datetime.now() + timedelta(hours=LAUNCH_HOURS),
            }
        )
        if unit.kind == "au":
            self.env["gr.xapi.document"]._put_launch_data(launch)
            self.env["gr.xapi.statement"]._say_launched(launch)
        registration._refresh()
        return launch

    def _close(self):
        for launch in self:
            if launch.unit_id.kind == "au":
                self.env["gr.xapi.statement"]._say_abandoned(launch)
        self.is_open = False

    @api.model
    def _find(self, scope, token):
        """Return the open launch that a key is for, or nothing."""
        launch_id = verify(self.env(su=True), scope, token)
        if not isinstance(launch_id, int):
            return self.browse()
        return self.browse(launch_id).exists().filtered(lambda one: one._is_usable())

    @api.model
    def _find_content(self, token):
        """Return the open launch whose files a content key opens, or nothing."""
        value = verify(self.env(su=True), SCOPE_CONTENT, token)
        if not isinstance(value, list):
            return self.browse()
        registration_id, attachment_id = value
        domain = [
            ("registration_id", "=", registration_id),
            ("attachment_id", "=", attachment_id),
            ("is_open", "=", True),
        ]
        return self.search(domain, limit=1).filtered(lambda one: one._is_usable())

    def _is_usable(self):
        return (
            self.is_open
            and self.date_end > fields.Datetime.now()
            and self.user_id.active
        )

    def _get_api_key(self):
        return sign(self.env(su=True), SCOPE_API, self.id)

    def _get_basic(self):
        """Return the key as credentials of HTTP Basic, base64 as cmi5 wants them."""
        return base64.b64encode(
            f"{self.session}:{self._get_api_key()}".encode()
        ).decode()

    def _get_content_root(self, host):
        """Return the address below which the package's files are."""
        value = [self.registration_id.id, self.attachment_id.id]
        return f"{host}{CONTENT_PATH}/{sign_content(self.env(su=True), value)}/"

    def _get_url(self, host):
        """Return the address that a browser opens; ``host`` is where content is."""
        unit = self.unit_id
        url = self._get_content_root(host) + quote(unit.href)
        query, hash_mark, fragment = (unit.query or "").partition("#")
        parameters = urlencode(self._get_parameters(host), quote_via=quote)
        if parameters:
            query = f"{query}&{parameters}" if query else f"?{parameters}"
        return url + query + hash_mark + fragment

    def _get_parameters(self, host):
        """Return what the standard wants in the launch address."""
        registration = self.registration_id
        common = {
            "endpoint": f"{host}{XAPI_PATH}/",
            "actor": registration._get_actor_text(),
            "registration": registration.registration,
        }
        activity = registration._get_activity(self.unit_id)
        if self.unit_id.kind == "au":
            token = sign(self.env(su=True), SCOPE_FETCH, self.id)
            fetch = f"{host}{FETCH_PATH}/{token}"
            return common | {"fetch": fetch, "activityId": activity}
        if self.unit_id.kind == "activity":
            basic = f"Basic {self._get_basic()}"
            return common | {"auth": basic, "activity_id": activity}
        return {}

    def _get_session(self):
        """Return how far the session came, for the rules of cmi5."""
        statements = self.env["gr.xapi.statement"]
        own = [("registration_id", "=", self.registration_id.id)]
        mine = statements.search([*own, ("launch_id", "=", self.id)])
        judged = statements.search(
            [
                *own,
                ("unit_id", "=", self.unit_id.id),
                ("is_cmi5", "=", True),
                ("is_voided", "=", False),
                ("verb", "in", (COMPLETED, PASSED)),
            ]
        )
        return Session(
            session_id=self.session,
            registration=self.registration_id.registration,
            activity=self.registration_id._get_activity(self.unit_id),
            mode=self.mode,
            mastery=self.unit_id._get_mastery(),
            said=frozenset(mine.filtered("is_cmi5").mapped("verb")),
            done=frozenset(judged.mapped("verb")),
            is_over=self.is_over,
        )

    def _get_context(self):
        """Return the context that statements of this session have (cmi5 10.2.1)."""
        return {
            "contextActivities": {
                "grouping": [{"objectType": "Activity", "id": self.unit_id.identifier}]
            },
            "extensions": {SESSION_ID: self.session},
        }

    def _follow(self, statement):
        """Take note of an accepted statement of the package."""
        unit = self.unit_id
        if unit.kind == "au" and statement["verb"]["id"] == TERMINATED:
            self.is_over = True
        activity = self.registration_id._get_activity(unit)
        if statement["object"].get("id") == activity and self.mode != "Browse":
            self.attempt_id._apply_statement(statement)

    @api.model
    def _get_open_attachments(self):
        now = fields.Datetime.now()
        domain = [("is_open", "=", True), ("date_end", ">", now)]
        return self.sudo().search(domain).attachment_id  # sudo: for the collector

    @api.autovacuum
    def _gc_launches(self):
        """End what nobody ended, then forget launches of long ago."""
        now = fields.Datetime.now()
        self.search([("is_open", "=", True), ("date_end", "<", now)])._close()
        domain = [("date_end", "<", now - timedelta(days=KEEP_DAYS))]
        old = self.search(domain, limit=GC_LIMIT)
        old.unlink()
        return len(old), self.search_count(domain, limit=1)
