"""Staff of the test district, and what they hold."""

from datetime import date

from odoo.addons.harvest_base.tests.common import HarvestCommon


class ClearanceCommon(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.district.write({"gr_county": "Riverside", "gr_remind_staff": True})
        cls.gate = cls.env["gr.staff.clearance"]
        cls.today = date.today()

    @classmethod
    def _requirement(cls, code):
        return cls.env.ref(
            "harvest_clearance.gr_staff_requirement_" + code.lower().replace("-", "_")
        )

    @classmethod
    def _make_requirement(cls, code="ONLY", **values):
        """A requirement of the test district that applies to everybody."""
        return cls.env["gr.staff.requirement"].create(
            {
                "name": f"Requirement {code}",
                "code": code,
                "authority": "Test",
                "company_id": cls.district.id,
                "valid_from": date(2020, 1, 1),
                "blocking": "roster",
                **values,
            }
        )

    @classmethod
    def _make_employee(cls, name="Pat Prueba", site=None, tasks=(), **values):
        site = site or cls.site
        codes = [("code", "in", tasks)]
        return cls.env["hr.employee"].create(
            {
                "name": name,
                "company_id": site.company_id.id,
                "gr_site_ids": site.ids,
                "gr_task_ids": cls.env["gr.staff.task"].search(codes).ids,
                "gr_start_date": date(2025, 8, 11),
                **values,
            }
        )

    @classmethod
    def _make_credential(cls, employee, requirement, issued, *, verify=True, **values):
        credential = cls.env["gr.staff.credential"].create(
            {
                "employee_id": employee.id,
                "requirement_id": requirement.id,
                "issued": issued,
                **values,
            }
        )
        if verify:
            credential.action_verify()
        return credential

    @classmethod
    def _only(cls, *requirements):
        """Let no other requirement be in force, so that a test speaks of these only."""
        others = cls.env["gr.staff.requirement"].search([]) - sum(
            requirements, cls.env["gr.staff.requirement"]
        )
        others.active = False

    def _count_queries(self, call):
        """The number of queries of ``call`` with a cold cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
