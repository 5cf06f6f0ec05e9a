"""The main job in a browser: drop a district's roster, see what it changes, apply it.

The roster is of an invented district that the demo does not have, read into a system of
its own, so that the tests stay apart from each other and from the demo's records.
"""

from __future__ import annotations

import base64
import uuid
import zipfile
from pathlib import Path

import pytest
from backend import Backend

from odoo.addons.harvest_base.fixtures.oneroster import write_oneroster

STUDENTS = 40
SITES = 2
SEED = 77  # not the demo's
DROP = """(zone, [name, content]) => {
    const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, {type: "application/zip"}));
    for (const type of ["dragover", "drop"]) {
        zone.dispatchEvent(new DragEvent(
            type, {dataTransfer: transfer, bubbles: true, cancelable: true}));
    }
}"""
WORK = 180_000  # ms for a background job to be taken up and done


@pytest.fixture(scope="module")
def roster(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("roster")
    made, path = folder / "made.zip", folder / "roster.zip"
    write_oneroster(made, students=STUDENTS, sites=SITES, seed=SEED)
    # The generator's state ids are the demo's: nobody here is one of its students.
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"SSID:99", b"SSID:98"))
    return path


@pytest.fixture
def backend(page, server):
    """A browser, and a district system (``system``) from which nothing came yet."""
    name = f"SIS {uuid.uuid4().hex[:8]}"
    server.query(
        """INSERT INTO gr_sync_connection
                  (name, adapter, id_space, tenant, encoding, company_id, active,
                   time_zone, interval_hours, full_days, silence_hours,
                   take_new_schools)
           SELECT %s, 'oneroster_csv', 'oneroster', %s, 'utf-8', company_id, TRUE,
                  'America/Los_Angeles', 24, 7, 48, TRUE
             FROM res_users WHERE login = 'technology'""",
        name,
        name,
    )
    backend = Backend(page, server)
    backend.system = name
    yield backend
    assert not backend.complaints.found, "\n".join(backend.complaints.found)


def test_roster_is_dropped_previewed_applied_and_then_says_no_change(backend, roster):
    page = backend.page
    backend.log_in("technology")

    upload(backend, roster, by="drop")
    wait_for_state(page, "To Review")
    lines = page.locator("[name='site_line_ids'] .o_data_row")
    assert lines.count() >= SITES
    assert sum(numbers(lines, "student_new")) == STUDENTS
    assert sum(numbers(lines, "student_before")) == 0

    page.get_by_role("button", name="Apply", exact=True).click()
    wait_for_state(page, "Applied")
    assert "changes were applied" in page.locator(".alert-success").first.inner_text()
    assert page.get_by_text("changes had an error").is_visible() is False

    site = next(
        name
        for name, new in zip(
            texts(lines, "name"), numbers(lines, "student_new"), strict=True
        )
        if new
    )
    students = open_site_students(backend, site)
    assert students > 0

    upload(backend, roster, by="choice")
    wait_for_state(page, "Applied")
    assert "No changes" in page.locator(".alert-success").first.inner_text()


def test_truncated_roster_is_refused_and_says_what_to_do(backend, roster, tmp_path):
    whole = roster.read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: len(whole) // 2])

    backend.log_in("technology")
    upload(backend, cut, by="choice")
    wait_for_state(backend.page, "Refused")

    alert = backend.page.locator(".alert-danger").inner_text()
    assert "Nothing was changed" in alert
    assert "again" in alert  # the remedy: export or download it again


def upload(backend, path, *, by):
    """Give a file to District > Import a Roster and ask for its preview."""
    page = backend.page
    menu = next(
        menu for menu in backend.menus() if menu["path"][-1] == "Import a Roster"
    )
    backend.open_menu(menu["id"])
    page.fill(".modal [name='connection_id'] input", backend.system)
    page.get_by_role("option", name=backend.system, exact=True).click()
    if by == "drop":
        content = base64.b64encode(path.read_bytes()).decode()
        zone = page.locator(".modal .o_harvest_file_drop")
        zone.evaluate(DROP, [path.name, content])
    else:
        page.set_input_files(".modal .o_harvest_file_drop input[type=file]", path)
    page.wait_for_selector(".modal .o_harvest_file_drop input.o_input[readonly]")
    page.get_by_role("button", name="Read and Preview").click()
    page.wait_for_selector(".modal", state="detached")


def wait_for_state(page, label):
    """Wait, as a person does, until the form itself says so."""
    current = ".o_statusbar_status .o_arrow_button_current"
    page.locator(current, has_text=label).wait_for(timeout=WORK)


def open_site_students(backend, site):
    """Open a site from the list, press its students, count them."""
    page = backend.page
    menu = next(menu for menu in backend.menus() if menu["path"] == ["Sites", "Sites"])
    backend.open_menu(menu["id"])
    backend.switch_to("list")
    page.get_by_role("cell", name=site, exact=True).first.click()
    page.click(".oe_stat_button[name='action_view_students']")
    page.wait_for_selector(".o_data_row, .o_kanban_record")
    backend.calm()
    return page.locator(".o_data_row, .o_kanban_record:not(.o_kanban_ghost)").count()


def texts(lines, field):
    return [
        text.strip() for text in lines.locator(f"[name='{field}']").all_inner_texts()
    ]


def numbers(lines, field):
    return [int(text.replace(",", "")) for text in texts(lines, field)]
