from datetime import date

from odoo.tests import tagged

from .common import ClearanceCommon


@tagged("post_install", "-at_install")
class TestGate(ClearanceCommon):
    """``is_cleared`` and ``is_site_open``, at the edges that rosters meet."""

    def test_a_card_holds_through_the_day_printed_on_it(self):
        requirement = self._make_requirement()
        self._only(requirement)
        employee = self._make_employee()
        self._make_credential(
            employee, requirement, date(2025, 1, 1), card_expires=date(2026, 6, 15)
        )

        self.assertTrue(self.gate.is_cleared(employee, None, date(2026, 6, 15)))
        answer = self.gate.is_cleared(employee, None, date(2026, 6, 16))
        self.assertFalse(answer.cleared)
        self.assertEqual(answer.codes, ("ONLY",))
        self.assertIn("06/16/2026", answer.reasons[0])

    def test_a_future_day_is_answered_for_that_day(self):
        requirement = self._make_requirement(renewal="months", renewal_months=12)
        self._only(requirement)
        employee = self._make_employee()
        self._make_credential(employee, requirement, date(2024, 2, 29))

        self.assertTrue(self.gate.is_cleared(employee, None, date(2025, 2, 28)))
        self.assertFalse(self.gate.is_cleared(employee, None, date(2025, 3, 1)))

    def test_what_nobody_verified_does_not_count(self):
        requirement = self._make_requirement()
        self._only(requirement)
        employee = self._make_employee()
        credential = self._make_credential(
            employee, requirement, date(2025, 1, 1), verify=False
        )

        self.assertFalse(self.gate.is_cleared(employee, None, self.today))
        credential.action_verify()
        self.assertTrue(self.gate.is_cleared(employee, None, self.today))

    def test_the_gate_does_not_need_a_fresh_board(self):
        requirement = self._make_requirement()
        self._only(requirement)
        employee = self._make_employee()
        self._make_credential(employee, requirement, date(2025, 1, 1))
        self.gate.search([]).unlink()

        self.assertTrue(self.gate.is_cleared(employee, None, self.today))

    def test_a_task_asks_for_its_own_papers_only(self):
        self._only(self._requirement("FOODH"), self._requirement("DRIVER"))
        self.district.gr_county = "Kern"
        employee = self._make_employee(tasks=["kitchen"])
        day = date(2026, 9, 1)

        self.assertEqual(
            self.gate.is_cleared(employee, "kitchen", day).codes, ("FOODH",)
        )
        self.assertEqual(
            self.gate.is_cleared(employee, "transport", day).codes, ("DRIVER",)
        )
        self.assertTrue(self.gate.is_cleared(employee, "supervise", day))
        self.assertTrue(
            self.gate.is_cleared(employee, None, day), "blocks the task only"
        )

    def test_pupils_records_need_their_training(self):
        self._only(self._requirement("PRIV"))
        employee = self._make_employee()

        self.assertFalse(self.gate.is_cleared(employee, "record_access", self.today))
        self.assertTrue(self.gate.is_cleared(employee, "supervise", self.today))

    def test_an_unknown_task_is_a_mistake_of_the_program(self):
        with self.assertRaises(ValueError):
            self.gate.is_cleared(self._make_employee(), "nonsense", self.today)

    def test_thirty_days_after_the_start_are_counted_from_the_start(self):
        self._only(self._requirement("FOODH"))
        self.district.gr_county = "Kern"
        employee = self._make_employee(gr_start_date=date(2026, 9, 1))

        self.assertTrue(self.gate.is_cleared(employee, "kitchen", date(2026, 10, 1)))
        self.assertFalse(self.gate.is_cleared(employee, "kitchen", date(2026, 10, 2)))

    def test_work_before_the_recorded_start_needs_what_is_due_before_it(self):
        self._only(self._requirement("FPRINT"))
        employee = self._make_employee(gr_start_date=date(2026, 9, 1))

        self.assertFalse(self.gate.is_cleared(employee, None, date(2026, 8, 20)))

    def test_the_countys_own_card(self):
        state = self._requirement("FOODH")
        county = self._requirement("FOODH-SBC")
        self._only(state, county)
        employee = self._make_employee(tasks=["kitchen"])
        self._make_credential(employee, state, date(2026, 1, 10), issuer="Any School")
        day = date(2026, 9, 1)

        for name, codes in (
            ("Kern", ()),
            ("San Bernardino", ("FOODH-SBC",)),
            ("SAN BERNARDINO", ("FOODH-SBC",)),
        ):
            self.district.gr_county = name
            with self.subTest(county=name):
                answer = self.gate.is_cleared(employee, "kitchen", day)
                self.assertEqual(answer.codes, codes)

    def test_who_is_exempt_needs_no_renewal(self):
        tuberculosis = self._requirement("TB")
        self._only(tuberculosis)
        employee = self._make_employee(gr_start_date=date(2015, 1, 1))
        self._make_credential(
            employee,
            tuberculosis,
            date(2014, 12, 1),
            exempt=True,
            exempt_reason="Documented positive test",
        )

        self.assertTrue(self.gate.is_cleared(employee, None, date(2040, 1, 1)))

    def test_a_window_over_the_turn_of_the_year(self):
        training = self._make_requirement(
            due_unit="weeks", due_count=6, renewal="school_year_window", window_weeks=6
        )
        self._only(training)
        self.year.date_end = date(2025, 12, 1)
        for start, end in (
            (date(2025, 12, 8), date(2026, 11, 30)),
            (date(2026, 12, 7), date(2027, 11, 30)),
        ):
            self._make_year(
                self.district, code=str(end.year), date_start=start, date_end=end
            )
        employee = self._make_employee(gr_start_date=date(2020, 7, 1))
        self._make_credential(employee, training, date(2025, 12, 20))

        # six weeks from 7 December 2026 close on 17 January 2027
        self.assertTrue(self.gate.is_cleared(employee, None, date(2027, 1, 17)))
        self.assertFalse(self.gate.is_cleared(employee, None, date(2027, 1, 18)))

    def test_an_approval_is_for_the_site_it_was_given_for(self):
        approval = self._requirement("PRIN")
        self._only(approval)
        employee = self._make_employee(tasks=["site_lead"])
        employee.gr_site_ids |= self.other_site
        self._make_credential(
            employee, approval, date(2026, 8, 1), site_id=self.site.id
        )
        ask = self.gate.is_cleared

        self.assertTrue(ask(employee, "site_lead", self.today, site=self.site))
        self.assertFalse(ask(employee, "site_lead", self.today, site=self.other_site))
        self.assertFalse(ask(employee, "site_lead", self.today))

    def test_money_and_site_narrow_a_requirement(self):
        funding = self.env.ref("harvest_base.gr_funding_source_ases")
        other = self.env.ref("harvest_base.gr_funding_source_elop")
        requirement = self._make_requirement(
            funding_ids=funding.ids, site_ids=self.site.ids
        )
        self._only(requirement)
        employee = self._make_employee(gr_funding_ids=(funding | other).ids)
        employee.gr_site_ids |= self.other_site
        ask = self.gate.is_cleared

        self.assertFalse(ask(employee, None, self.today))
        self.assertTrue(ask(employee, None, self.today, site=self.other_site))
        self.assertTrue(ask(employee, None, self.today, funding=other))

    def test_a_new_law_for_new_people_only(self):
        history = self._requirement("EMPHIST")
        self._only(history)

        old = self._make_employee("Old", gr_start_date=date(2025, 12, 31))
        new = self._make_employee("New", gr_start_date=date(2026, 1, 1))
        self.assertTrue(self.gate.is_cleared(old, None, date(2026, 6, 1)))
        self.assertFalse(self.gate.is_cleared(new, None, date(2026, 6, 1)))

    def test_the_districts_own_line_replaces_the_general_one(self):
        general = self._requirement("WVPP")
        ours = general.copy({"company_id": self.district.id, "blocking": "roster"})
        self._only(general, ours)
        employee = self._make_employee()
        elsewhere = self._make_employee(site=self.foreign_site)

        self.assertFalse(self.gate.is_cleared(employee, None, self.today))
        self.assertTrue(self.gate.is_cleared(elsewhere, None, self.today))

    def test_a_new_version_of_a_requirement_keeps_what_people_hold(self):
        requirement = self._make_requirement(valid_to=date(2026, 6, 30))
        newer = self._make_requirement(valid_from=date(2026, 7, 1))
        self._only(requirement, newer)
        employee = self._make_employee()
        self._make_credential(employee, requirement, date(2025, 9, 1))

        self.assertTrue(self.gate.is_cleared(employee, None, date(2026, 9, 1)))

    def test_who_has_left_is_not_cleared(self):
        self._only(self._make_requirement(blocking="none"))
        employee = self._make_employee()
        employee.active = False

        answer = self.gate.is_cleared(employee, None, self.today)
        self.assertFalse(answer)
        self.assertIn("Pat Prueba", answer.reasons[0])

    def test_grace_still_clears(self):
        requirement = self._make_requirement(
            renewal="months", renewal_months=12, grace_days=14
        )
        self._only(requirement)
        employee = self._make_employee()
        self._make_credential(employee, requirement, date(2025, 9, 1))

        self.assertTrue(self.gate.is_cleared(employee, None, date(2026, 9, 15)))
        self.assertFalse(self.gate.is_cleared(employee, None, date(2026, 9, 16)))

    def test_a_site_needs_its_holders(self):
        first_aid = self._requirement("CPRFA")
        self._only(first_aid)
        one = self._make_employee("One")
        two = self._make_employee("Two")
        people = one | two
        ask = self.gate.is_site_open

        answer = ask(self.site, self.today, people)
        self.assertEqual(answer.codes, ("CPRFA",))
        self.assertIn("0 of 1", answer.reasons[0])
        self._make_credential(two, first_aid, date(2025, 12, 1))
        self.assertTrue(ask(self.site, self.today, people))
        self.assertFalse(ask(self.site, self.today, one))
        self.assertFalse(ask(self.site, date(2027, 12, 2), people))
        self.assertTrue(self.gate.is_cleared(one, None, self.today), "asked of sites")

    def test_a_kitchen_needs_its_manager_only_where_somebody_cooks(self):
        self._only(self._requirement("CFPM"))
        aide = self._make_employee("Aide")
        cook = self._make_employee("Cook", tasks=["kitchen"])

        self.assertTrue(self.gate.is_site_open(self.site, self.today, aide))
        self.assertFalse(self.gate.is_site_open(self.site, self.today, aide | cook))

    def test_a_trip_needs_one_who_knows_snake_bites(self):
        first_aid = self._requirement("SNAKE")
        self._only(first_aid)
        guide = self._make_employee("Guide")
        ask = self.gate.is_site_open

        self.assertTrue(ask(self.site, self.today, guide))
        self.assertFalse(ask(self.site, self.today, guide, task="field_trip"))
        self._make_credential(guide, first_aid, date(2026, 1, 1))
        self.assertTrue(ask(self.site, self.today, guide, task="field_trip"))

    def test_a_planner_without_any_paper_gets_an_answer(self):
        requirement = self._make_requirement()
        self._only(requirement)
        employee = self._make_employee()
        gate = self.gate.with_user(self.user_aide)

        self.assertFalse(gate.is_cleared(employee.sudo(False), None, self.today))

    def test_reasons_are_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("es_419")
        requirement = self._make_requirement()
        requirement.with_context(lang="es_419").name = "Huellas"
        self._only(requirement)
        gate = self.gate.with_context(lang="es_419")

        answer = gate.is_cleared(self._make_employee(), None, self.today)
        self.assertTrue(answer.reasons[0].startswith("Huellas"))

    def test_many_people_are_asked_in_as_many_queries_as_one(self):
        requirement = self._make_requirement()
        people = self.env["hr.employee"]
        for number in range(12):
            one = self._make_employee(f"Person {number}", tasks=["supervise"])
            self._make_credential(one, requirement, date(2025, 9, 1))
            people |= one
        few = self._count_queries(
            lambda: self.gate._get_cleared(people[:1], None, self.today)
        )
        many = self._count_queries(
            lambda: self.gate._get_cleared(people, None, self.today)
        )

        self.assertEqual(many, few)
        self.assertLessEqual(many, 25)
