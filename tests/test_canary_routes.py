"""Nobody sees what is not theirs by content, pages, mail or reports.

The canary sweep (``test_canary_sweep``) over the routes: each that takes the number of
a record is asked, as each actor, with the numbers of somebody else.
"""

import json
import time
from collections import Counter

from canary.kit import CanaryKit
from canary.routes import Requests
from canary.verdict import Exposure, Review, describe
from canary.world import PASSWORD

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.harvest_audit.tests.common import audited

PATIENCE = 60  # seconds for an answer, on a busy machine
PLACES = ("own", "elsewhere", "neighbour", "foreign")
QUIET = (
    "odoo.addons.base.models.ir_qweb",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.website_slides.controllers.main",
    "odoo.http",
    "odoo.sql_db",
    "weasyprint",  # a mark is no colour
    "werkzeug",
)
# Routes of Odoo that answer 500 where 400 would do: prefix of the path -> why.
BROKEN_IN_ODOO = {
    "/html_editor/image_shape": "A shape that is not there",
    "/mail/font_to_img": "A colour that is none",
    "/mail/unfollow": "Asked without its parameters",
    "/profile/validate_email": "Asked without its parameters",
    "/report/barcode": "A kind of barcode that is none",
    "/slides/<int:channel_id>/": "Asked without its parameters",
    "/slides/<model": "The sweep's mark is no JSON for a cover",
    "/slides_survey/slide/get_certification_url": "Asked without its parameters",
    "/web/binary/upload_attachment": "Asked without its parameters",
    "/web_editor/image_shape": "A shape that is not there",
}


@tagged("post_install", "-at_install", "security")
class TestCanaryRoutes(CanaryKit, HttpCase):
    def setUp(self):
        super().setUp()
        # The log of events would wait for this transaction, on its own connection.
        self.enterContext(audited(self.env))

    def test_routes(self):
        begin = time.monotonic()
        self.exposures, self.answers, self.broken = set(), Counter(), {}
        rules = list(self.env["ir.http"].routing_map().iter_rules())
        with mute_logger(*QUIET):
            for actor in self.world.actors:
                self._ask_all(actor, rules)
        review = Review(self.allowed, "route")
        unexplained = review.unexplained(self.exposures)
        asked = len({rule for rule, _status in self.answers})
        print(  # noqa: T201  the figure is the result
            f"\ncanary sweep: {asked} routes, {self.answers.total()} requests, "
            f"{len(unexplained)} unexplained exposures "
            f"({time.monotonic() - begin:.0f} s)"
        )
        self._judge(unexplained, review)
        self._judge_broken()

    def _ask_all(self, actor, rules):
        self._sign_in(actor)
        requests = Requests(self.world, self._not_theirs(actor))
        for rule in rules:
            if request := requests.of(rule):
                answer = self._send(*request)
                self.answers[rule.rule, answer.status_code] += 1
                self.exposures |= self._find(actor, rule.rule, request[0], answer)
                if answer.status_code >= 500:
                    self.broken[rule.rule] = answer.text[:300]

    def _not_theirs(self, actor):
        """The place whose numbers are tried: as near as it can be."""
        near = [place for place in PLACES if actor.distance[place] == "elsewhere"]
        return (near or [p for p in PLACES if actor.distance[p] == "foreign"])[0]

    def _sign_in(self, actor):
        if actor.role:
            self.authenticate(actor.user.login, PASSWORD)
        else:
            self.authenticate(None, None)

    def _send(self, method, path, params):
        how = {"allow_redirects": False, "timeout": PATIENCE}
        if method == "POST":
            how["data"] = json.dumps({"params": params}, default=str)
            how["headers"] = {"Content-Type": "application/json"}
        return self.url_open(path, **how)

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

    def _judge_broken(self):
        broken = {
            rule: text
            for rule, text in self.broken.items()
            if not rule.startswith(tuple(BROKEN_IN_ODOO))
        }
        self.assertFalse(broken, "routes that break instead of refusing")
