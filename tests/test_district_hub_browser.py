"""The hub in a browser: connect a system, preview, apply, prove, hold, decide, undo.

The peers are the doubles of ``harvest_district/tests/doubles``: servers that speak each
vendor's documented protocol on loopback. Each connection reads a district of its own.
"""

from __future__ import annotations

import uuid

import pytest
from backend import Backend

from odoo.addons.harvest_district.tests.doubles import (
    aeries,
    clever,
    oneroster,
    powerschool,
)
from odoo.addons.harvest_district.tests.doubles.aeries import Aeries
from odoo.addons.harvest_district.tests.doubles.clever import Clever
from odoo.addons.harvest_district.tests.doubles.district import (
    empty_school,
    make_district,
    people_of,
    school_ids,
)
from odoo.addons.harvest_district.tests.doubles.oneroster import OneRosterDouble
from odoo.addons.harvest_district.tests.doubles.powerschool import PowerSchool
from odoo.addons.harvest_district.tests.doubles.server import Double

SCHOOLS, STUDENTS = 3, 12  # per school
WORK = 180_000  # ms for background jobs to be taken up and done


@pytest.fixture
def backend(page, server):
    """A browser in which the technology officer of an empty district is logged in."""
    backend = Backend(page, server)
    server.query(
        "INSERT INTO ir_config_parameter (key, value) VALUES (%s, '127.0.0.1')"
        " ON CONFLICT (key) DO UPDATE SET value = '127.0.0.1'",
        "harvest_district.trusted_hosts",
    )
    yield backend
    assert not backend.complaints.found, "\n".join(backend.complaints.found)


class Peer:
    """A district system on loopback, and how a person connects it.

    :param way: what the wizard calls it
    :param access: what is filled in, by field
    """

    def __init__(self, app, way: str, **access: str) -> None:
        self.app = app
        self.way = way
        self.access = access
        self.double = Double(app)

    @property
    def fields(self) -> dict[str, str]:
        return {
            name: text.replace("{url}", self.double.url)
            for name, text in self.access.items()
        }


def own_district(number: int):
    """An invented district that shares no number with the others or with the demo."""
    tables = make_district(SCHOOLS, STUDENTS)
    for org in tables["orgs"]:
        if org.get("identifier"):
            org["identifier"] = f"{number}{org['identifier'][1:]}"
        org["name"] = f"{org['name']} {number}"
    for user in tables["users"]:
        user["identifier"] = user.get("identifier") and f"{number}{user['identifier']}"
        user["userIds"] = user.get("userIds", "").replace("SSID:9", f"SSID:{number}")
    return tables


@pytest.fixture
def peers():
    made = []

    def make(app, way, **access):
        made.append(Peer(app, way, **access))
        return made[-1]

    yield make
    for peer in made:
        peer.double.close()


def make_oneroster(peers, tables):
    app = OneRosterDouble(tables)
    return peers(
        app,
        "OneRoster API",
        base_url="{url}" + app.base,
        token_url="{url}" + app.style.token,
        client_id=oneroster.KEY,
        secret=oneroster.SECRET,
    )


def make_powerschool(peers, tables):
    return peers(
        PowerSchool(tables),
        "PowerSchool API",
        base_url="{url}",
        client_id=powerschool.CLIENT,
        secret=powerschool.SECRET,
    )


def make_clever(peers, tables):
    return peers(
        Clever(tables), "Clever API", base_url="{url}/v3.0", secret=clever.TOKEN
    )


def make_aeries(peers, tables):
    return peers(
        Aeries(tables),
        "Aeries API",
        base_url="{url}/aeries",
        secret=aeries.CERTIFICATE,
        database_year="2026",
    )


MAKERS = (make_oneroster, make_powerschool, make_clever, make_aeries)


@pytest.mark.parametrize("number", range(len(MAKERS)))
def test_a_system_is_connected_previewed_applied_and_proved(backend, peers, number):
    peer = MAKERS[number](peers, own_district(number + 2))
    page = backend.page
    backend.log_in("technology")
    connect(backend, peer)
    wait_for_state(page, "To Review")
    assert sum(figures(page, "student_new")) >= SCHOOLS * STUDENTS

    page.get_by_role("button", name="Apply", exact=True).click()
    wait_for_state(page, "Applied")
    assert "Proof 100" in page.locator(".alert-success").all_inner_texts()[-1]


