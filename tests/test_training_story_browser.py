"""A training from the first click to the gate that closes: the suite's promise, kept.

A coordinator builds a program by hand; three people ask for a place; one of them, by
telephone and in Spanish, learns, comes to the session, hands in homework and passes;
the certificate comes by mail and proves itself; it ends, and the gate says no.
"""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import pytest
from accessibility import faults
from backend import PATIENCE
from pypdf import PdfReader
from training_coordinator import EXAM, FIRST, PROGRAM, SECOND, Coordinator
from training_desk import Desk, shoot
from training_ground import LEARNER, Ground, Office, postbox, read_codes
from training_learner import Learner

SMALLEST = {"width": 320, "height": 640}  # CSS pixels, WCAG 1.4.10
PHONE = {"width": 390, "height": 844}
# From the last verified document to the letter, as they follow each other.
MAIL_JOBS = (
    "harvest_training.ir_cron_generate_completion_certificates",
    "harvest_training.ir_cron_notice_send",
    "mail.ir_cron_mail_scheduler_action",
)
MAIL = "harvest_training.mail_template_notice_certificate_issued"


@pytest.fixture
def tab(server, chromium):
    """Make a browser tab of somebody's own; none may ask another host than ours."""
    contexts, asked = [], set()

    def make(**options):
        context = chromium.new_context(base_url=server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
        return page

    yield make
    for context in contexts:
        context.close()
    assert asked - {""} == {urlsplit(server.url).netloc}


def test_a_training_from_the_first_click_to_the_gate(server, tab):
    office = Office(server)
    ground = Ground(office)
    ground.prepare()
    ground.make_course(FIRST, "Clean hands", "Sharp knives")
    ground.make_course(SECOND, "Cold and hot", "Allergens", exam=EXAM)
    desk = Desk(tab(timezone_id="America/Los_Angeles"), server)
    phone = tab(viewport=PHONE, has_touch=True, is_mobile=True)
    coordinator, learner = Coordinator(desk, ground), Learner(phone, ground.ana)

    with postbox(office) as box:
        build(coordinator)
        learn(coordinator, learner)
        pdf = receive_certificate(office, box, ground.spanish)
        [address] = read_codes(pdf)
        assert address.startswith(f"{server.url}/verify/")
        stranger = tab(viewport=SMALLEST)
        look_it_up(stranger, address, "success")
        coordinator.see_the_board("success")
        assert office.ask_gate(ground.ana.employee, "kitchen")["cleared"]

        ground.let_a_year_pass()
        look_it_up(stranger, address, "danger")
        coordinator.see_the_board("danger")
        answer = office.ask_gate(ground.ana.employee, "kitchen")

    assert not answer["cleared"]
    assert "Food handler card" in answer["reasons"][0]
    check_own_pages(phone)
    assert not desk.complaints.found, "\n".join(desk.complaints.found)


def build(coordinator: Coordinator) -> None:
    coordinator.build_program()
    coordinator.plan_the_session()
    coordinator.set_the_homework()
    coordinator.add_the_exam()
    coordinator.open_the_session()
    coordinator.design_the_certificate()
    coordinator.activate()
    coordinator.enroll_three()
    coordinator.decide()


def learn(coordinator: Coordinator, learner: Learner) -> None:
    """All that the program asks for, each by whose turn it is."""
    learner.log_in()
    learner.see_the_next_step()
    learner.learn("Clean hands", "Sharp knives")
    learner.book()
    coordinator.take_attendance()
    learner.learn("Cold and hot", "Allergens")
    learner.hand_in("Aquí está mi cocina.")
    coordinator.return_homework()
    learner.hand_in("Ahora con la estufa.")
    coordinator.accept_homework()
    learner.pass_the_exam()
    learner.send_the_document()
    coordinator.verify_the_document()


def receive_certificate(office: Office, box, language: str) -> bytes:
    """Return the PDF from the only mail that brings one, which is in Spanish."""
    for job in MAIL_JOBS:
        office.run_cron(job)
    [letter] = [
        letter for letter in box.letters_to(LEARNER) if list(letter.iter_attachments())
    ]
    subjects = {
        lang: office.get_subject(MAIL, lang).replace(
            "{{ object.program_id.name }}", PROGRAM
        )
        for lang in ("en_US", language)
    }
    assert letter["Subject"] == subjects[language] != subjects["en_US"]
    files = {
        part.get_content_type(): part.get_content()
        for part in letter.iter_attachments()
    }
    assert set(files) == {"application/pdf", "image/png"}
    assert b"openbadgecredential" in files["image/png"]
    paper = PdfReader(io.BytesIO(files["application/pdf"]))
    assert paper.root_object["/Lang"].startswith("es")
    return files["application/pdf"]


def look_it_up(page, address: str, result: str) -> None:
    """Somebody who was shown the paper points a telephone at it."""
    page.goto(address)
    page.locator(f"#wrap .alert-{result}").wait_for()
    shoot(page, f"41_phone_verified_{result}")
    assert faults(page) == []


def check_own_pages(phone) -> None:
    phone.set_viewport_size(SMALLEST)
    for path in ("/my/training", "/my/training/history", "/my/training/certificates"):
        phone.goto(path)
        phone.wait_for_load_state("networkidle")
        shoot(phone, f"43_phone_{path.rsplit('/', 1)[-1]}")
        assert faults(phone) == [], path
