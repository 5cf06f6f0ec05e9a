import ast
from pathlib import Path

from odoo.tests import tagged

from odoo.addons.harvest_base.tests.common import HarvestCommon

from ..const import ACTIONS, PURPOSES
from .common import audited

ROOT = Path(__file__).parents[3]
WRITERS = {"_log", "_log_now", "_audit", "_gr_audit"}


@tagged("post_install", "-at_install")
class TestEventLog(HarvestCommon):
    """The log as people read it."""

    def _event(self, user, **values):
        students = self.env["gr.student"].browse(values.pop("students", []))
        return (
            self.env["gr.audit.event"]
            .with_user(user)
            .new(
                {
                    "action": "read",
                    "model": "gr.student",
                    "subjects": students.ids,
                    "subject_count": len(students),
                    **values,
                }
            )
        )

    def test_many_students_are_two_names_and_a_count(self):
        students = self.student
        for number in range(4):
            students += self._make_student(self.site, f"Zoe {number}")
        self.user_program.group_ids += self.env.ref(
            "harvest_base.group_harvest_operations"
        )
        with audited(self.env) as events:
            text = self._event(self.user_program, students=students.ids).subject_text
        self.assertRegex(text, r"^[^,]+, [^,]+ and 3 others$")
        shown = [e for e in events if e.model == "gr.audit.event"]
        self.assertEqual(len(shown[0].subjects), 2)
        self.assertFalse([e for e in events if e.model == "gr.student"])

    def test_who_may_not_read_them_sees_how_many(self):
        reader = self.users["A"]
        ids = self.student.ids
        with audited(self.env) as events:
            event = self._event(reader, students=ids)
            self.assertEqual(event.subject_text, "1 student")
        self.assertFalse(event.subject_ids)
        self.assertFalse([e for e in events if e.subjects])

    def test_an_event_about_accounts_names_them(self):
        event = self._event(
            self.users["A"], model="res.users", res_ids=self.user_parent.ids
        )
        self.assertEqual(event.subject_text, self.user_parent.name)

    def test_details_and_facts_are_words(self):
        event = self._event(
            self.users["A"],
            detail='{"client": 3, "rows": 40}',
            fields_seen="id, birthdate, last_name",
        )
        self.assertEqual(event.detail_text, "client: 3 · rows: 40")
        self.assertEqual(event.facts, "Birthdate, Last Name")
        self.assertEqual(event.display_name, "Read")

    def test_kinds_have_names(self):
        kinds = dict(
            self.env["gr.audit.event"]._fields["model"]._description_selection(self.env)
        )
        self.assertEqual(kinds["gr.student"], "Student")
        self.assertNotIn("gr.student.record.mixin", kinds)

    def test_every_code_that_is_logged_has_a_label(self):
        codes, purposes = set(), set()
        ours = [*ROOT.glob("addons/*"), *ROOT.glob("harvest_*"), ROOT / "scripts"]
        for path in (path for folder in ours for path in folder.rglob("*.py")):
            if "tests" in path.parts:
                continue
            for found in _calls(path.read_text(encoding="utf-8")):
                codes.add(found[0])
                purposes.add(found[1])
        self.assertGreater(len(codes), 10)
        self.assertLessEqual(codes, set(dict(ACTIONS)))
        self.assertLessEqual(purposes - {None}, set(dict(PURPOSES)))


def _calls(code):
    """Yield (action, purpose) of calls that log by a literal code."""
    for node in ast.walk(ast.parse(code)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr not in WRITERS or not node.args:
            continue
        action = node.args[0]
        if isinstance(action, ast.Constant) and isinstance(action.value, str):
            purposes = [
                word.value.value
                for word in node.keywords
                if word.arg == "purpose" and isinstance(word.value, ast.Constant)
            ]
            yield action.value, next(iter(purposes), None)
