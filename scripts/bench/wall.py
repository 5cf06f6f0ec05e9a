"""The wall in the database: the same questions with it and without it.

Rows are put in by SQL, for many districts in one table: what is measured is how
PostgreSQL finds the own ones. Courses, because they need no site.
"""

from __future__ import annotations

import statistics
import time

from odoo.addons.harvest_rls.cursor import open_districts
from odoo.addons.harvest_rls.models.gr_rls import PARAMETER

from . import LOWER, Context, Figure

DISTRICTS, ROWS = 50, 200_000
ROUNDS, WARM = 200, 20
FILL = """
    INSERT INTO gr_group (name, code, kind, company_id, active)
    SELECT 'Group ' || n, 'bench-' || n, 'course', ids[1 + n %% %s], true
    FROM generate_series(1, %s) n, (SELECT array_agg(id) AS ids FROM res_company) c
"""


def run(ctx: Context) -> dict[str, Figure]:
    """Count and read one district's groups, with the wall down and up."""
    database = ctx.new_database()
    with ctx.env(database) as env:
        env["res.company"].create([{"name": f"Bench {n}"} for n in range(DISTRICTS)])
        env.flush_all()
        env.cr.execute(FILL, [DISTRICTS, ROWS])
        env.cr.commit()
        env.cr.execute("ANALYZE gr_group")
        district = env["res.company"].search([], limit=1, order="id desc")
        down = _measure(env, district)
        env["ir.config_parameter"].set_param(PARAMETER, "True")
        open_districts(env.cr, district.ids)
        up = _measure(env, district)
        env.cr.execute("EXPLAIN SELECT count(*) FROM gr_group")
        plan = "\n".join(line for (line,) in env.cr.fetchall())
    return {
        "rows": Figure(ROWS, "rows"),
        "read_80": Figure(up["read"] / down["read"], "x", 1.0, 1.2, LOWER),
        "count": Figure(up["count"] / down["count"], "x", 1.0, 1.2, LOWER),
        "count_ms": Figure(up["count"] * 1000, "ms", down["count"] * 1000),
        "index_used": Figure(float("Index" in plan), "yes/no", goal=1),
    }


def _measure(env, district) -> dict[str, float]:
    """Return the median seconds of each question."""
    Group = env["gr.group"].with_company(district)
    own = [("company_id", "=", district.id)]
    asked = {
        "read": lambda: Group.search_read(own, ["name", "code"], limit=80),
        "count": lambda: Group.search_count(own),
    }
    return {name: _median(env, question) for name, question in asked.items()}


def _median(env, question) -> float:
    seconds = []
    for _round in range(WARM + ROUNDS):
        env.invalidate_all()
        begin = time.perf_counter()
        question()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds[WARM:])
