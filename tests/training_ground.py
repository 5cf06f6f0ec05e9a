"""What the story of a training needs before it begins: people, courses, post.

Everything here is invented. Programs, sessions, homework, exams and certificates are
not made here: the story makes them by hand.
"""

from __future__ import annotations

import email
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import EmailMessage
from email.policy import default as modern

import pypdfium2
import requests
import zxingcpp
from aiosmtpd.controller import Controller

from scripts.launcher.ports import free_port

LOGIN = PASSWORD = "admin"  # of Odoo's own administrator in the template
SECRET = "seven quiet herons wade"  # of every invented learner
LEARNER = "ana@example.org"
CORRECT, WRONG = "60 °C and above", "Lukewarm"
GATE = """
person = env["hr.employee"].browse(%(employee)d)
answer = env["gr.staff.clearance"].is_cleared(person, "%(task)s", datetime.date.today())
infos = {"cleared": answer.cleared, "reasons": answer.reasons}
action = {"type": "ir.actions.act_window_close", "infos": infos}
"""
PRINTED = 3  # scale at which a page is looked at: 216 dpi, as a telephone sees it


class Office:
    """The administrator's desk: sets up, lets time pass, asks the gate."""

    def __init__(self, server) -> None:
        self.url, self.query = server.url, server.query
        self._session = requests.Session()
        self._post(
            "/web/session/authenticate", db=server.database, login=LOGIN,
            password=PASSWORD,
        )  # fmt: skip

    def _post(self, path: str, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self._session.post(self.url + path, json=body, timeout=60).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer.get("result")  # a method that returns nothing has none

    def call(self, model: str, method: str, *args, **options):
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model, method=method, args=args, kwargs=options,
        )  # fmt: skip

    def make(self, model: str, **values) -> int:
        return self.call(model, "create", [values])[0]

    def find(self, model: str, *domain, fields=("id",)) -> list[dict]:
        return self.call(model, "search_read", list(domain), list(fields))

    def ref(self, xmlid: str) -> int:
        module, name = xmlid.split(".")
        [data] = self.find(
            "ir.model.data", ("module", "=", module), ("name", "=", name),
            fields=("res_id",),
        )  # fmt: skip
        return data["res_id"]

    def get_subject(self, xmlid: str, language: str) -> str:
        """Return the subject of a mail template in a language."""
        template = self.ref(xmlid)
        [mail] = self.call(
            "mail.template", "read", [template], ["subject"], context={"lang": language}
        )
        return mail["subject"]

    def ask_gate(self, employee: int, task: str) -> dict:
        """Return what the gate says of today: ``cleared`` and ``reasons``.

        Scheduling asks it in the system; from outside a server action does.
        """
        action = self.make(
            "ir.actions.server",
            name="Ask the gate",
            model_id=self.ref("harvest_clearance.model_gr_staff_clearance"),
            state="code",
            code=GATE % {"employee": employee, "task": task},
        )
        return self.call("ir.actions.server", "run", [action])["infos"]

    def run_cron(self, xmlid: str) -> None:
        """Run a scheduled job now, as its day would; wait if it runs by itself."""
        for patience in range(30, -1, -1):
            try:
                self.call("ir.cron", "method_direct_trigger", [self.ref(xmlid)])
                return
            except RuntimeError as error:
                if not patience or "already executing" not in str(error):
                    raise
                time.sleep(1)


