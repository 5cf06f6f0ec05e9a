"""A parent asks for the child's record, and has it: the clock, the mail, the proof.

The compliance manager works in the backend; the parent opens the mail's link by
telephone and checks the archive with the key that the district publishes.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from accessibility import faults, overflow
from training_desk import Desk, shoot
from training_ground import Office, postbox

from odoo.addons.harvest_privacy import archive

PHONE = {"width": 390, "height": 844}
PARENT = "parent.of.story@example.org"
PATIENCE = 60_000  # ms until a step counts as not reached
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def tab(server, chromium):
    """Make a browser tab of somebody's own."""
    contexts = []

    def make(**options):
        context = chromium.new_context(base_url=server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def family(server) -> dict[str, str]:
    """A child of the demo and one parent, who now has an address for mail."""
    [(student, partner, adult)] = server.query(
        """SELECT s.name, p.id, p.name FROM gr_guardianship g
             JOIN gr_student s ON s.id = g.student_id AND s.learner_type = 'pupil'
             JOIN res_partner p ON p.id = g.partner_id
            WHERE g.active AND g.court_limit = 'none' AND g.date_end IS NULL
              AND s.site_id IS NOT NULL AND s.active
              AND s.company_id = (SELECT company_id FROM res_users
                                   WHERE login = 'compliance')
              AND NOT EXISTS (SELECT FROM gr_student o
                               WHERE o.name = s.name AND o.id <> s.id)
            ORDER BY s.id LIMIT 1"""
    )
    server.query("UPDATE res_partner SET email = %s WHERE id = %s", PARENT, partner)
    return {"student": student, "adult": adult}


def test_a_parents_request_runs_to_delivery(server, tab, family, tmp_path):
    office = Office(server)
    office.call("ir.config_parameter", "set_param", "web.base.url", server.url)
    desk = Desk(tab(), server)
    with postbox(office) as box:
        desk.sit_down("compliance")
        enter_request(desk, family)
        see_the_clock(desk)
        confirm_identity(desk)
        decide_parts(desk)
        deliver(desk)
        office.run_cron("mail.ir_cron_mail_scheduler_action")
        [letter] = box.letters_to(PARENT)
    body = letter.get_body(("html",)).get_content()
    [address] = set(re.findall(rf"{re.escape(server.url)}/records/[\w-]{{20,}}", body))

    phone = tab(viewport=PHONE, is_mobile=True, accept_downloads=True)
    file = download(phone, address, tmp_path)
    manifest = archive.verify(file.read_bytes(), published_key(phone, server))
    assert manifest["student"] == family["student"]
    assert "record.pdf" in {entry["path"] for entry in manifest["files"]}

    phone.goto(address[:-4])
    assert phone.get_by_text("does not work any more").is_visible()
    assert not desk.complaints.found, "\n".join(desk.complaints.found)


def test_a_withdrawal_on_the_phone_is_seen_by_everybody(server, tab):
    """A mother takes her yes to photos back; the photo is gone, and staff sees why."""
    office = Office(server)
    child = prepare_photo(office)
    phone = tab(viewport=PHONE, is_mobile=True)
    sign_in(phone, server, "mother")
    page = f"/my/children/{child['id']}"

    decide(phone, page, "given")
    phone.goto(page)
    assert phone.locator("img.o_harvest_photo").count() == 1
    decide(phone, page, "withdrawn")
    phone.goto(page)
    assert phone.locator("img.o_harvest_photo").count() == 0
    for path in (page, f"{page}/privacy", "/my/security"):
        phone.goto(path)
        assert faults(phone) == [], path
        assert overflow(phone) <= 0, path

    desk = Desk(tab(), server)
    desk.sit_down("compliance")
    desk.go("Privacy/Consents/Consents Today")
    desk.search(child["name"])
    desk.open_row("Withdrawn")
    form = desk.form
    assert form.get_by_text("The photo was removed").count() == 1
    assert form.get_by_text("Family portal, signed in").count() == 1
    shoot(desk.page, "privacy-withdrawal-staff")
    with pytest.raises(RuntimeError, match="no consent to a photo"):
        office.call("gr.student", "write", [child["id"]], {"image_1920": PIXEL})
    assert not desk.complaints.found, "\n".join(desk.complaints.found)


def prepare_photo(office: Office) -> dict:
    """Publish the text, and put a photo on a child of the demo's mother."""
    purpose = office.ref("harvest_privacy.gr_consent_purpose_photo")
    for code, title in (("en", "Photos and media"), ("es", "Fotos y medios")):
        text = office.make(
            "gr.consent.text",
            purpose_id=purpose,
            language_id=office.ref(f"harvest_base.gr_language_{code}"),
            title=title,
            body="<p>May we? ¿Podemos?</p>",
            records="Photo",
            recipients="The program's pages",
        )
        office.call("gr.consent.text", "action_publish", [text])
    [user] = office.find("res.users", ("login", "=", "mother"), fields=("partner_id",))
    links = ("guardianship_ids.partner_id", "=", user["partner_id"][0])
    child = office.find("gr.student", links, fields=("name",))[0]
    office.call("gr.student", "write", [child["id"]], {"image_1920": PIXEL})
    return child


def sign_in(page, server, login: str) -> None:
    password = next(row[1] for row in server.logins if row[0] == login)
    page.goto("/web/login")
    page.fill("#login", login)
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_url("**/my")


def decide(phone, child: str, decision: str) -> None:
    """Find the way from the child's page by links, and press the button."""
    phone.goto(child)
    phone.locator(f"main a[href$='{child}/privacy']").last.click()
    phone.locator("main a[href*='/consents/']").first.click()
    phone.wait_for_url("**/consents/*")
    assert faults(phone) == []
    shoot(phone, f"families-consent-{decision}")
    phone.locator(f"button[name=decision][value={decision}]").click()
    phone.wait_for_load_state()
    shoot(phone, f"families-consent-after-{decision}")
    assert phone.locator(f"button[name=decision][value={decision}]").count() == 0


def enter_request(desk: Desk, family) -> None:
    desk.go("Privacy/Families' Requests/Records Requests")
    shoot(desk.page, "records-requests-board")
    desk.new()
    desk.choose("student_id", family["student"])
    desk.select("kind", "Take the record along (archive)")
    desk.choose("guardianship_id", family["adult"])
    desk.save()


def see_the_clock(desk: Desk) -> None:
    """Five business days: in time, and the law beside it."""
    form = desk.form
    assert (
        form.get_by_text("EC 49069.7").count()
        or form.get_by_text("Family may see the record within, California").count()
    )
    assert form.locator(".o_field_widget[name='light']").first.inner_text() in (
        "In Time",
        "Due Soon",
    )
    assert desk.field("due_date").inner_text()
    shoot(desk.page, "records-request-clock")


def confirm_identity(desk: Desk) -> None:
    desk.select("identity_method", "Photo ID, seen in person")
    desk.press("Confirm Identity")
    desk.wait_for_state("In Preparation")


def decide_parts(desk: Desk) -> None:
    desk.turn_to("Parts")
    shoot(desk.page, "records-request-parts")
    waiting = desk.field("item_ids").get_by_role("button", name="Goes Out")
    while waiting.count():
        before = waiting.count()
        waiting.first.click()
        desk.page.wait_for_function(
            "count => [...document.querySelectorAll('[name=item_ids] button')].filter("
            "button => button.name === 'action_include').length < count",
            arg=before,
        )
        desk.calm()
    desk.press("Make the Archive")
    desk.wait_for_state("Ready")


def deliver(desk: Desk) -> None:
    desk.press("Deliver")
    desk.wait_for_state("Delivered")
    shoot(desk.page, "records-request-delivered")


def download(phone, address: str, folder: Path) -> Path:
    phone.goto(urlsplit(address).path)
    assert faults(phone) == []
    shoot(phone, "records-request-download")
    with phone.expect_download() as coming:
        phone.get_by_role("button", name=re.compile("Download")).click()
    file = folder / "archive.zip"
    coming.value.save_as(file)
    return file


def published_key(phone, server) -> str:
    text = phone.request.get(f"{server.url}/records/keys").text()
    keys = re.findall(
        r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----\n", text, re.S
    )
    assert len(keys) == 1
    return keys[0]
