"""The dashboard's figures against a computation of their own, and who may see them."""

import json
import math
import random
import statistics
from datetime import date, datetime, time, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import json_default

from .common import TrainingCommon

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 20)  # noon in California
YEAR_START = date(2026, 7, 1)
STATUSES = (
    "review",
    "refused",
    "not_started",
    "in_progress",
    "completed",
    "certified",
    "withdrawn",
)
ORDER = ("asked", "enrolled", "started", "completed", "certified")


def walk(value):
    """Yield each figure anywhere in a payload."""
    if isinstance(value, dict):
        if {"value", "model", "domain"} <= value.keys():
            yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)


def at(day, hour=20):
    return datetime.combine(day, time(hour))


class DashboardCase(TrainingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.year.write({"date_start": YEAR_START, "date_end": date(2027, 6, 30)})
        cls.programs = cls._make_training_program() | cls._make_training_program(
            name="CPR"
        )
        cls.random = random.Random(4)
        cls.coordinator = cls.users["B"]
        cls.coordinator.gr_scope = "district"

    @classmethod
    def _make_rounds(cls, learners):
        """One random round per learner and program, of one status or another."""
        vals = [
            cls._random_round(learner, program)
            for learner in learners
            for program in cls.programs
        ]
        rounds = cls.env["gr.training.enrollment"].create(vals)
        cls.env.flush_all()
        return rounds

    @classmethod
    def _random_round(cls, learner, program):
        status = cls.random.choice(STATUSES)
        asked = TODAY - timedelta(days=1 + cls.random.randrange(200))
        vals = {
            "student_id": learner.id,
            "program_id": program.id,
            "status": status,
            "date_requested": at(asked, cls.random.randrange(24)),
        }
        if status in ("review", "refused"):
            return vals
        begun = vals["date_requested"]
        vals["date_enrolled"] = begun
        vals["date_due"] = asked + timedelta(days=cls.random.randrange(1, 250))
        if status in ("in_progress", "withdrawn"):
            vals["progress"] = cls.random.choice((0, 10, 50, 95))
        if status != "not_started" and cls.random.random() < 0.8:
            vals["last_activity"] = min(
                NOW, begun + timedelta(days=cls.random.randrange(200))
            )
        if status in ("completed", "certified"):
            hours = cls.random.randrange(1 + int((NOW - begun).total_seconds() / 3600))
            vals["date_completed"] = begun + timedelta(hours=hours)
            vals["progress"] = 100
        if status == "certified":
            vals["date_certified"] = vals["date_completed"]
        return vals

    def _dashboard(self, user=None, tz="America/Los_Angeles", **filters):
        """What a browser gets: the answer as JSON."""
        board = self.env["gr.training.dashboard"].with_user(user or self.coordinator)
        board = board.with_context(tz=tz)
        answer = board.with_company(self.district).get_dashboard(filters)
        return json.loads(json.dumps(answer, default=json_default))

    def _count(self, figure, user=None):
        records = self.env[figure["model"]].with_user(user or self.coordinator)
        records = records.with_context(tz="America/Los_Angeles")
        return records.with_company(self.district).search_count(figure["domain"])


def local_day(moment):
    """A UTC time's day in California; 2026 has no switch within reach of midnight."""
    hours = 7 if moment.date() < date(2026, 11, 1) else 8
    return (moment - timedelta(hours=hours)).date()


def step_of(line):
    if line.date_certified or line.status == "certified":
        return "certified"
    if line.date_completed or line.status == "completed":
        return "completed"
    if line.status in ("review", "refused"):
        return "asked"
    return "started" if line.status == "in_progress" or line.progress else "enrolled"


def risk_of(line):
    if line.status not in ("not_started", "in_progress"):
        return None
    if line.date_due < TODAY:
        return "overdue"
    quiet = NOW - (line.last_activity or line.date_enrolled)
    if line.date_due <= TODAY + timedelta(days=30) and quiet > timedelta(days=14):
        return "idle"
    begun = local_day(line.date_enrolled)
    if line.date_due <= begun:
        return None
    pace = 100 * (TODAY - begun).days / (line.date_due - begun).days
    return "behind" if line.progress + 20 < pace else None


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDashboardFigures(DashboardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.learners = cls.env["gr.student"]
        for number in range(60):
            cls.learners |= cls._make_learner(
                f"Learner{number} Prueba",
                learner_type=cls.random.choice(("staff", "volunteer")),
                site_ids=cls.random.sample(
                    (cls.site | cls.other_site).ids, cls.random.randrange(3)
                ),
            )
        cls.rounds = cls._make_rounds(cls.learners)

    def _begun(self, rounds=None):
        return [
            line
            for line in (self.rounds if rounds is None else rounds)
            if local_day(line.date_enrolled or line.date_requested) >= YEAR_START
        ]

    def test_every_figure_is_the_number_of_its_records(self):
        for filters in (
            {},
            {"site_id": self.site.id},
            {"program_id": self.programs[0].id, "learner_type": "staff"},
            {"period": "last_90_days"},
            {"period": "last_12_months", "site_id": self.other_site.id},
        ):
            figures = list(walk(self._dashboard(**filters)))
            self.assertGreater(len(figures), 20)
            for figure in figures:
                with self.subTest(filters=filters, domain=figure["domain"]):
                    self.assertEqual(figure["value"], self._count(figure))

    def test_the_steps(self):
        begun = self._begun()
        places = [ORDER.index(step_of(line)) for line in begun]

        found = self._dashboard()["steps"]

        self.assertEqual(
            {step["key"]: step["value"] for step in found},
            {name: sum(p >= n for p in places) for n, name in enumerate(ORDER)},
        )

    def test_the_completion_rate(self):
        steps = [step_of(line) for line in self._begun()]
        enrolled = [step for step in steps if step != "asked"]
        done = [step for step in steps if step in ORDER[3:]]

        found = self._dashboard()["completion"]

        self.assertAlmostEqual(found["rate"], 100 * len(done) / len(enrolled))

    def test_the_time_to_completion(self):
        done = [
            (local_day(line.date_completed), self._days(line))
            for line in self.rounds
            if line.date_completed and local_day(line.date_completed) >= YEAR_START
        ]

        board = self._dashboard()

        self._check_time(board["time"], [days for _day, days in done])
        months = [(2026, month) for month in range(7, 12)]
        self.assertEqual(len(board["trend"]), len(months))
        for found, month in zip(board["trend"], months, strict=True):
            self._check_time(
                found, [d for day, d in done if (day.year, day.month) == month]
            )

    def _days(self, line):
        seconds = (line.date_completed - line.date_enrolled).total_seconds()
        return math.floor(10 * seconds / 86400 + 0.5) / 10  # half up

    def _check_time(self, found, days):
        self.assertEqual(found["value"], len(days))
        if len(days) > 1:
            high = statistics.quantiles(days, n=10, method="inclusive")[-1]
            self.assertAlmostEqual(found["median"], statistics.median(days), places=6)
            self.assertAlmostEqual(found["high"], high, places=6)

    def test_the_cohorts(self):
        enrolled = [line for line in self._begun() if step_of(line) != "asked"]
        board = self._dashboard()
        self.assertEqual(len(board["cohorts"]), 5)
        for month, found in zip(range(7, 12), board["cohorts"], strict=True):
            members = [m for m in enrolled if local_day(m.date_enrolled).month == month]
            self.assertEqual(found["size"]["value"], len(members))
            last = date(2026, month + 1, 1) - timedelta(days=1)
            for weeks, cell in zip(board["cohort_weeks"], found["cells"], strict=True):
                if last + timedelta(weeks=weeks) >= TODAY:
                    self.assertIsNone(cell)
                    continue
                done = [m for m in members if m.date_completed]
                in_time = [m for m in done if self._days(m) <= 7 * weeks]
                self.assertEqual(cell["value"], len(in_time), (month, weeks))

    def test_the_risks(self):
        found = {risk["key"]: risk["value"] for risk in self._dashboard()["risks"]}
        expected = [risk_of(line) for line in self.rounds]

        for name in ("overdue", "idle", "behind"):
            self.assertEqual(found[name], expected.count(name), name)
        self.assertTrue(all(found.values()), "each rule is met by somebody")

    def test_the_district_sets_when_a_learner_is_at_risk(self):
        self.district.write(
            {
                "gr_training_due_days": 0,
                "gr_training_idle_days": 1000,
                "gr_training_pace_points": 100,
            }
        )
        found = {risk["key"]: risk["value"] for risk in self._dashboard()["risks"]}

        self.assertEqual((found["idle"], found["behind"]), (0, 0))
        self.assertGreater(found["overdue"], 0)

    def test_most_urgent_first(self):
        rows = self._dashboard()["risk_rows"]
        due = [row["due"] for row in rows]

        self.assertEqual(due, sorted(due))
        self.assertEqual(rows[0]["risk"], "overdue")

    def test_a_site_shows_who_works_there(self):
        mine = self.rounds.filtered(lambda r: self.site in r.student_id.site_ids)

        found = self._dashboard(site_id=self.site.id)["steps"][0]["value"]

        self.assertEqual(found, len(self._begun(mine)))

    def test_the_analysis_groups_by_site_and_month(self):
        groups = self.env["gr.training.report"]._read_group(
            [("program_id", "in", self.programs.ids)], ["site_ids"], ["__count"]
        )
        self.assertEqual(
            dict(groups),
            {
                site: len(self.rounds.filtered(lambda r: site in r.student_id.site_ids))  # noqa: B023
                for site in (self.site, self.other_site)
            }
            | {
                self.env["gr.site"]: len(
                    self.rounds.filtered(lambda r: not r.student_id.site_ids)
                )
            },
        )

    def test_the_analysis_averages_who_completed(self):
        done = [line for line in self.rounds if line.date_completed]
        enrolled = [line for line in self.rounds if step_of(line) != "asked"]

        ((days, rate),) = self.env["gr.training.report"]._read_group(
            [("program_id", "in", self.programs.ids)],
            [],
            ["days_to_completion:avg", "completion_rate:avg"],
        )

        self.assertAlmostEqual(float(days), statistics.mean(map(self._days, done)))
        self.assertAlmostEqual(float(rate), 100 * len(done) / len(enrolled))

    def test_a_line_opens_its_round(self):
        line = self.env["gr.training.report"].browse(self.rounds[0].id)

        self.assertEqual(line.action_open_enrollment()["res_id"], self.rounds[0].id)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDashboardAccess(DashboardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here = cls._make_learner("Here Prueba", site_ids=cls.site.ids)
        cls.there = cls._make_learner("There Prueba", site_ids=cls.other_site.ids)
        cls.stranger = cls._make_learner("Far Ajena", district=cls.foreign_district)
        for learner in (cls.here, cls.there):
            cls._enroll(learner, cls.programs[0])
        cls._enroll(cls.stranger, cls._make_training_program(cls.foreign_district))
        cls.env.flush_all()

    @classmethod
    def _enroll(cls, learner, program):
        return cls.env["gr.training.enrollment"].create(
            {
                "student_id": learner.id,
                "program_id": program.id,
                "status": "in_progress",
                "date_enrolled": at(TODAY - timedelta(days=60)),
                "date_due": TODAY - timedelta(days=1),
            }
        )

    def test_a_site_coordinator_counts_the_own_site(self):
        user = self.users["C"]
        board = self._dashboard(user)

        self.assertEqual(board["steps"][0]["value"], 1)
        (row,) = board["risk_rows"]
        self.assertEqual(row["learner"], "Here Prueba")
        for figure in walk(board):
            self.assertEqual(figure["value"], self._count(figure, user))

    def test_operations_at_site_scope_count_the_own_site(self):
        self.coordinator.gr_scope = "site"

        self.assertEqual(self._dashboard()["steps"][0]["value"], 1)

    def test_another_site_is_neither_counted_nor_offered(self):
        board = self._dashboard(self.users["C"], site_id=self.other_site.id)

        self.assertEqual(board["steps"][0]["value"], 0)
        self.assertEqual(board["options"]["sites"], [[self.site.id, self.site.name]])

    def test_district_scope_counts_the_district_and_no_other(self):
        self.assertEqual(self._dashboard()["steps"][0]["value"], 2)

    def test_who_is_at_two_sites_counts_once_at_each(self):
        self.there.site_ids |= self.site

        self.assertEqual(self._dashboard()["steps"][0]["value"], 2)
        self.assertEqual(self._dashboard(site_id=self.site.id)["steps"][0]["value"], 2)

    def test_others_have_no_dashboard(self):
        for role in ("A", "D", "E", "F", "none"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._dashboard(self.users[role])

    def test_the_menu_opens_with_it_for_those_who_have_it(self):
        menu = self.env.ref("harvest_training.menu_gr_training_dashboard")
        siblings = menu.parent_id.child_id
        self.assertEqual(min(siblings, key=lambda child: child.sequence), menu)
        for role, sees in (("B", True), ("C", True), ("D", False), ("E", False)):
            visible = self.env["ir.ui.menu"].with_user(self.users[role])
            self.assertEqual(menu.id in visible._visible_menu_ids(), sees, role)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDashboardFilters(DashboardCase):
    def test_the_current_school_year_is_the_default(self):
        filters = self._dashboard()["filters"]

        self.assertEqual(filters["period"], f"year_{self.year.id}")
        self.assertEqual(filters["date_from"], "2026-07-01")

    def test_without_school_year_it_is_the_last_year(self):
        self.year.active = False

        filters = self._dashboard()["filters"]

        self.assertEqual(filters["period"], "last_12_months")
        self.assertEqual(filters["date_to"], "2026-11-20")

    def test_an_unknown_period_falls_back_to_the_default(self):
        found = self._dashboard(period="year_0")["filters"]["period"]

        self.assertEqual(found, f"year_{self.year.id}")

    def test_what_an_address_bar_says_is_read_as_filters(self):
        filters = self._dashboard(
            site_id=str(self.site.id), program_id="x", learner_type="", date_to=None
        )["filters"]

        self.assertEqual(filters["site_id"], self.site.id)
        self.assertEqual((filters["program_id"], filters["learner_type"]), (0, ""))

    def test_a_period_needs_two_dates_in_order(self):
        with self.assertRaisesRegex(UserError, "first and the last day"):
            self._dashboard(period="custom", date_from="2026-11-01")
        with self.assertRaisesRegex(UserError, "ends before it begins"):
            self._dashboard(
                period="custom", date_from="2026-11-02", date_to="2026-11-01"
            )

    def test_an_empty_district_has_zeros_and_no_division(self):
        board = self._dashboard()

        self.assertEqual({figure["value"] for figure in walk(board)}, {0})
        self.assertFalse(board["completion"]["rate"])
        self.assertEqual((board["trend"], board["cohorts"]), ([], []))

    def test_the_day_is_the_readers(self):
        """Eight in the evening of June 30 in California is July 1 in UTC."""
        learner = self._make_learner("Late Prueba")
        self.env["gr.training.enrollment"].create(
            {
                "student_id": learner.id,
                "program_id": self.programs[0].id,
                "status": "not_started",
                "date_enrolled": datetime(2026, 7, 1, 3),
            }
        )
        self.env.flush_all()
        self.assertEqual(self._dashboard()["steps"][0]["value"], 0)
        self.assertEqual(self._dashboard(tz="UTC")["steps"][0]["value"], 1)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestDashboardToday(DashboardCase):
    """What waits, whatever the period."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.course = cls.programs[0].course_integrations
        cls.here = cls._make_learner("Here Prueba", site_ids=cls.site.ids)
        cls.there = cls._make_learner("There Prueba", site_ids=cls.other_site.ids)
        cls.trackers = cls.env["gr.progress.tracker"].create(
            [
                {"enrollment_id": line.id, "course_integration_id": cls.course.id}
                for line in cls._make_learning(cls.here | cls.there)
            ]
        )

    @classmethod
    def _make_learning(cls, learners):
        return cls.env["gr.training.enrollment"].create(
            [
                {
                    "student_id": learner.id,
                    "program_id": cls.programs[0].id,
                    "status": "completed",
                    "date_enrolled": at(date(2025, 1, 1)),
                    "date_completed": at(date(2025, 2, 1)),
                }
                for learner in learners
            ]
        )

    @classmethod
    def _make_session(cls, days=3, **values):
        start = NOW + timedelta(days=days)
        return cls.env["gr.course.session"].create(
            {
                "name": "CPR",
                "course_integration_id": cls.course.id,
                "date_start": start,
                "date_end": start + timedelta(hours=2),
                "state": "open",
                **values,
            }
        )

    def _sessions(self, **filters):
        board = self._dashboard(**filters)
        self.assertEqual(board["sessions"]["value"], self._count(board["sessions"]))
        return board["session_rows"]

    def _waiting(self, user=None, **filters):
        figures = self._dashboard(user, **filters)["waiting"]
        for figure in figures:
            self.assertEqual(figure["value"], self._count(figure, user))
        return {figure["key"]: figure["value"] for figure in figures}

    def test_a_session_tells_the_places_left_to_who_sees_no_attendee(self):
        session = self._make_session(capacity=3)
        self.env["gr.course.session.attendee"].create(
            [
                {"session_id": session.id, "tracker_id": tracker.id}
                for tracker in self.trackers
            ]
        )
        (row,) = self._dashboard(self.users["C"])["session_rows"]

        self.assertEqual((row["taken"], row["free"]), (2, 1))

    def test_a_session_without_limit_has_no_number_of_places_left(self):
        self._make_session()
        (row,) = self._sessions()

        self.assertIs(row["free"], False)

    def test_sessions_of_the_next_two_weeks_that_take_place(self):
        self._make_session(days=-1)
        self._make_session(days=15)
        self._make_session(state="cancelled")
        soon, later = self._make_session(days=1), self._make_session(days=13)

        self.assertEqual([row["id"] for row in self._sessions()], [soon.id, later.id])

    def test_a_site_has_its_own_sessions_and_those_online(self):
        here, online = self._make_session(site_id=self.site.id), self._make_session()
        self._make_session(site_id=self.other_site.id)

        rows = self._sessions(site_id=self.site.id)

        self.assertEqual({row["id"] for row in rows}, {here.id, online.id})

    def test_sessions_of_a_program(self):
        self._make_session()

        self.assertTrue(self._sessions(program_id=self.programs[0].id))
        self.assertFalse(self._sessions(program_id=self.programs[1].id))

    def test_homework_waits_for_its_review(self):
        assignment = self.env["gr.homework.assignment"].create(
            {"name": "Essay", "course_integration_id": self.course.id}
        )
        for tracker, state in zip(self.trackers, ("submitted", "draft"), strict=True):
            attempt = self.env["gr.homework.attempt"].create(
                {"assignment_id": assignment.id, "tracker_id": tracker.id}
            )
            attempt.sudo().state = state
        self.env.flush_all()

        self.assertEqual(self._waiting()["homework"], 1)
        self.assertEqual(self._waiting(site_id=self.site.id)["homework"], 1)
        self.assertEqual(self._waiting(site_id=self.other_site.id)["homework"], 0)
        self.assertEqual(self._waiting(program_id=self.programs[1].id)["homework"], 0)

    def test_documents_wait_to_be_verified(self):
        request = self.env["gr.document.request"].create(
            {"student_id": self.there.id, "name": "Diploma"}
        )
        request.sudo().state = "received"
        self.env.flush_all()

        self.assertEqual(self._waiting()["documents"], 1)
        self.assertEqual(self._waiting(self.users["C"])["documents"], 0)

    def test_certificates_that_end_soon(self):
        self.trackers.sudo().status = "completed"
        rounds = self.trackers.enrollment_id
        template = self.env["gr.certificate.template"].create(
            {"name": "Test", "company_id": self.district.id}
        )
        self.programs[0].certificate_template_id = template
        for days, line in zip((30, 61), rounds, strict=True):
            certificate = self.env["gr.certificate"]._issue(line)
            certificate.sudo().expires_on = TODAY + timedelta(days=days)
        self.env.flush_all()

        def ending(user=None, **filters):
            figures = self._dashboard(user, **filters)["expiring"]
            for figure in figures:
                self.assertEqual(figure["value"], self._count(figure, user))
            return [figure["value"] for figure in figures]

        self.assertEqual(ending(), [1, 1, 2])
        self.assertEqual(ending(self.users["C"]), [1, 1, 1])
        self.assertEqual(ending(site_id=self.other_site.id), [0, 0, 1])
        self.assertEqual(ending(program_id=self.programs[1].id), [0, 0, 0])
        self.env["gr.certificate"].search([]).sudo().write(
            {"state": "revoked", "revoked_on": NOW}
        )
        self.env.flush_all()
        self.assertEqual(ending(), [0, 0, 0])

    def test_who_completed_waits_for_the_certificate_whenever_that_was(self):
        self.assertEqual(self._waiting()["due"], 2)
        self.assertEqual(self._waiting(learner_type="volunteer")["due"], 0)
        self.assertEqual(self._waiting(self.users["C"])["due"], 1)


@tagged("post_install", "-at_install")
class TestDashboardClearances(DashboardCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requirements = cls.env["gr.staff.requirement"].create(
            [
                {
                    "name": f"Requirement {number}",
                    "code": f"DASHBOARD-{number}",
                    "authority": "Test",
                    "company_id": cls.district.id,
                    "valid_from": date(2020, 1, 1),
                }
                for number in range(4)
            ]
        )
        cls.staff = cls.env["hr.employee"].create(
            [
                {"name": f"Staff {number}", "company_id": cls.district.id}
                for number in range(4)
            ]
        )
        cls.env["gr.staff.clearance"].search([]).unlink()  # what was counted of them
        cls._make_row(0, "red", cls.site)
        cls._make_row(1, "red", cls.site | cls.other_site)
        cls._make_row(2, "amber", cls.other_site)
        cls._make_row(3, "green", cls.other_site)
        cls.env.flush_all()

    @classmethod
    def _make_row(cls, number, light, sites):
        states = {"red": "missing", "amber": "due_soon", "green": "ok"}
        cls.env["gr.staff.clearance"].create(
            {
                "employee_id": cls.staff[number].id,
                "requirement_id": cls.requirements[number].id,
                "company_id": cls.district.id,
                "site_ids": sites.ids,
                "state": states[light],
                "light": light,
            }
        )

    def _lights(self, board):
        return {
            row["label"]: [cell["value"] for cell in row["cells"]]
            for row in board["clearances"]["rows"]
        }

    def test_the_lights_of_each_site(self):
        board = self._dashboard()

        self.assertEqual(
            self._lights(board),
            {self.site.name: [2, 0, 0], self.other_site.name: [1, 1, 1]},
        )
        for figure in walk(board["clearances"]):
            self.assertEqual(figure["value"], self._count(figure))

    def test_a_site_coordinator_is_told_of_the_own_site_only(self):
        board = self._dashboard(self.users["C"])

        self.assertEqual(self._lights(board), {self.site.name: [2, 0, 0]})

    def test_the_filter_of_the_site(self):
        board = self._dashboard(site_id=self.other_site.id)

        self.assertEqual(self._lights(board), {self.other_site.name: [1, 1, 1]})


@tagged("post_install", "-at_install")
class TestDashboardQueries(DashboardCase):
    def test_the_number_of_queries_does_not_depend_on_the_learners(self):
        few = self._fill_and_count(10)
        many = self._fill_and_count(190)

        self.assertEqual(few, many)
        self.assertLessEqual(many, 25)

    def _fill_and_count(self, learners):
        self._make_rounds(
            self.env["gr.student"].create(
                [
                    {
                        "first_name": f"Learner{number}",
                        "last_name": "Prueba",
                        "learner_type": "staff",
                        "company_id": self.district.id,
                        "site_ids": self.site.ids,
                    }
                    for number in range(learners)
                ]
            )
        )
        self._dashboard(self.users["C"])  # caches of rules, fields and translations
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._dashboard(self.users["C"])
        return self.env.cr.sql_log_count - before
