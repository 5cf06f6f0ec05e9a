"""Two districts, three sites, families and staff, and records of every model."""

import importlib
import importlib.util
from dataclasses import dataclass, field

from odoo.addons.harvest_base.tests.common import Place
from odoo.addons.harvest_base.tests.matrix import FACTORIES

from .marks import FAMILY, STAFF, Marks, Origin, plant
from .odoo_records import ODOO_FACTORIES, NoRecord, make_by_fields

PLACES = ("own", "neighbour", "elsewhere", "foreign")
PASSWORD = "a long enough pass phrase 4 tests"


@dataclass
class Actor:
    """Who asks, and how far each place is from this one (as in the access matrix)."""

    name: str
    role: str  # a column of tests/access_matrix.csv; "" for nobody
    user: object
    distance: dict[str, str]  # place -> own, elsewhere, foreign

    @property
    def is_staff(self):
        return self.role not in ("", "F")


@dataclass
class World:
    """All records, by model and place."""

    marks: Marks = field(default_factory=Marks)
    records: dict[str, list[tuple[str, int, str]]] = field(default_factory=dict)
    actors: list[Actor] = field(default_factory=list)
    lacking: dict[str, str] = field(default_factory=dict)  # model -> why no record

    def add(self, record, place, kind=STAFF):
        """Register ``record``, once."""
        known = self.records.setdefault(record._name, [])
        numbers = {res_id for _place, res_id, _kind in known}
        known += [(place, new, kind) for new in record.ids if new not in numbers]

    def plant(self, env):
        """Put marks into all records; last, since code may look for a name."""
        for model, records in self.records.items():
            for place, res_id, kind in records:

                def origin_of(name, origin=(place, model, res_id), kind=kind):
                    return Origin(*origin, name, kind)

                record = env[model].browse(res_id)
                plant(record, origin_of, self.marks)
                if model == "ir.attachment":
                    record.raw = self.marks.issue(origin_of("raw")).encode()


def import_factories(addons):
    """Register the factories of all installed addons (``ADDON/tests/matrix.py``)."""
    for addon in addons:
        tests = f"odoo.addons.{addon}.tests"
        if importlib.util.find_spec(tests) and importlib.util.find_spec(
            f"{tests}.matrix"
        ):
            importlib.import_module(f"{tests}.matrix")


def is_of_a_learner(model):
    """Whether records of ``model`` are of one learner, not of a site."""
    return model._name == "gr.student" or "student_id" in model._fields


class Builder:
    """Fills a ``World`` from the factories, on a test class with ``HarvestKit``."""

    def __init__(self, kit, our_models):
        self.kit = kit
        self.env = kit.env
        self.our_models = our_models
        self.world = World()

    def build(self):
        kit = self.kit
        places = {
            "own": kit.own,
            "neighbour": self._neighbour(),
            "elsewhere": kit.elsewhere,
            "foreign": kit.foreign,
        }
        for name, place in places.items():
            self._people(place, name)
        for name, place in places.items():
            self._fill(name, place)
        self.world.actors = self._actors(places)
        self.world.plant(self.env(su=True))
        return self.world

    def _neighbour(self):
        kit = self.kit
        student = kit._make_student(kit.site, "Dana Vecina")
        guardian = kit._make_guardian(student, "Adult of Dana")
        return Place(kit.district, kit.site, kit.year, student, guardian)

    def _people(self, place, name):
        place.staff = self._user(f"staff_{name}", place, "D")
        place.parent = self.kit._make_portal_user(
            place.guardian.partner_id,
            place.district,
            login=f"parent_{name}",
            password=PASSWORD,
        )
        place.records = {}

    def _user(self, login, place, role, **values):
        return self.kit._make_user(
            role, sites=place.site, login=login, name=login, password=PASSWORD, **values
        )

    def _fill(self, name, place):
        registry = self.env.registry
        for model in sorted(self.our_models):
            if registry[model]._transient or registry[model]._abstract:
                continue
            if name == "neighbour" and not is_of_a_learner(registry[model]):
                continue
            self._one(name, place, model, FACTORIES.get(model))
        if name == "neighbour":
            self._one(name, place, "res.partner", ODOO_FACTORIES["res.partner"])
            self._one(name, place, "res.users", ODOO_FACTORIES["res.users"])
            return
        for model, make in ODOO_FACTORIES.items():
            if model in registry:
                self._one(name, place, model, make)
        for model in sorted(set(registry) - self.our_models - set(ODOO_FACTORIES)):
            if not registry[model]._abstract and not registry[model]._transient:
                self._one(name, place, model, make_by_fields(model))

    def _one(self, name, place, model, make):
        if make is None:
            self.world.lacking[model] = "no factory in ADDON/tests/matrix.py"
            return
        try:
            with self.env.cr.savepoint():
                made = make(self.env, place)
                made = made if isinstance(made, list) else [(made, STAFF)]
                self.env.flush_all()
                for record, kind in made:
                    place.records.setdefault(model, record.sudo()[:1])
                    if kind == STAFF and is_of_a_learner(record):
                        kind = FAMILY
                    self.world.add(record.sudo(), name, kind)
        except NoRecord:
            return
        except Exception as error:  # noqa: BLE001  all are told at once
            self.world.lacking[model] = f"{type(error).__name__}: {error}"[:200]

    def _actors(self, places):
        near = {"own": "own", "neighbour": "own", "elsewhere": "elsewhere"}
        mine = {"own": "own", "neighbour": "elsewhere", "elsewhere": "elsewhere"}
        theirs = {"own": "elsewhere", "neighbour": "own", "elsewhere": "elsewhere"}
        there = {"own": "elsewhere", "neighbour": "elsewhere", "elsewhere": "own"}
        far = dict.fromkeys(("own", "neighbour", "elsewhere"), "foreign")
        foreign = {"foreign": "foreign"}
        return [
            Actor(
                "anonymous",
                "",
                self.env.ref("base.public_user"),
                dict.fromkeys(PLACES, "foreign"),
            ),
            Actor("parent", "F", places["own"].parent, mine | foreign),
            Actor("other_parent", "F", places["neighbour"].parent, theirs | foreign),
            Actor(
                "teacher", "D", self._user("tch", places["own"], "D"), near | foreign
            ),
            Actor(
                "coordinator",
                "C",
                self._user("crd", places["elsewhere"], "C"),
                there | foreign,
            ),
            Actor(
                "other_district",
                "B",
                self._user("ops", places["foreign"], "B", gr_scope="district"),
                far | {"foreign": "own"},
            ),
        ]
