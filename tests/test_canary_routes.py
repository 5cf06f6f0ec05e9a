"""Nobody sees what is not theirs by content, pages, mail or reports.

The canary sweep (``test_canary_sweep``) over the routes: each that takes the number of
a record is asked, as each actor, with the numbers of somebody else.
"""

import json
import time
from collections import Counter
from http import HTTPStatus

from canary.changes import Watch
from canary.kit import CanaryKit
from canary.marks import CHILD, FAMILY, STAFF
from canary.parameters import FILES
from canary.routes import Requests
from canary.verdict import BROKEN, Exposure, Review, describe
from canary.world import PASSWORD

from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.harvest_audit.tests.common import audited

PATIENCE = 60  # seconds for an answer, on a busy machine
PLACES = ("own", "elsewhere", "neighbour", "foreign")
QUIET = (
    "odoo.addons.base.models.ir_qweb",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.mail.controllers.mail",  # a wrong token
    "odoo.addons.microsoft_outlook.controllers.main",
    "odoo.addons.web.controllers.export",
    "odoo.addons.web.controllers.report",
    "odoo.addons.website_slides.controllers.main",
    "odoo.http",
    "odoo.sql_db",
    "weasyprint",  # a mark is no colour
    "werkzeug",
)
KINDS = (CHILD, FAMILY, STAFF)
# An error of JSON-RPC that refuses; any other one is the server's own failure.
REFUSALS = ("odoo.exceptions.", "odoo.http.SessionExpired", "werkzeug.exceptions.")


class RouteSweep:
    """Asks routes over HTTP; for test classes with ``CanaryKit`` and ``HttpCase``.

    They set ``exposures``, ``answers`` and ``watch``.
    """

    def _ask_all(self, actor, rules):
        self._sign_in(actor)
        place = self._not_theirs(actor)
        asked = set()
        for kind in KINDS:
            requests = Requests(self.world, place, kind)
            for rule in rules:
                for request in requests.of(rule):
                    if str(request) not in asked:
                        asked.add(str(request))
                        self._ask(actor, rule.rule, request)

    def _ask(self, actor, route, request):
        answer = self._send(*request)
        self.answers[route, answer.status_code] += 1
        if self._is_broken(answer):
            self.exposures.add(Exposure(actor.name, route, request[0], BROKEN))
        self.exposures |= self._find(actor, route, request[0], answer)
        self.exposures |= self._find_changes(actor, route, request[0])

    def _not_theirs(self, actor):
        """The place whose numbers are tried: as near as it can be."""
        near = [place for place in PLACES if actor.distance[place] == "elsewhere"]
        return (near or [p for p in PLACES if actor.distance[p] == "foreign"])[0]

    def _sign_in(self, actor):
        if actor.role:
            self.authenticate(actor.user.login, PASSWORD)
        else:
            self.authenticate(None, None)

    def _send(self, method, path, values):
        how = {"allow_redirects": False, "timeout": PATIENCE}
        if method == "GET":
            how["params"] = values
        elif method == "JSON":
            how["data"] = json.dumps({"params": values}, default=str)
            how["headers"] = {"Content-Type": "application/json"}
        else:
            how["data"] = {"csrf_token": Request.csrf_token(self), **values}
            how["files"] = {
                name: ("canary.txt", b"canary") for name in FILES if name in values
            }
        return self.url_open(path, **how)

    def _is_broken(self, answer):
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return True
        if not answer.headers.get("Content-Type", "").startswith("application/json"):
            return False
        body = answer.json()
        error = body.get("error") if isinstance(body, dict) else None
        name = error.get("data", {}).get("name", "") if isinstance(error, dict) else ""
        return bool(name) and not name.startswith(REFUSALS)

    def _find(self, actor, route, method, answer):
        text = f"{answer.status_code} {answer.reason} {answer.headers} {answer.text}"
        return {
            Exposure(
                actor.name,
                route,
                method,
                describe(actor, mark.place, mark.kind, mark.model, mark.field),
            )
            for mark in self.world.marks.find(text)
            if not self.policy.is_theirs(actor, mark.place, mark.model, mark.kind)
        }

    def _find_changes(self, actor, route, method):
        exposures = set()
        for name, res_id in self.watch.changed():
            for place, known, kind in self.world.records[name]:
                if known == res_id and not self.policy.is_theirs(
                    actor, place, name, kind, "w"
                ):
                    what = describe(actor, place, kind, name, "changed")
                    exposures.add(Exposure(actor.name, route, method, what))
        return exposures


@tagged("post_install", "-at_install", "security")
class TestCanaryRoutes(RouteSweep, CanaryKit, HttpCase):
    def setUp(self):
        super().setUp()
        # The log of events would wait for this transaction, on its own connection.
        self.enterContext(audited(self.env))

    def test_routes(self):
        begin = time.monotonic()
        self.exposures, self.answers = set(), Counter()
        self.watch = Watch(self.env, self.world)
        rules = list(self.env["ir.http"].routing_map().iter_rules())
        with mute_logger(*QUIET):
            for actor in self.world.actors:
                self._ask_all(actor, rules)
        review = Review(self.allowed, "route")
        unexplained = review.unexplained(self.exposures)
        asked = len({rule for rule, _status in self.answers})
        print(  # noqa: T201  the figure is the result
            f"\ncanary sweep: {asked} routes, {self.answers.total()} requests, "
            f"{len(self.exposures)} exposures, {len(unexplained)} unexplained "
            f"({time.monotonic() - begin:.0f} s)"
        )
        self._judge(unexplained, review)
