"""What ``up`` does to a database: once, only what changed, and never a demo unasked."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts.launcher import serve
from scripts.launcher.errors import GroundError
from scripts.launcher.paths import Ground
from scripts.launcher.steps import Steps
from scripts.launcher.suite import DEMO_KEY, STATE_KEY, Suite
from scripts.launcher.templates import outside_modules

DISTRICTS = ["1", "4"]


class Database:
    """Stands for a server that others run: one database, its parameters and modules."""

    server = SimpleNamespace(private=False)

    def __init__(self):
        self.made = False
        self.parameters: dict[str, str] = {}
        self.modules: set[str] = set()

    def exists(self, name):
        return self.made

    def installed(self, name):
        return self.modules

    def query(self, sql, database=""):
        if "to_regclass" in sql:
            return ["t"]
        if sql.startswith("INSERT"):
            self.parameters[STATE_KEY] = sql.split("'")[3]
            return []
        if "res_company" in sql:
            return DISTRICTS
        key = sql.split("'")[1]
        return [self.parameters[key]] if key in self.parameters else []


class Odoo:
    """Stands for Odoo: notes what it is asked to install."""

    home = SimpleNamespace(version="19.0")

    def __init__(self, database):
        self.database = database
        self.asked: list[tuple[set, set]] = []
        self.districts: list[list[str]] = []

    def write_config(self, name, options):
        return Path(name)

    def install(self, config, database, install, update, districts):
        self.asked.append((set(install), set(update)))
        self.districts.append(districts)
        self.database.made = True
        self.database.modules |= set(install)


class Place:
    """A tree with two addons and one for tests, and a suite on a database."""

    def __init__(self, root: Path):
        self.root = root
        for name in ("harvest_base", "harvest_time", "test_harvest"):
            self.write(name, f"{{'name': '{name}', 'depends': ['mail']}}")
        (root / "requirements.txt").write_text("x==1\n")
        self.database = Database()
        self.odoo = Odoo(self.database)
        self.scripts: list[tuple] = []

    def write(self, name: str, manifest: str) -> None:
        folder = self.root / "addons" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__manifest__.py").write_text(manifest)

    def suite(self) -> Suite:
        """A new one, as each run of the launcher has."""
        ground = Ground(root=self.root, cache=self.root / "cache")
        ground.state.mkdir(exist_ok=True)
        ready = SimpleNamespace(
            ground=ground,
            steps=Steps(io.StringIO()),
            databases=self.database,
            odoo=self.odoo,
        )
        suite = Suite(ready, "harvest")
        suite._script = self._script
        return suite

    def _script(self, *words, stdin=None):
        self.scripts.append(words)
        if words[0] == "load_demo.py":
            self.database.parameters[DEMO_KEY] = words[2]
        return json.dumps([["director", "secret", "A", "all"]])


@pytest.fixture
def place(tmp_path) -> Place:
    return Place(tmp_path)


def test_new_database_gets_every_addon_but_those_for_tests(place):
    assert place.suite().ensure(None) == "small"

    assert place.odoo.asked == [({"harvest_base", "harvest_time"}, set())]
    assert place.scripts == [("set_admin_password.py",)]


def test_meta_addon_is_installed_alone_when_there_is_one(place):
    place.write("harvest", "{'name': 'h', 'depends': ['harvest_base']}")

    place.suite().ensure(None)

    assert place.odoo.asked == [({"harvest"}, set())]


def test_second_run_does_nothing(place):
    place.suite().ensure(None)
    place.suite().ensure(None)

    assert len(place.odoo.asked) == 1


def test_changed_addon_alone_is_upgraded(place):
    place.suite().ensure(None)
    place.write("harvest_time", "{'name': 'changed', 'depends': ['mail']}")

    place.suite().ensure(None)

    assert place.odoo.asked[1] == (set(), {"harvest_time"})
    assert place.odoo.districts == [[], DISTRICTS]
    assert place.scripts == [("set_admin_password.py",)]


def test_changed_requirements_upgrade_everything(place):
    place.suite().ensure(None)
    (place.root / "requirements.txt").write_text("x==2\n")

    place.suite().ensure(None)

    assert place.odoo.asked[1] == (set(), {"base"})


def test_installation_that_broke_off_is_begun_again(place):
    place.database.made = True

    place.suite().ensure(None)

    assert place.odoo.asked == [({"harvest_base", "harvest_time"}, set())]
    assert place.scripts == [("set_admin_password.py",)]


def test_empty_system_stays_empty(place):
    assert place.suite().ensure("none") == "none"

    assert place.suite().ensure(None) == "none"
    assert place.suite().load_demo("none") == []


def test_demo_is_loaded_once_and_its_logins_are_told_each_time(place):
    place.suite().ensure("small")
    first = place.suite().load_demo("small")
    again = place.suite().load_demo(place.suite().ensure(None))

    assert first == again == [["director", "secret", "A", "all"]]
    loads = [words for words in place.scripts if words[0] == "load_demo.py"]
    assert loads == [("load_demo.py", "--size", "small")]


def test_other_demo_size_in_a_full_database_is_refused(place):
    place.suite().ensure("small")
    place.suite().load_demo("small")

    with pytest.raises(GroundError) as caught:
        place.suite().load_demo("pilot")

    assert "holds the small demo, not pilot" in caught.value.message
    assert "--db harvest_pilot --demo pilot" in caught.value.remedy


def test_administrators_password_is_random_and_private(place, tmp_path):
    suite = place.suite()
    password = suite.admin_password()

    assert len(password) >= 16
    assert password == place.suite().admin_password()
    assert stat.S_IMODE(suite.password_file.stat().st_mode) == 0o600


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "school.example"])
def test_demo_passwords_are_never_served_to_others(host):
    with pytest.raises(GroundError) as caught:
        serve._refuse_public_demo(host, "small")

    assert f"not served on {host}" in caught.value.message
    serve._refuse_public_demo(host, "none")
    serve._refuse_public_demo("127.0.0.1", "small")


def test_template_base_holds_what_is_not_ours(addons):
    outside = outside_modules(addons)

    assert "mail" in outside
    assert not set(outside) & {addon.name for addon in addons}


def test_content_hash_sees_names_and_bytes_but_no_bytecode(place):
    def hash_now() -> str:
        return place.suite().ground.addons[0].content_hash()

    folder = place.root / "addons/harvest_base"
    before = hash_now()
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__/x.pyc").write_bytes(b"x")
    assert hash_now() == before

    (folder / "a.py").write_text("1")
    with_a = hash_now()
    (folder / "a.py").rename(folder / "b.py")
    assert len({before, with_a, hash_now()}) == 3