class Postbox:
    """A mail server on loopback that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, _server, _session, envelope) -> str:
        letter = email.message_from_bytes(envelope.content, policy=modern)
        self.letters.append(letter)
        return "250 kept"

    def open(self) -> None:
        self._controller.start()

    def close(self) -> None:
        self._controller.stop()

    def letters_to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if address in letter["To"]]


@contextmanager
def postbox(office: Office):
    """Let the system send its mail to a box of ours."""
    box = Postbox()
    box.open()
    try:
        server = office.make(
            "ir.mail_server",
            name="Loopback",
            smtp_host="127.0.0.1",
            smtp_port=box.port,
            smtp_encryption="none",
            sequence=1,
        )
        try:
            yield box
        finally:  # else the box of the next test is never asked
            office.call("ir.mail_server", "unlink", [server])
    finally:
        box.close()


@dataclass(frozen=True)
class Person:
    """A member of staff, and the account if there is one."""

    name: str
    employee: int
    login: str = ""


class Ground:
    """The district's people and courses; ids by what they are."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.query = office.query
        [self.company] = office.find("res.company", ("id", "=", 1), fields=("name",))
        sites = office.find(
            "gr.site", ("company_id", "=", self.company["id"]), fields=("name",)
        )
        self.site, self.other_site = sites[:2]
        [self.kitchen] = office.find("gr.staff.task", ("code", "=", "kitchen"))
        [spanish] = office.find("res.lang", ("code", "=like", "es_%"), fields=("code",))
        self.spanish = spanish["code"]

    def prepare(self) -> None:
        """Three of the kitchen's staff; one has an account and reads Spanish."""
        self.office.call(
            "ir.config_parameter", "set_param", "web.base.url", self.office.url
        )
        self.ana = self.hire("Ana Belén Ríos", self.site, LEARNER, self.spanish)
        self.bruno = self.hire("Bruno Castel", self.other_site)
        self.carla = self.hire("Carla Dorn", self.other_site)
        self.clear(self.ana, but="FOODH")

    def let_a_year_pass(self) -> None:
        """Ana's certificate and what it was good for ended a month ago."""
        self.query(
            "UPDATE gr_certificate SET issued_on = issued_on - 400,"
            " expires_on = current_date - 30 WHERE holder_name = %s",
            self.ana.name,
        )
        self.query(
            "UPDATE gr_staff_credential SET issued = issued - 400,"
            " card_expires = current_date - 30 WHERE source = 'training'"
            " AND employee_id = %s",
            self.ana.employee,
        )
        self.office.run_cron("harvest_training.ir_cron_certificate_expire")
        self.office.run_cron("harvest_clearance.ir_cron_refresh_clearance")

    def hire(self, name: str, site: dict, login: str = "", lang: str = "") -> Person:
        """Enter an employee of the kitchen, with a portal account if asked for."""
        values = {
            "name": name,
            "company_id": self.company["id"],
            "gr_site_ids": [site["id"]],
            "gr_task_ids": [self.kitchen["id"]],
            "gr_start_date": days_from_now(-100),
        }
        if login:
            values["work_contact_id"] = self._open_account(name, login, lang)
        return Person(name, self.office.make("hr.employee", **values), login)

    def _open_account(self, name: str, login: str, lang: str) -> int:
        user = self.office.make(
            "res.users",
            name=name,
            login=login,
            email=login,
            password=SECRET,
            lang=lang or "en_US",
            tz="America/Los_Angeles",
            company_id=self.company["id"],
            company_ids=[self.company["id"]],
            group_ids=[self.office.ref("base.group_portal")],
        )
        [row] = self.office.find("res.users", ("id", "=", user), fields=("partner_id",))
        return row["partner_id"][0]

    def clear(self, person: Person, but: str) -> None:
        """Show everything that this person needs, except one requirement (its code)."""
        rows = self.office.find(
            "gr.staff.clearance",
            ("employee_id", "=", person.employee),
            ("requirement_id.code", "!=", but),
            fields=("requirement_id",),
        )
        for row in rows:
            credential = self.office.make(
                "gr.staff.credential",
                employee_id=person.employee,
                requirement_id=row["requirement_id"][0],
                site_id=self.site["id"],
                issued=days_from_now(-1),
            )
            self.office.call("gr.staff.credential", "action_verify", [credential])

    def make_course(self, name: str, *lessons: str, exam: str = "") -> int:
        """Publish an eLearning course for members; ``exam`` ends it."""
        course = self.office.make(
            "slide.channel",
            name=name,
            enroll="invite",
            visibility="members",
            is_published=True,
        )
        for number, lesson in enumerate(lessons):
            self._make_lesson(
                course, lesson, number,
                slide_category="article",
                html_content=f"<h2>{lesson}</h2><p>Read it, then try it.</p>",
            )  # fmt: skip
        if exam:
            self._make_lesson(
                course, exam, len(lessons),
                slide_category="certification",
                survey_id=self._make_exam(exam),
            )  # fmt: skip
        return course

    def _make_lesson(self, course: int, name: str, place: int, **values) -> None:
        self.office.make(
            "slide.slide",
            name=name,
            channel_id=course,
            sequence=place,
            is_published=True,
            completion_time=0.25,
            **values,
        )

    def _make_exam(self, name: str) -> int:
        question = {
            "title": "How hot is food kept?",
            "question_type": "simple_choice",
            "constr_mandatory": True,
            "suggested_answer_ids": [
                (0, 0, {"value": CORRECT, "is_correct": True, "answer_score": 1}),
                (0, 0, {"value": WRONG, "answer_score": 0}),
            ],
        }
        return self.office.make(
            "survey.survey",
            title=name,
            scoring_type="scoring_with_answers",
            scoring_success_min=80,
            certification=True,
            users_login_required=True,
            access_mode="token",
            question_and_page_ids=[(0, 0, question)],
        )


def days_from_now(days: int) -> str:
    """Return a day as Odoo writes it; yesterday is over everywhere."""
    return (date.today() + timedelta(days)).isoformat()


def read_codes(pdf: bytes) -> list[str]:
    """Return what the QR codes on the first page of a PDF say, as printed."""
    printed = pypdfium2.PdfDocument(pdf)[0].render(scale=PRINTED).to_pil()
    return [code.text for code in zxingcpp.read_barcodes(printed)]
