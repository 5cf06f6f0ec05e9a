"""A district whose roster is served, and clients that read it."""

from datetime import date, timedelta

from odoo import fields

from odoo.addons.harvest_base.tests.common import HarvestCommon

from ..provider import BASES, V12, Request, scope_uris, serve

TODAY_IS_IN_IT = {"date_start": date(2020, 8, 1), "date_end": date(2099, 6, 1)}


class OneRosterCommon(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpRoster()

    @classmethod
    def setUpRoster(cls):
        """A class and a program at the first site; clients of all and of one site."""
        cls.today = fields.Date.context_today(cls.env.user)
        cls.yesterday = cls.today - timedelta(days=1)
        cls.student.write(
            {"ssid": "1234567890", "local_id": "A-1", "birthdate": date(2016, 1, 2)}
        )
        cls.guardian.partner_id.write({"email": "ma@example.org", "phone": "555 0100"})
        cls.teacher = cls.env["res.partner"].create(
            {"name": "Tomás Vega Ruiz", "email": "tomas@example.org"}
        )
        cls.group = cls.env["gr.group"].create(
            {
                "name": "Math 3",
                "kind": "class",
                "site_id": cls.site.id,
                "company_id": cls.district.id,
                "grades": "03,04",
                "subject": "Math",
            }
        )
        cls.member, cls.lead = cls.env["gr.group.member"].create(
            [
                {"group_id": cls.group.id, "student_id": cls.student.id},
                {
                    "group_id": cls.group.id,
                    "partner_id": cls.teacher.id,
                    "role": "teacher",
                    "primary": True,
                },
            ]
        )
        cls.program = cls._make_program(cls.site, name="Garden Club", **TODAY_IS_IN_IT)
        cls.place = cls._make_place(
            cls.student, cls.program, state="enrolled", date_start=date(2026, 9, 1)
        )
        cls.client = cls._make_client(share_demographics=True)
        cls.site_client = cls._make_client(site_ids=cls.site.ids)
        cls.publish()

    @classmethod
    def _make_client(cls, district=None, **values):
        return cls.env["gr.oneroster.client"].create(
            {
                "name": "Warehouse",
                "company_id": (district or cls.district).id,
                **values,
            }
        )

    @classmethod
    def publish(cls, district=None):
        """Publish; return the counts of what was written."""
        company = district or cls.district
        return cls.env["gr.oneroster.object"]._publish(company)[company]

    def get(self, path, client=None, version=V12, **params):
        client = client or self.client
        request = Request(version, "https://x.example" + BASES[version], path, params)
        return serve(request, scope_uris(client._get_scopes()), client._get_reader())

    def rows(self, path, client=None, version=V12, **params):
        """All objects of a list, which must be answered."""
        params.setdefault("limit", "1000")
        answer = self.get(path, client, version, **params)
        self.assertEqual(answer.status, 200, answer.body)
        [(_wrapper, rows)] = answer.body.items()
        self.assertEqual(answer.headers["X-Total-Count"], str(len(rows)))
        return rows

    def one(self, path, client=None, version=V12, **params):
        answer = self.get(path, client, version, **params)
        self.assertEqual(answer.status, 200, answer.body)
        [(_wrapper, found)] = answer.body.items()
        return found

    def sid(self, key, company=None):
        """The sourcedId of a published thing, such as ``user|student|7``."""
        objects = self.env["gr.oneroster.object"].search(
            [("company_id", "=", (company or self.district).id), ("key", "=", key)]
        )
        return objects.sourced_id

    def student_sid(self, student=None):
        return self.sid(f"user|student|{(student or self.student).id}")

    def adult_sid(self, partner):
        return self.sid(f"user|adult|{self.district.id}|{partner.id}")

    def site_sid(self, site=None):
        return self.sid(f"org|site|{(site or self.site).id}")

    def names(self, rows):
        return sorted(f"{row['givenName']} {row['familyName']}" for row in rows)
