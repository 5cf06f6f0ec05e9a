"""The training suite with 500 staff x 60 courses x 12 months (30,000 trackers).

* the dashboard: seconds for an operations user of the whole district, and how many
  queries it takes with 10, 100 and 500 learners
* lists and pivots of rounds and trackers
* one completed lesson: queries and milliseconds until the tracker is right
* the nightly reconciliation: all new, unchanged, and with two percent of drift, per
  1,000 trackers; its growth over three sizes (exponent 1: linear)
* the same by a loop over single trackers. The loop is measured on a sample and
  multiplied, because it would take minutes
* the board of staff requirements, and the gate that scheduling asks about everybody
"""

from __future__ import annotations

import math
import statistics
from datetime import date

from . import LOWER, Context, Figure, _training_data

SIZES = (10, 100, 250, 500)  # learners, each in 60 courses
GROWN = SIZES[1:]  # of the ten, it is the fixed costs that are measured
ROUNDS = 20
LOOP_SAMPLE = 300  # trackers
DRIFT = 50  # every so many-th membership changes without a word to us
GOAL_SECONDS = 0.5  # the plan allows 2
QUERIES_OF_A_LESSON = 60
QUERIES_OF_A_GATE = 30  # whether for one person or for all


def run(ctx: Context) -> dict[str, Figure]:
    measured = {size: _measure_size(ctx, size) for size in SIZES}
    largest = measured[SIZES[-1]]
    return {
        "trackers": Figure(largest["trackers"], "trackers"),
        **_tell_dashboard(measured),
        **_tell_views(largest["views"]),
        **_tell_lesson(largest),
        **_tell_sync(measured),
        **_tell_gate(largest["gate"]),
    }


def _measure_size(ctx, learners):
    database = ctx.new_database()
    with ctx.env(database) as env:
        district = _training_data.fill(env, learners)
        found = {"trackers": env["gr.progress.tracker"].search_count([])}
        found |= _measure_sync(ctx, env)
        _spread_dates(env)
        found["dashboard"] = _measure_dashboard(ctx, district.coordinator)
        found["site_dashboard"] = _measure_dashboard(ctx, district.site_coordinator)
        if learners == SIZES[-1]:
            found["views"] = _measure_views(ctx, district.coordinator)
            found["loop"] = _measure_loop(ctx, env)
            found["lesson"] = _measure_lessons(ctx, env)
            found["gate"] = _measure_gate(ctx, env, district.employees)
    return found


# SYNC


def _measure_sync(ctx, env):
    integration = env["gr.elearning.integration"]

    def measure(name):
        env.invalidate_all()
        with ctx.measure() as measured:
            integration.sync_elearning_progress()
            env.flush_all()
        return {f"sync_{name}": measured.seconds}

    found = measure("new") | measure("same")
    env.cr.execute(
        """
        UPDATE slide_channel_partner SET completion = (completion + 3) %% 100,
               member_status = 'ongoing' WHERE id %% %s = 0
        """,
        [DRIFT],
    )
    return found | measure("drift")


def _measure_loop(ctx, env):
    """Seconds for each tracker of a sample, refreshed by itself; nothing changes."""
    trackers = env["gr.progress.tracker"].search([], limit=LOOP_SAMPLE)
    with ctx.measure() as measured:
        for tracker in trackers:
            env.invalidate_all()
            tracker._refresh()
            env.flush_all()
    return measured.seconds / len(trackers)


def _tell_sync(measured):
    figures = {}
    for size in GROWN:
        found = measured[size]
        count = found["trackers"]
        for name in ("new", "same", "drift"):
            seconds = found[f"sync_{name}"]
            figures[f"sync_{name}_{count}_per_1000"] = Figure(
                1e6 * seconds / count, "ms"
            )
    sizes = [measured[size]["trackers"] for size in GROWN]
    for name in ("new", "same", "drift"):
        seconds = [measured[size][f"sync_{name}"] for size in GROWN]
        figures[f"sync_{name}_exponent"] = Figure(
            _exponent(sizes, seconds), "power", baseline=1, goal=1.15, better=LOWER
        )
    largest = measured[SIZES[-1]]
    loop = largest["loop"] * largest["trackers"]
    return figures | {
        "loop_extrapolated": Figure(loop, "s"),
        "set_based_over_loop": Figure(
            loop / largest["sync_same"], "x", baseline=1, goal=5
        ),
    }


def _exponent(sizes, seconds):
    """The slope of log(seconds) over log(size): 1 is linear, 2 quadratic."""
    return statistics.linear_regression(
        [math.log(size) for size in sizes], [math.log(value) for value in seconds]
    ).slope


# DASHBOARD AND VIEWS


def _spread_dates(env):
    """Let what was completed during the sync be completed over the year."""
    env.cr.execute(
        """
        UPDATE gr_training_enrollment
           SET date_completed = LEAST(
                   date_enrolled + (5 + random() * 90) * INTERVAL '1 day', now()),
               last_activity = date_enrolled
         WHERE status = 'completed'
        """
    )
    env.cr.execute(
        """
        UPDATE gr_training_enrollment
           SET status = 'certified', date_certified = date_completed
         WHERE status = 'completed' AND id % 2 = 0
        """
    )
    env.invalidate_all()
    env.cr.commit()


