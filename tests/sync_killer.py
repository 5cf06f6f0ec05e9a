"""Apply a roster while being killed; started by ``test_sync_resume``.

For every place at which a worker may die, a child process applies the roster in a
district of its own and kills itself there with SIGKILL; a second child goes on as a
worker would after a restart. Prints, as JSON, what the districts look like afterwards.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import odoo.sql_db
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry

from scripts import odoo_env

BATCH = 25  # small, so that applying takes several transactions
DIGEST = """
    SELECT json_agg(line ORDER BY line) FROM (
        SELECT concat_ws('|', r.kind, r.external_id, r.active, r.payload_hash,
            r.site_key, s.name, s.grade, s.local_id, s.active, s.birthdate, e.grade,
            e.date_start, e.date_end, e.active, m.role, m.date_start, m.date_end,
            m.active, p.name, p.email, g.relation, g.may_pickup, g.active, o.name)
            AS line
          FROM gr_external_ref r
     LEFT JOIN gr_student s ON r.model = 'gr.student' AND s.id = r.res_id
     LEFT JOIN gr_student_enrollment e
            ON r.model = 'gr.student.enrollment' AND e.id = r.res_id
     LEFT JOIN gr_group_member m ON r.model = 'gr.group.member' AND m.id = r.res_id
     LEFT JOIN res_partner p ON r.model = 'res.partner' AND p.id = r.res_id
     LEFT JOIN gr_guardianship g ON r.model = 'gr.guardianship' AND g.id = r.res_id
     LEFT JOIN gr_site o ON r.model = 'gr.site' AND o.id = r.res_id
         WHERE r.company_id = %s) lines
"""
COUNTS = """
    SELECT (SELECT count(*) FROM gr_student WHERE company_id = %(id)s),
           (SELECT count(*) FROM gr_student_enrollment WHERE company_id = %(id)s),
           (SELECT count(*) FROM gr_guardianship WHERE company_id = %(id)s),
           (SELECT count(*) FROM gr_external_ref WHERE company_id = %(id)s)
"""


class Bomb:
    """Kills this process at the n-th place it passes; 0: never."""

    def __init__(self, place: int) -> None:
        self.place = place
        self.passed = 0

    def tick(self) -> None:
        self.passed += 1
        if self.passed == self.place:
            os.kill(os.getpid(), signal.SIGKILL)


def in_child(work) -> int:
    """Run a function in a forked process; return its wait status."""
    odoo.sql_db.close_all()
    pid = os.fork()
    if not pid:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  a child must not go on
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    return os.waitpid(pid, 0)[1]


def with_env(database: str, work):
    with Registry(database).cursor() as cr:
        result = work(Environment(cr, SUPERUSER_ID, {}))
        cr.commit()
        return result


def prepare(env, name: str, content: bytes, company_id: int) -> tuple[int, int]:
    """A run to do, in a district of its own when it is the first; (company, run)."""
    if not company_id:
        company_id = env["res.company"].create({"name": name}).id
        env["gr.sync.connection"].create(
            {"name": name, "company_id": company_id, "tenant": name}
        )
    connection = env["gr.sync.connection"].search([("company_id", "=", company_id)])
    run = env["gr.sync.run"].create(
        {
            "connection_id": connection.id,
            "as_of": f"2026-09-{15 + len(connection.run_ids)}",
            "file_name": name,
        }
    )
    run.file = base64.b64encode(content)
    return company_id, run.id


def work_on(database: str, run_id: int, bomb: Bomb) -> None:
    """What the jobs do, one transaction after the other, until the run has ended."""
    mixin = importlib.import_module(
        "odoo.addons.harvest_district.models.gr_sync_apply_mixin"
    )
    mixin.APPLY_BATCH = BATCH

    def step(env) -> bool:
        run = env["gr.sync.run"].browse(run_id)
        if run.state in ("new", "fetching", "reading"):
            run._next_step()
        elif run.state == "review":
            run.state = "applying"
        elif run.state == "applying":
            run._apply_some(BATCH)
        else:
            return False
        env.flush_all()
        bomb.tick()  # the work is done, and lost
        return True

    while with_env(database, step):
        bomb.tick()  # the work is kept, the next has not begun


def survive(database: str, name: str, rosters: list[bytes], kill: tuple[int, int]):
    """Apply the rosters one after the other; return what is there then.

    :param kill: (which roster, which place) a worker dies at; (-1, 0): none does
    """
    company_id, places, killed = 0, [], 0
    for index, content in enumerate(rosters):
        company_id, run_id = with_env(
            database,
            lambda env, content=content, known=company_id: prepare(
                env, name, content, known
            ),
        )
        bomb = Bomb(kill[1] if kill[0] == index else 0)
        if bomb.place:
            status = in_child(lambda run=run_id, it=bomb: work_on(database, run, it))
            killed += os.WIFSIGNALED(status)
            bomb = Bomb(0)
        work_on(database, run_id, bomb)  # on a new worker, or undisturbed
        places.append(bomb.passed)
    found = with_env(database, lambda env: look(env, company_id))
    return {"name": name, "places": places, "killed": killed, **found}


def look(env, company_id: int) -> dict:
    env.cr.execute(DIGEST, (company_id,))
    [(lines,)] = env.cr.fetchall()
    env.cr.execute(COUNTS, {"id": company_id})
    counts = env.cr.fetchone()
    runs = env["gr.sync.run"].search([("company_id", "=", company_id)], order="id")
    return {"lines": lines, "counts": counts, "states": runs.mapped("state")}


def main() -> None:
    parser = odoo_env.parser(__doc__)
    parser.add_argument("--roster", required=True, action="append")
    options = parser.parse_args()
    odoo_env.configure(options.config, options.database)
    Registry(options.database)
    rosters = [Path(path).read_bytes() for path in options.roster]
    whole = survive(options.database, "whole", rosters, (-1, 0))
    kills = [
        (index, place)
        for index, count in enumerate(whole["places"])
        for place in range(1, count + 1)
    ]
    results = [
        survive(options.database, f"killed {index} {place}", rosters, (index, place))
        for index, place in kills
    ]
    sys.stdout.write(json.dumps({"whole": whole, "killed": results}) + "\n")


if __name__ == "__main__":
    main()
