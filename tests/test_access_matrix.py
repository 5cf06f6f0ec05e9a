"""Every role x every model x {own, elsewhere, foreign} x every way in.

``access_matrix.csv`` is the declaration, one line a model; a model without a line
fails. A cell reads ``own/elsewhere/foreign``: at an own site (for F: the own family),
at another site of the district (another family), in another district. Letters:
c(reate), r(ead), w(rite), u(nlink). Users here are limited to one site.
"""

import csv
import importlib
import importlib.util
from pathlib import Path

from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from odoo.addons.harvest_base.tests.common import HarvestCommon
from odoo.addons.harvest_base.tests.matrix import FACTORIES

HERE = Path(__file__).parent
ROLES = ("A", "B", "C", "D", "E", "F", "Admin", "none")
PLACES = ("own", "elsewhere", "foreign")
OPERATIONS = {"c": "create", "r": "read", "w": "write", "u": "unlink"}


def read_csv(name):
    with (HERE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


MATRIX = {line["model"]: line for line in read_csv("access_matrix.csv")}
FEATURES = {line["feature"]: set(line["groups"]) for line in read_csv("features.csv")}


def allowed(cell, place):
    """Return the set of letters that ``cell`` grants at ``place``."""
    parts = cell.split("/")
    position = PLACES.index(place)
    return set(parts[position]) - {"-"} if position < len(parts) else set()


def our_addons():
    root = HERE.parent
    manifests = [
        *root.glob("*/__manifest__.py"),
        *root.glob("addons/*/__manifest__.py"),
    ]
    return {manifest.parent.name for manifest in manifests}


def import_factories():
    """Fill ``FACTORIES`` with those of every addon."""
    for addon in our_addons():
        name = f"odoo.addons.{addon}.tests.matrix"
        if importlib.util.find_spec(f"odoo.addons.{addon}.tests") and (
            importlib.util.find_spec(name)
        ):
            importlib.import_module(name)


@tagged("post_install", "-at_install", "security")
class TestAccessMatrix(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        import_factories()

    def _our_models(self):
        addons = our_addons()
        return {
            name: model
            for name, model in self.env.registry.items()
            if not model._abstract
            and (name.startswith("gr.") or model._original_module in addons)
        }

    def test_every_model_is_declared(self):
        self.assertEqual(sorted(self._our_models()), sorted(MATRIX))

    def test_every_stored_model_has_a_factory(self):
        stored = {
            name for name, model in self._our_models().items() if not model._transient
        }
        self.assertEqual(stored - set(FACTORIES), set())

    def test_roles_stay_within_the_features_of_the_requirements(self):
        for name, line in MATRIX.items():
            groups = set().union(
                *(FEATURES[key] for key in line["features"].split("+"))
            )
            granted = {role for role in "ABCDEF" if set(line[role]) - set("-/")}
            with self.subTest(model=name):
                self.assertLessEqual(granted, groups)

    def test_access(self):
        wrong = []
        for name, model in sorted(self._our_models().items()):
            check = self._check_transient if model._transient else self._check_stored
            wrong += [f"{name}: {line}" for line in check(name)]
        self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def _check_transient(self, name):
        for role in ROLES:
            granted = allowed(MATRIX[name][role], "own")
            model = self.env[name].with_user(self.users[role])
            for letter, operation in OPERATIONS.items():
                if model.has_access(operation) != (letter in granted):
                    yield f"{role} {operation}: declared {letter in granted}"

    def _check_stored(self, name):
        records = {
            place: FACTORIES[name](self.env, getattr(self, place)) for place in PLACES
        }
        self.env.flush_all()
        for role in ROLES:
            user = self.users[role]
            for place, record in records.items():
                granted = self._granted(name, role, place)
                for line in self._check_record(record, user, granted):
                    yield f"{role} at {place}: {line}"

    def _granted(self, name, role, place):
        return allowed(MATRIX[name][role], place)

    def _check_record(self, record, user, granted):
        """Yield what differs from ``granted``, over operations and ways in."""
        mine = record.with_user(user)
        mine.invalidate_recordset()
        for letter, operation in OPERATIONS.items():
            if mine.has_access(operation) != (letter in granted):
                yield f"{operation}: declared {letter in granted}"
        for way, found in self._ways_in(mine):
            readable = "r" in granted
            # An export needs a right of its own, so it may be less, never more.
            if found != readable and (found or way != "export_data"):
                yield f"{way} finds it: {found}, declared {readable}"

    def _ways_in(self, record):
        """Yield (method, found) for what a client can call over RPC."""
        model = record.browse().with_context(active_test=False)
        domain = [("id", "=", record.id)]
        calls = {
            "search_read": [domain, ["id"]],
            "name_search": ["", domain],
            "web_search_read": [domain, {"display_name": {}}],
            "search_count": [domain],
            "formatted_read_group": [domain, [], ["__count"]],
            "read": [record.ids, ["display_name"]],
            "export_data": [record.ids, ["id"]],
        }
        for method, args in calls.items():
            try:
                answer = call_kw(model, method, args, {})
            except UserError:  # AccessError, or no right to export at all
                answer = None
            if answer and method == "web_search_read":
                answer = answer["records"]
            elif answer and method == "formatted_read_group":
                answer = answer[0]["__count"]
            yield method, bool(answer)


# What district-wide access adds, by role, to what a user of one site may do: the cells
# of the matrix at "elsewhere" become those at "own", and imports open up.
DISTRICT_WIDE = {
    "gr.annual.notice.delivery": {"B": "rw", "Admin": "rw"},
    "gr.privacy.incident": {"B": "crw", "Admin": "crw"},
    "gr.privacy.incident.duty": {"B": "rw", "Admin": "rw"},
    "gr.privacy.incident.person": {"B": "crwu", "Admin": "crwu"},
    "gr.privacy.notice": {"B": "rw", "Admin": "rw"},
    "gr.calendar.import": {"B": "cr", "Admin": "cr"},
    "gr.calendar.rule": {"B": "crwu", "Admin": "crwu"},
    "gr.calendar.source": {"B": "crw", "Admin": "crw"},
    "gr.identity": {"Admin": "ru"},
    "gr.identity.mapping": {"Admin": "crwu"},
    "gr.oneroster.client": {"Admin": "crw"},
    "gr.saml.provider": {"Admin": "crw"},
    "gr.oidc.provider": {"Admin": "crw"},
    "gr.directory": {"Admin": "crw"},
    "gr.staff.import": {"B": "crwu", "Admin": "crwu"},
    "gr.staff.import.line": {"B": "r", "Admin": "r"},
    "gr.sync.change": {"B": "r", "Admin": "r"},
    "gr.sync.connection": {"B": "crw", "Admin": "crw"},
    "gr.sync.identity": {"B": "r", "Admin": "r"},
    "gr.sync.mapping": {"B": "crwu", "Admin": "crwu"},
    "gr.sync.mapping.field": {"B": "crwu", "Admin": "crwu"},
    "gr.sync.problem": {"B": "r", "Admin": "r"},
    "gr.sync.proof.mismatch": {"B": "r", "Admin": "r"},
    "gr.sync.proposal": {"B": "r", "Admin": "r"},
    "gr.sync.run": {"B": "cr", "Admin": "cr"},
    "gr.sync.school": {"B": "rw", "Admin": "rw"},
    "gr.school.year": {"B": "crwu", "C": "crw", "Admin": "crwu"},
    "gr.webhook.endpoint": {"Admin": "crw"},
    "gr.webhook.source": {"Admin": "crw"},
}


@tagged("post_install", "-at_install", "security")
class TestDistrictScope(TestAccessMatrix):
    """With district-wide access the other site opens; the other district never."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role in ("A", "B", "C", "D", "E", "Admin"):
            cls.users[role].gr_scope = "district"

    def _granted(self, name, role, place):
        cell = MATRIX[name][role]
        if place == "foreign" or role in ("F", "none"):
            return super()._granted(name, role, place)
        wider = DISTRICT_WIDE.get(name, {}).get(role)
        return set(wider) if wider else allowed(cell, "own")

    def test_every_change_of_sites_takes_effect_at_once(self):
        aide = self.users["D"]
        aide.write({"gr_scope": "site", "gr_site_ids": self.site.ids})
        student = self.student.with_user(aide)
        self.assertTrue(student.has_access("read"))
        aide.gr_site_ids = self.other_site
        self.assertFalse(student.has_access("read"))
        aide.gr_scope = "district"
        self.assertTrue(student.has_access("read"))
