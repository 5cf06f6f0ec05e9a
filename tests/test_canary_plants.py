"""The canary sweep finds what it is for: each kind of leak is planted, and found."""

from collections import Counter
from unittest.mock import patch

from canary.changes import Watch
from canary.kit import CanaryKit
from canary.sweep import RpcSweep
from canary.verdict import BROKEN, Exposure, Review
from test_canary_routes import RouteSweep

from odoo import api
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request
from odoo.tests import BaseCase, HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.harvest_audit.tests.common import audited
from odoo.addons.harvest_portal.controllers.family import FamilyPortal

MODEL = "gr.student"
PAGE = "/my/children/<int:student_id>"
# Verbs that must find the pupils of another district when the rules are gone.
FINDING = {
    "search_read",
    "web_search_read",
    "name_search",
    "web_name_search",
    "formatted_read_group",
    "web_read_group",
    "search_count",
    "read",
    "web_read",
    "get_metadata",
    "write",
    "message_post",
    "message_subscribe",
}
QUIET = (
    "odoo.addons.base.models.ir_rule",
    "odoo.domains",
    "odoo.http",
    "odoo.sql_db",
)


@tagged("post_install", "-at_install", "security")
class TestRpcPlants(CanaryKit, TransactionCase):
    def setUp(self):
        super().setUp()
        self.sweep = RpcSweep(self.env, self.world, self.policy)
        [self.actor] = [a for a in self.world.actors if a.name == "coordinator"]

    def ask(self):
        with mute_logger(*QUIET):
            self.sweep._ask(self.actor, MODEL)
        return {(one.verb, one.what.partition(":")[0]) for one in self.sweep.exposures}

    def test_a_rule_that_is_gone(self):
        Rule = type(self.env["ir.rule"])
        with patch.object(Rule, "_compute_domain", lambda *_args: Domain.TRUE):
            found = self.ask()
        verbs = {verb for verb, _whose in found}
        self.assertEqual(FINDING - verbs, set())

    def test_a_refusal_that_names_the_child(self):
        def tell(records, _fields, **_kwargs):
            raise UserError(f"You may not read {records.sudo().mapped('first_name')}.")

        with patch.object(type(self.env[MODEL]), "read", tell):
            found = self.ask()
        self.assertIn(("read", "foreign-family"), found)

    def test_an_error_that_is_no_refusal(self):
        def stop(*_args, **_kwargs):
            raise KeyError("planted")

        with patch.object(type(self.env[MODEL]), "name_search", stop):
            self.ask()
        broken = Exposure("coordinator", MODEL, "name_search", BROKEN)
        self.assertIn(broken, self.sweep.exposures)

    def test_a_count_that_answers_a_question(self):
        """Nothing is shown, and yet the number of answers tells what is hidden."""

        @api.model
        def count(model, domain, limit=None):
            return len(model.sudo().search(domain, limit=limit))

        with patch.object(type(self.env[MODEL]), "search_count", count):
            self.assertIn(("search_count", "foreign-family"), self.ask())


@tagged("post_install", "-at_install", "security")
class TestRoutePlants(RouteSweep, CanaryKit, HttpCase):
    def setUp(self):
        super().setUp()
        self.enterContext(audited(self.env))
        self.exposures, self.answers = set(), Counter()
        self.watch = Watch(self.env, self.world)

    def ask(self, answer):
        """Return what a parent meets at the page of a child that answers so."""

        def render(_controller, _template, _values, **_kwargs):
            number = int(request.httprequest.path.rpartition("/")[2])
            return answer(request.env[MODEL].sudo().browse(number))

        rules = self.env["ir.http"].routing_map().iter_rules()
        rules = [rule for rule in rules if rule.rule == PAGE]
        [actor] = [one for one in self.world.actors if one.name == "parent"]
        with (
            mute_logger(*QUIET),
            patch.object(FamilyPortal, "_render_family_page", render),
        ):
            self._ask_all(actor, rules)
        return {exposure.what for exposure in self.exposures}

    def test_a_page_that_shows_any_child(self):
        found = self.ask(lambda child: request.make_response(child.first_name))
        self.assertEqual(found, {"elsewhere-family:gr.student.first_name"})

    def test_a_header_that_names_one(self):
        def answer(child):
            return request.make_response("", [("X-Canary", child.first_name)])

        found = self.ask(answer)
        self.assertEqual(found, {"elsewhere-family:gr.student.first_name"})

    def test_a_page_that_changes_and_says_nothing(self):
        def answer(child):
            child.first_name = "overwritten"
            return request.make_response("")

        self.assertIn("elsewhere-family:gr.student.changed", self.ask(answer))

    def test_a_page_that_breaks(self):
        def answer(child):
            raise KeyError(child.id)

        self.assertEqual(self.ask(answer), {BROKEN})


@tagged("post_install", "-at_install", "security")
class TestReview(BaseCase):
    LINES = (
        {
            "scope": "rpc",
            "actor": "teacher|parent",
            "where": "gr.*",
            "verb": "read",
            "what": "own:*",
            "reason": "a test",
        },
    )

    def test_only_what_a_line_names_is_allowed(self):
        review = Review(self.LINES, "rpc")
        fits = Exposure("teacher", "gr.site", "read", "own:gr.site.name")
        others = [
            fits._replace(actor="coordinator"),
            fits._replace(where="res.partner"),
            fits._replace(verb="write"),
            fits._replace(what="foreign:gr.site.name"),
        ]
        self.assertEqual(review.unexplained([fits, *others]), sorted(others))
        self.assertFalse(review.unused())

    def test_a_line_that_nothing_needs_is_told(self):
        review = Review(self.LINES, "rpc")
        review.unexplained([Exposure("other", "gr.site", "read", "own:x")])
        self.assertEqual(review.unused(), list(self.LINES))
        self.assertFalse(Review(self.LINES, "route").unused())
