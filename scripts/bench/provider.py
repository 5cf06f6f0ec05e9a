"""OneRoster provider: deep pages beside the first one, publishing, a small change.

Rows are put in by SQL: what is measured is how they are published and read.
"""

from __future__ import annotations

import json

from odoo.addons.harvest_district.provider import (
    BASES,
    V12,
    Request,
    serve,
)

from . import LOWER, Context, Figure

STUDENTS, SITES = 100_000, 40
PAGE = 1_000  # users
ROUNDS = 30


def run(ctx: Context) -> dict[str, Figure]:
    """Publish a large district, then read it from its start, middle and end."""
    database = ctx.new_database()
    with ctx.env(database) as env:
        company = env.company
        _fill(env, company)
        everything = _make_client(env, company)
        sites = env["gr.site"].search([("company_id", "=", company.id)])
        some = _make_client(env, company, sites[: SITES // 2])
        publish = env["gr.oneroster.object"]._publish
        with ctx.measure() as first:
            assert publish(company)[company]["new"] > STUDENTS
        env.cr.commit()
        with ctx.measure() as again:
            assert not any(publish(company)[company].values())
        env.cr.commit()
    _vacuum(ctx, database)
    with ctx.env(database) as env:
        all_pages = _measure_pages(ctx, everything.with_env(env))
        some_pages = _measure_pages(ctx, some.with_env(env))
    return {
        "users": Figure(STUDENTS, "users"),
        "publish_seconds": Figure(first.seconds, "s"),
        "republish_seconds": Figure(again.seconds, "s"),
        "publish_memory": Figure(again.peak_rss_mb, "MB", goal=1024, better=LOWER),
        "first_page": Figure(all_pages["first"] * 1000, "ms"),
        **{
            f"{name}_page": Figure(
                all_pages[name] / all_pages["first"], "x", 1.0, 1.2, LOWER
            )
            for name in ("middle", "last")
        },
        "first_page_some_sites": Figure(some_pages["first"] * 1000, "ms"),
        **{
            f"{name}_page_some_sites": Figure(
                some_pages[name] / some_pages["first"], "x", 1.0, 1.2, LOWER
            )
            for name in ("middle", "last")
        },
    }


def _fill(env, company) -> None:
    """Schools, students and their enrollments."""
    sites = env["gr.site"].create(
        [{"name": f"School {n}", "company_id": company.id} for n in range(SITES)]
    )
    env.flush_all()
    env.cr.execute(
        """
        WITH made AS (
            INSERT INTO gr_student (
                first_name, last_name, name, learner_type, local_id, company_id, active)
            SELECT 'Name' || n, 'Family' || n %% 997, 'Name', 'pupil', n::text, %s, true
              FROM generate_series(1, %s) n RETURNING id)
        INSERT INTO gr_student_enrollment (
            student_id, site_id, company_id, grade, date_start, "primary", active,
            recorded_at)
        SELECT id, (%s)[1 + id %% %s], %s, '03', '2020-08-01', true, true, now()
          FROM made
        """,
        [company.id, STUDENTS, sites.ids, len(sites), company.id],
    )
    env.cr.execute("ANALYZE gr_student, gr_student_enrollment")


def _make_client(env, company, sites=()):
    return env["gr.oneroster.client"].create(
        {
            "name": "Benchmark",
            "company_id": company.id,
            "site_ids": [site.id for site in sites],
        }
    )


def _vacuum(ctx: Context, database: str) -> None:
    """What autovacuum does within minutes of so many new rows."""
    with ctx.env(database) as env:
        env.cr._cnx.commit()
        env.cr._cnx.autocommit = True
        env.cr._obj.execute("VACUUM ANALYZE gr_oneroster_object")
        env.cr._cnx.autocommit = False


def _measure_pages(ctx: Context, client) -> dict[str, float]:
    """Least seconds of the first, the middle and the last whole page of users.

    All that the service does for a call: find the token, read, write down the call,
    and make the text that is sent.
    The three take turns, so that a busy moment of the machine falls on all of them; the
    least of many is what the page costs when nobody else is served.
    """
    env, (secret, _scopes) = client.env, client._issue_token("")

    def read(offset: int):
        env.invalidate_all()  # a call comes to an empty cache
        token = env["gr.oneroster.token"]._find(secret)
        request = Request(
            V12, BASES[V12], "/users", {"limit": str(PAGE), "offset": str(offset)}
        )
        reader = token.client_id._get_reader()
        answer = serve(request, token.scopes.split(), reader)
        token.client_id._log_call(V12, request.path, answer, request.params)
        env.flush_all()
        assert answer.rows == PAGE and json.dumps(answer.body), answer.body
        return int(answer.headers["X-Total-Count"])

    total = read(0)
    places = {"first": 0, "middle": total // 2, "last": total - PAGE}
    seconds: dict[str, list[float]] = {name: [] for name in places}
    for _round in range(ROUNDS):
        for name, offset in places.items():
            with ctx.measure() as measure:
                read(offset)
            seconds[name].append(measure.seconds)
    return {name: min(found) for name, found in seconds.items()}
