"""One record of each model for a place, for the access matrix."""

from datetime import date

from odoo.addons.harvest_base.tests.matrix import factory


def make_employee(env, place, **values):
    return env["hr.employee"].create(
        {
            "name": "Pat Prueba",
            "company_id": place.district.id,
            "gr_site_ids": place.site.ids,
            "gr_start_date": date(2026, 1, 1),
            **values,
        }
    )


@factory("gr.staff.task")
def _task(env, place):
    return env["gr.staff.task"].create({"name": "T", "code": f"test-{place.site.id}"})


@factory("gr.staff.requirement")
def _requirement(env, place, **values):
    return env["gr.staff.requirement"].create(
        {
            "name": "Test",
            "code": f"TEST-{place.site.id}",
            "authority": "Test",
            "company_id": place.district.id,
            "valid_from": date(2020, 1, 1),
            **values,
        }
    )


@factory("gr.staff.credential")
def _credential(env, place):
    return env["gr.staff.credential"].create(
        {
            "employee_id": make_employee(env, place).id,
            "requirement_id": env.ref("harvest_clearance.gr_staff_requirement_tb").id,
            "issued": date(2026, 1, 1),
        }
    )


@factory("gr.staff.clearance")
def _clearance(env, place):
    employee = make_employee(env, place)
    return env["gr.staff.clearance"].search(
        [("employee_id", "=", employee.id)], limit=1
    )


@factory("gr.staff.clearance.report")
def _report(env, place):
    make_employee(env, place)
    return env["gr.staff.clearance.report"].search(
        [("site_id", "=", place.site.id)], limit=1
    )


@factory("gr.staff.reminder")
def _reminder(env, place):
    return env["gr.staff.reminder"].create(
        {
            "employee_id": make_employee(env, place).id,
            "requirement_id": env.ref("harvest_clearance.gr_staff_requirement_tb").id,
            "company_id": place.district.id,
            "deadline": date(2026, 1, 1),
            "kind": "person",
        }
    )


@factory("gr.staff.import")
def _import(env, place):
    return env["gr.staff.import"].create(
        {"file": "QQ==", "file_name": "a.csv", "company_id": place.district.id}
    )


@factory("gr.staff.import.line")
def _import_line(env, place):
    values = {"import_id": _import(env, place).id, "result": "unreadable"}
    return env["gr.staff.import.line"].create(values)