def test_a_broken_school_is_held_decided_and_rolled_back(backend, peers, server):
    tables = own_district(7)
    peer = make_oneroster(peers, tables)
    page = backend.page
    backend.log_in("technology")
    name = connect(backend, peer)
    wait_for_state(page, "To Review")
    page.get_by_role("button", name="Apply", exact=True).click()
    wait_for_state(page, "Applied")
    before = count_students(server, name)

    # One school is emptied there, and a name is changed at another.
    broken = empty_school(tables, school_ids(tables)[0])
    someone = min(people_of(broken, school_ids(tables)[2]))
    renamed = next(row for row in broken["users"] if row["sourcedId"] == someone)
    renamed["familyName"] = "Renombrada"
    peer.app.replace(broken)
    read_now(backend, name)
    wait_for_state(page, "To Review")
    page.get_by_role("button", name="Apply", exact=True).first.click()
    wait_for_state(page, "Applied, Sites Held")
    assert "1 site(s) held" in page.locator(".alert-warning").first.inner_text()
    assert count_students(server, name) == before
    assert server.query(
        "SELECT 1 FROM gr_student WHERE last_name = 'Renombrada' AND active"
    )

    # A person looks and lets them go; then thinks better of it.
    row = page.locator("[name='site_line_ids'] .o_data_row", has_text="would leave")
    row.get_by_role("button", name="Apply").click()
    page.locator(".modal").get_by_role("button", name="Ok").click()
    wait_for_state(page, "Applied")
    assert count_students(server, name) < before
    page.get_by_role("button", name="Roll Back").click()
    undo = page.locator(".modal")
    undo.locator("[name='reason'] textarea, [name='reason'] input").fill("Wrong year")
    undo.get_by_role("button", name="Roll Back").click()
    wait_for_state(page, "Rolled Back")
    assert count_students(server, name) == before
    [(paused,)] = server.query(
        "SELECT is_paused FROM gr_sync_connection WHERE name = %s", name
    )
    assert paused


def connect(backend, peer) -> str:
    """Connect a system by the wizard, up to its first reading; return its name."""
    page = backend.page
    menu = next(
        menu
        for menu in backend.menus()
        if menu["path"][-1] == "Connect a District System"
    )
    backend.open_menu(menu["id"])
    dialog = page.locator(".modal")
    dialog.get_by_label(peer.way, exact=True).check()
    backend.calm()
    name = f"{peer.way} {uuid.uuid4().hex[:6]}"
    dialog.locator("[name='name'] input").fill(name)
    dialog.get_by_role("button", name="Next").click()
    for field, text in peer.fields.items():
        dialog.locator(f"[name='{field}'] input").fill(text)
    dialog.get_by_role("button", name="Test the Connection").click()
    dialog.get_by_role("button", name="Test Again").wait_for()
    assert not dialog.locator(".o_harvest_sync_steps .fa-times").count()
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("button", name="Read the First Roster").click()
    return name


def read_now(backend, name) -> None:
    page = backend.page
    menu = next(m for m in backend.menus() if m["path"][-1] == "District Systems")
    backend.open_menu(menu["id"])
    row = page.locator(".o_data_row", has_text=name)
    row.get_by_role("button", name="Read Now").click()


def wait_for_state(page, label) -> None:
    """Wait, as a person does, until the form itself says so."""
    current = ".o_statusbar_status .o_arrow_button_current"
    page.locator(current).get_by_text(label, exact=True).wait_for(timeout=WORK)


def figures(page, field) -> list[int]:
    cells = page.locator(f"[name='site_line_ids'] .o_data_row td[name='{field}']")
    return [int(text.replace(",", "")) for text in cells.all_inner_texts()]


def count_students(server, name) -> int:
    """Active students who came by a connection."""
    [(count,)] = server.query(
        """SELECT count(*) FROM gr_student s
             JOIN gr_external_ref r ON r.model = 'gr.student' AND r.res_id = s.id
             JOIN gr_sync_connection c ON c.id_space = r.source AND c.tenant = r.tenant
            WHERE s.active AND c.name = %s""",
        name,
    )
    return count
