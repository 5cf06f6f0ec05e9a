"""Vendors' own interfaces through a connection: fetched, applied, then only changes."""

from datetime import datetime
from urllib.parse import urlsplit

from odoo.tests import freeze_time, tagged

from ..const import TRUSTED_HOSTS_PARAM
from .common import AS_OF, SyncCommon
from .doubles import aeries, clever, powerschool
from .doubles.district import make_district
from .doubles.server import Double

CHILD, ADULT = "5000000", "8000000"


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestGrSyncVendors(SyncCommon):
    def _connect(self, adapter, app, path="", **values):
        """A connection to a double that runs until the test is over."""
        double = Double(app)
        self.addCleanup(double.close)
        self.env["ir.config_parameter"].set_param(
            TRUSTED_HOSTS_PARAM, urlsplit(double.url).netloc
        )
        self.connection.write(
            {"adapter": adapter, "base_url": double.url + path, **values}
        )
        return double

    def _fetch(self, **values):
        """Fetch and apply; ``is_full`` asks for everything."""
        run = self.env["gr.sync.run"].create(
            {
                "connection_id": self.connection.id,
                "trigger": "manual",
                "as_of": AS_OF,
                "is_full": False,
                **values,
            }
        )
        while run._next_step():
            continue
        self.assertEqual(run.state, "review", run.error)
        return self._apply(run)

    def _link(self, child, adult_name):
        links = self._student(child).guardianship_ids
        return links.filtered(lambda link: link.partner_id.name.startswith(adult_name))

    def test_aeries_fills_a_district_and_its_red_flag_reaches_the_door(self):
        app = aeries.Aeries(make_district(2, 8))
        self._connect("aeries", app, "/aeries", secret=aeries.CERTIFICATE)
        steps = list(self.connection._make_source(AS_OF).check())
        self.assertFalse([step for step in steps if step.problem])
        self._fetch()
        link = self._link(f"STU-{CHILD}", "Itzel")
        self.assertTrue(link.pickup_allowed)
        app.tables["guardianFlags"] = [
            {"studentSourcedId": CHILD, "agentSourcedId": ADULT}
            | {"courtRestricted": "true"}
        ]
        app.clock = datetime(2026, 9, 15, 12, 0)
        app.touch("contact", "101", CHILD)
        run = self._fetch()
        self.assertEqual((run.count_update, run.count_archive), (1, 0))
        self.assertFalse(link.pickup_allowed)
        self.assertEqual(link.court_limit, "no_pickup")

    def test_powerschool_fills_a_district_and_pickup_is_withdrawn(self):
        app = powerschool.PowerSchool(make_district(2, 8))
        self._connect(
            "powerschool",
            app,
            client_id=powerschool.CLIENT,
            secret=powerschool.SECRET,
            grade_names={"-1": "TK"},
        )
        self._fetch()
        link = self._link(f"STU-{CHILD}", "Itzel")
        self.assertTrue(link.pickup_allowed)
        detail = app._details_of(CHILD, ADULT)[0]
        app.details[CHILD, ADULT] = [{**detail, "schoolPickup": False}]
        run = self._fetch()
        self.assertEqual((run.count_update, run.count_archive), (1, 0))
        self.assertFalse(link.pickup_allowed)

    def test_clever_fills_a_district_and_events_change_it(self):
        app = clever.Clever(make_district(2, 8))
        app.emit("courses", "updated", app.object_of("courses", "40001"), {})
        self._connect("clever", app, secret=clever.TOKEN)
        self._fetch()
        student = self._student(clever.clever_id(CHILD))
        self.assertEqual(len(student.enrollment_ids), 2)
        user = next(u for u in app.tables["users"] if u["sourcedId"] == CHILD)
        user["givenName"] = "Renamed"
        app.emit("users", "updated", app.object_of("users", CHILD), {"name": {}})
        run = self._fetch()
        self.assertEqual((run.count_update, run.count_archive), (1, 0))
        self.assertEqual(student.first_name, "Renamed")
