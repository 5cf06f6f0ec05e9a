"""How to make one record of each model for a place, for the access matrix.

Each addon has such a module; ``tests/test_access_matrix.py`` imports them all. A model
without a factory (and without being transient) fails the build.
"""

from datetime import date, timedelta

FACTORIES = {}


def factory(model):
    """Register ``function(env, place) -> record`` for ``model``."""

    def register(function):
        FACTORIES[model] = function
        return function

    return register


@factory("gr.language")
def _language(env, place):
    return env["gr.language"].create(
        {"name": "Test", "code": f"x-{place.site.id}", "sequence": 99}
    )


@factory("gr.seal.key")
def _seal_key(env, place):
    return env["gr.seal.key"].create(
        {"name": f"k-test-{place.site.id}", "state": "retired"}
    )


@factory("gr.funding.source")
def _funding(env, place):
    return env["gr.funding.source"].create(
        {"name": "T", "code": f"TEST-{place.site.id}"}
    )


@factory("gr.rule")
def _rule(env, place):
    return env["gr.rule"].create(
        {
            "name": "Test",
            "key": f"test.{place.site.id}",
            "topic": "sync",
            "authority": "Test",
            "company_id": place.district.id,
            "valid_from": date(2020, 1, 1),
        }
    )


@factory("gr.external.ref")
def _external_ref(env, place):
    return env["gr.external.ref"].create(
        {
            "source": "test",
            "tenant": "test",
            "kind": "org",
            "external_id": str(place.site.id),
            "model": "gr.site",
            "res_id": place.site.id,
            "company_id": place.district.id,
        }
    )


@factory("gr.external.suppression")
def _external_suppression(env, place):
    return env["gr.external.suppression"].create(
        {
            "company_id": place.district.id,
            "digest": str(place.site.id),
            "kind": "student",
            "reason": "Test",
        }
    )


@factory("gr.site")
def _site(env, place):
    return place.site


@factory("gr.site.role")
def _site_role(env, place):
    return env["gr.site.role"].create(
        {
            "partner_id": env["res.partner"].create({"name": "Staff"}).id,
            "site_id": place.site.id,
            "company_id": place.district.id,
            "role": "teacher",
        }
    )


@factory("gr.school.year")
def _school_year(env, place):
    return place.year


@factory("gr.day")
def _day(env, place):
    return env["gr.day"].create(
        {
            "school_year_id": place.year.id,
            "site_id": place.site.id,
            "date": place.year.date_start + timedelta(days=3),
        }
    )


@factory("gr.student")
def _student(env, place):
    return place.student


@factory("gr.student.demographics")
def _demographics(env, place):
    return env["gr.student.demographics"].create({"student_id": place.student.id})


@factory("gr.student.flag")
def _flag(env, place):
    return env["gr.student.flag"].create(
        {"student_id": place.student.id, "kind": "allergy", "note": "Peanuts"}
    )


@factory("gr.student.enrollment")
def _enrollment(env, place):
    return place.student.enrollment_ids[:1]


@factory("gr.guardianship")
def _guardianship(env, place):
    return place.guardian


@factory("gr.group")
def _group(env, place):
    return env["gr.group"].create(
        {"name": "Club", "site_id": place.site.id, "company_id": place.district.id}
    )


@factory("gr.group.member")
def _group_member(env, place):
    return env["gr.group.member"].create(
        {"group_id": _group(env, place).id, "student_id": place.student.id}
    )


@factory("gr.program")
def _program(env, place):
    return env["gr.program"].create(
        {
            "name": "Program",
            "company_id": place.district.id,
            "site_ids": place.site.ids,
            "date_start": date(2026, 8, 1),
            "date_end": date(2027, 6, 30),
            "state": "open",
        }
    )


@factory("gr.program.enrollment")
def _program_enrollment(env, place):
    return env["gr.program.enrollment"].create(
        {
            "student_id": place.student.id,
            "program_id": _program(env, place).id,
            "site_id": place.site.id,
        }
    )
