import base64
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ClearanceCommon

HEADER = "Employee ID,Course Title,Completion Date,Hours,Provider,Certificate Number\n"


@tagged("post_install", "-at_install")
class TestImport(ClearanceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls.user_operations
        cls.user.gr_scope = "district"
        cls.pat = cls._make_employee(
            gr_employee_number="00123", work_email="pat@example.org"
        )
        cls.kim = cls._make_employee(
            "Kim Prueba", site=cls.other_site, gr_employee_number="00124"
        )
        cls.training = cls._requirement("MANDREP")
        cls.training.course_titles = "Keenan: Child Abuse\nReporting 2026"

    def _import(self, text, *, check=True):
        content = text if isinstance(text, bytes) else text.encode()
        result = (
            self.env["gr.staff.import"]
            .with_user(self.user)
            .create(
                {
                    "file": base64.b64encode(content),
                    "file_name": "pd.csv",
                    "company_id": self.district.id,
                }
            )
        )
        if check:
            result.action_check()
        return result

    def _results(self, one):
        return [(line.number_in_file, line.result) for line in one.line_ids]

    def _credentials(self):
        return self.env["gr.staff.credential"].search(
            [("employee_id", "in", (self.pat | self.kim).ids)]
        )

    GOOD = (
        HEADER
        + "00123,MANDREP,9/14/2026,2.5,Keenan,K-77\n"
        + "124,keenan: child  abuse,9/15/2026,,,\n"
    )

    def test_a_check_changes_nothing(self):
        one = self._import(self.GOOD)

        self.assertEqual(self._results(one), [(2, "create"), (3, "create")])
        self.assertEqual(one.line_ids.employee_id, self.pat | self.kim)
        self.assertEqual((one.create_count, one.problem_count), (2, 0))
        self.assertFalse(self._credentials())

    def test_applying_creates_verified_credentials_with_their_origin(self):
        one = self._import(self.GOOD)
        one.action_apply()

        self.assertEqual(one.state, "done")
        self.assertRecordValues(
            self._credentials().sorted("issued"),
            [
                {
                    "employee_id": self.pat.id,
                    "requirement_id": self.training.id,
                    "issued": date(2026, 9, 14),
                    "hours": 2.5,
                    "issuer": "Keenan",
                    "number": "K-77",
                    "state": "verified",
                    "source": "import",
                    "source_id": one.line_ids[0].id,
                },
                {
                    "employee_id": self.kim.id,
                    "requirement_id": self.training.id,
                    "issued": date(2026, 9, 15),
                    "hours": 0,
                    "issuer": False,
                    "number": False,
                    "state": "verified",
                    "source": "import",
                    "source_id": one.line_ids[1].id,
                },
            ],
        )

    def test_the_same_file_twice_doubles_nothing(self):
        self._import(self.GOOD).action_apply()
        again = self._import(self.GOOD)

        self.assertEqual(self._results(again), [(2, "exists"), (3, "exists")])
        with self.assertRaises(UserError):
            again.action_apply()
        self.assertEqual(len(self._credentials()), 2)

    def test_two_checks_before_the_first_is_applied_double_nothing(self):
        one, two = self._import(self.GOOD), self._import(self.GOOD)
        one.action_apply()
        with self.assertRaises(UserError):
            two.action_apply()
        self.assertEqual(len(self._credentials()), 2)

    def test_a_line_twice_in_a_file_counts_once(self):
        line = "00123,MANDREP,9/14/2026,,,\n"
        one = self._import(HEADER + line + line)

        self.assertEqual(self._results(one), [(2, "create"), (3, "exists")])
        self.assertIn("line 2", one.line_ids[1].message)

    def test_each_problem_has_its_line_and_what_to_do(self):
        one = self._import(
            HEADER
            + "999,MANDREP,9/14/2026,,,\n"
            + "00123,Basket Weaving,9/14/2026,,,\n"
            + "00123,MANDREP,31/31/2026,,,\n"
            + "pat@example.org,PRIN,9/14/2026,,,\n"
            + "PAT@EXAMPLE.ORG,MANDREP,9/14/2026,,,\n"
            + "00123,MANDREP,9/1"
        )

        self.assertEqual(
            self._results(one),
            [
                (2, "person"),
                (3, "course"),
                (4, "unreadable"),
                (5, "refused"),
                (6, "create"),
                (7, "unreadable"),
            ],
        )
        for line in one.line_ids - one.line_ids[4]:
            with self.subTest(line=line.number_in_file):
                self.assertRegex(line.message, r"\w+\. [A-Z]|\. ")
        self.assertEqual(one.problem_count, 5)
        one.action_apply()
        self.assertEqual(len(self._credentials()), 1)

    def test_every_problem_of_the_reader_has_words(self):
        line = self.env["gr.staff.import.line"]
        codes = [
            "too_large",
            "not_text",
            "empty",
            "no_column",
            "broken",
            "cells",
            "no_person",
            "no_course",
            "no_completed",
            "bad_date",
            "future",
            "ends_before",
            "bad_hours",
            "no_such_person",
            "many_people",
            "no_such_course",
            "needs_site",
            "issuer",
            "same_line",
        ]
        for code in codes:
            told = line.new({"problem": code, "problem_value": "x"}).message
            with self.subTest(code=code):
                self.assertGreater(len(told), 15)

    def test_a_shared_address_is_not_guessed(self):
        self.kim.work_email = "pat@example.org"
        one = self._import(HEADER + "pat@example.org,MANDREP,9/14/2026,,,\n")

        self.assertEqual(self._results(one), [(2, "person")])
        self.assertIn("Several", one.line_ids.message)

    def test_people_of_another_district_are_not_known(self):
        self._make_employee("Far", site=self.foreign_site, gr_employee_number="777")
        one = self._import(HEADER + "777,MANDREP,9/14/2026,,,\n")

        self.assertEqual(self._results(one), [(2, "person")])

    def test_a_wrong_issuer_is_named_before_applying(self):
        self.district.gr_county = "San Bernardino"
        text = HEADER + "00123,FOODH-SBC,9/14/2026,,Any School,\n"

        self.assertEqual(self._results(self._import(text)), [(2, "refused")])

    def test_files_that_are_none(self):
        for content in (b"", b"PK\x03\x04\0\0", b"Course\nA\n", b"\xff\xfe\x00"):
            one = self._import(content or b" ")
            with self.subTest(content=content):
                self.assertEqual(set(one.line_ids.mapped("result")), {"unreadable"})
                with self.assertRaises(UserError):
                    one.action_apply()

    def test_windows_and_byte_order_marks(self):
        self.training.course_titles = "Capacitación"
        text = "E-mail;Course;Date\npat@example.org;Capacitación;2026-09-14\n"
        for encoding in ("cp1252", "utf-8-sig", "utf-16"):
            with self.subTest(encoding=encoding):
                one = self._import(text.encode(encoding))
                self.assertEqual(self._results(one), [(2, "create")])

    def test_the_own_line_waits_for_a_colleague(self):
        self.pat.user_id = self.user
        self._import(self.GOOD).action_apply()

        states = {one.employee_id: one.state for one in self._credentials()}
        self.assertEqual(states, {self.pat: "draft", self.kim: "verified"})

    def test_an_applied_list_stays(self):
        one = self._import(self.GOOD)
        one.action_apply()

        with self.assertRaises(UserError):
            one.unlink()
        with self.assertRaises(UserError):
            one.file = base64.b64encode(b"other")
        with self.assertRaises(UserError):
            one.action_check()
        with self.assertRaises(AccessError):
            one.line_ids.write({"result": "create"})
        with self.assertRaises(AccessError):
            one.state = "draft"

    def test_it_needs_access_to_the_whole_district(self):
        self.user.gr_scope = "site"
        with self.assertRaises(AccessError):
            self._import(self.GOOD)

    def test_a_long_list_needs_few_queries(self):
        def text(count):
            day = date(2025, 9, 1)
            return HEADER + "".join(
                f"00123,MANDREP,{day + timedelta(days=number)},,,\n"
                for number in range(count)
            )

        short, long = (
            self._import(text(5), check=False),
            self._import(text(60), check=False),
        )
        few = self._count_queries(short.action_check)
        many = self._count_queries(long.action_check)
        self.assertLessEqual(many, few + 2)