def _measure_dashboard(ctx, user):
    board = user.env["gr.training.dashboard"].with_user(user)
    board.get_dashboard({})  # caches of rules and views, as in a running server
    seconds, queries = [], 0
    for _round in range(ROUNDS):
        board.env.invalidate_all()
        before = board.env.cr.sql_log_count
        with ctx.measure() as measured:
            answer = board.get_dashboard({})
        queries = board.env.cr.sql_log_count - before
        seconds.append(measured.seconds)
        assert answer["steps"][0]["value"], "the dashboard counts somebody"
    return {"seconds": seconds, "queries": queries}


def _tell_dashboard(measured):
    seconds = measured[SIZES[-1]]["dashboard"]["seconds"]
    site = measured[SIZES[-1]]["site_dashboard"]["seconds"]
    queries = {size: found["dashboard"]["queries"] for size, found in measured.items()}
    few = queries[SIZES[0]]
    return {
        "dashboard_p50": Figure(statistics.median(seconds), "s"),
        "dashboard_p95": Figure(_p95(seconds), "s", 2, GOAL_SECONDS, LOWER),
        "dashboard_site_p95": Figure(_p95(site), "s", 2, GOAL_SECONDS, LOWER),
        **{
            f"dashboard_queries_{size}": Figure(count, "queries", few, few, LOWER)
            for size, count in queries.items()
        },
    }


def _measure_views(ctx, user):
    """Seconds of what the web client asks for when it opens each view."""
    env = user.env(user=user)
    day = {"date_due": {}, "student_id": {"fields": {"display_name": {}}}}
    program = {"program_id": {"fields": {"display_name": {}}}, "status": {}}
    lists = {
        "gr.training.report": day | program | {"risk": {}, "days_to_completion": {}},
        "gr.training.enrollment": day | program | {"progress": {}},
        "gr.progress.tracker": program | {"overall_progress": {}},
        "gr.staff.clearance": {"subject": {}, "light": {}, "deadline": {}},
    }
    calls = {
        f"list_{model.rpartition('.')[2]}": (
            lambda model=model, fields=fields: env[model].web_search_read(
                [], fields, limit=80
            )
        )
        for model, fields in lists.items()
    }
    calls |= {
        "pivot_report": lambda: env["gr.training.report"].formatted_read_grouping_sets(
            [],
            _crossed("program_id", "reached"),
            ["__count", "completion_rate:avg", "days_to_completion:avg"],
        ),
        "pivot_sites": lambda: env["gr.training.report"].formatted_read_group(
            [], ["site_ids", "begun_on:month"], ["__count", "completion_rate:avg"]
        ),
        "pivot_tracker": lambda: env[
            "gr.progress.tracker"
        ].formatted_read_grouping_sets(
            [],
            _crossed("course_integration_id", "status"),
            ["__count", "overall_progress:avg"],
        ),
    }
    return {name: _time(ctx, env, call) for name, call in calls.items()}


def _crossed(row, column):
    """The groupings of a pivot of ``row`` by ``column``."""
    return [[], [row], [column], [row, column]]


def _time(ctx, env, call):
    call()
    seconds = []
    for _round in range(ROUNDS):
        env.invalidate_all()
        with ctx.measure() as measured:
            call()
        seconds.append(measured.seconds)
    return seconds


def _tell_views(views):
    return {
        f"{name}_p95": Figure(_p95(seconds), "s", goal=GOAL_SECONDS, better=LOWER)
        for name, seconds in views.items()
    }


def _p95(seconds):
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


# STAFF REQUIREMENTS


def _measure_gate(ctx, env, employees):
    """Seconds and queries of the question who may work today, for everybody."""
    gate = env["gr.staff.clearance"]
    env.flush_all()
    env.invalidate_all()
    before = env.cr.sql_log_count
    with ctx.measure() as measured:
        answers = gate._get_cleared(employees, None, date.today())
    queries = env.cr.sql_log_count - before
    assert len(answers) == len(employees)
    return {
        "rows": gate.search_count([]),
        "queries": queries,
        "seconds": measured.seconds,
    }


def _tell_gate(gate):
    return {
        "clearance_rows": Figure(gate["rows"], "rows"),
        "gate_everybody": Figure(gate["seconds"], "s", goal=GOAL_SECONDS, better=LOWER),
        "gate_queries": Figure(
            gate["queries"], "queries", goal=QUERIES_OF_A_GATE, better=LOWER
        ),
    }


# ONE LESSON


def _measure_lessons(ctx, env):
    """Queries and seconds of one completed lesson of a learner in 60 courses."""
    trackers = env["gr.progress.tracker"].search(
        [("status", "=", "not_started"), ("membership", "=", "member")], limit=ROUNDS
    )
    seconds, queries = [], []
    for tracker in trackers:
        lesson = tracker.course_integration_id.elearning_course_id.slide_ids[:1]
        partner = tracker.student_id.partner_id
        env.flush_all()
        env.invalidate_all()
        before = env.cr.sql_log_count
        with ctx.measure() as measured:
            env["slide.slide.partner"].create(
                {"slide_id": lesson.id, "partner_id": partner.id, "completed": True}
            )
            env.flush_all()
        queries.append(env.cr.sql_log_count - before)
        seconds.append(measured.seconds)
        assert tracker.status == "in_progress", tracker.status
    return {"seconds": seconds, "queries": queries}


def _tell_lesson(found):
    lesson = found["lesson"]
    return {
        "lesson_queries": Figure(
            max(lesson["queries"]), "queries", goal=QUERIES_OF_A_LESSON, better=LOWER
        ),
        "lesson_p50": Figure(1000 * statistics.median(lesson["seconds"]), "ms"),
    }
