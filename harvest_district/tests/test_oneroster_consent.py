"""A client with a purpose gets only whom it is allowed, by every endpoint."""

from datetime import date, timedelta

from odoo.tests import tagged

from odoo.addons.harvest_privacy.tests.matrix import (
    make_consent,
    make_purpose,
    make_text,
)

from ..provider import V11, V12
from ..provider.routes import ROUTES
from .oneroster_common import OneRosterCommon


@tagged("post_install", "-at_install", "security")
class TestOneRosterConsent(OneRosterCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purpose = make_purpose(cls.env, cls.own, code="partner_app")
        make_text(cls.env, cls.purpose, cls.own)
        cls.partner_client = cls._make_client(
            consent_purpose_id=cls.purpose.id,
            share_demographics=True,
            share_contacts=True,
        )

    def _consent(self, **values):
        return make_consent(self.env, self.own, self.purpose, **values)

    def _texts(self):
        """The answers of all endpoints that need no id, in both versions."""
        for route in ROUTES:
            if route.parameters:
                continue
            for version in (V11, V12):
                answer = self.get(
                    route.template, self.partner_client, version, limit="1000"
                )
                self.assertEqual(answer.status, 200)
                yield route, str(answer.body)

    def test_without_consent_no_endpoint_names_the_student_or_its_family(self):
        for route, text in self._texts():
            with self.subTest(route=route.template):
                for private in ("Ana", "Adult of Ana", "555 0100", "ma@example.org"):
                    self.assertNotIn(private, text)
        sid = self.student_sid()
        for path in (f"students/{sid}", f"users/{sid}/classes"):
            self.assertNotIn("Ana", str(self.get(path, self.partner_client).body))

    def test_with_consent_the_student_is_told_and_no_other(self):
        self._consent()
        names = [
            row["givenName"]
            for row in self.rows("students", self.partner_client)
            if row["status"] == "active"
        ]
        self.assertEqual(names, ["Ana"])
        users = str(self.rows("users", self.partner_client))
        self.assertIn("Tomás", users)  # teachers are no matter of consent
        self.assertNotIn("Beto", users)

    def test_a_withdrawal_is_told_as_gone_and_written_on_the_consent(self):
        self._consent()
        self.assertIn("Ana", str(self.rows("students", self.partner_client)))
        gone = self._consent(decision="withdrawn", method="oral")
        self.assertIn("Warehouse", gone.effect_ids.summary)
        self.assertNotIn("Ana", str(self.rows("students", self.partner_client)))
        # Both within one second, which tombstones are told after.
        self.partner_client.sudo().rights_date += timedelta(seconds=2)
        self.env.flush_all()
        told = {
            row["sourcedId"]: row["status"]
            for row in self.rows("students", self.partner_client)
        }
        self.assertEqual(told[self.student_sid()], "tobedeleted")

    def test_a_consent_that_ended_tonight_counts_at_once(self):
        yesterday = date.today() - timedelta(days=1)
        self._consent(date_start=yesterday)
        line = self.env["gr.consent.standing"].search(
            [("purpose_id", "=", self.purpose.id)]
        )
        line.sudo().date_end = yesterday  # before the nightly count
        self.assertNotIn("Ana", str(self.rows("users", self.partner_client)))

    def test_other_clients_are_as_they_were(self):
        self.assertIn("Ana", str(self.rows("students")))
        with self.assertQueryCount(0):
            self.assertFalse(self.client._get_hidden())
