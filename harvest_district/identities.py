"""Find and settle doubts about who is who, on the stage tables; see ``sis.identity``.

The external ids of one person are its own, and those that begin with it
(``kinds.ID_PARTS``).
"""

from typing import Any, NamedTuple

from odoo.tools import SQL

from .sis import Someone, is_reused, join_id, kinds, propose

# Record kinds whose external id begins with a person's.
_OF_PERSON = [
    kind for kind, parts in kinds.ID_PARTS.items() if parts[0] == kinds.PERSON
]


class Doubt(NamedTuple):
    """One question; ``new`` and ``known`` are what a person compares."""

    case: str  # same, twin, reused
    by: str  # ssid, identifier, birthdate
    external_id: str
    known_external_id: str
    student_id: int | bool
    new: dict[str, Any]
    known: dict[str, Any]

    @property
    def key(self) -> tuple[str, str, int]:
        return self.external_id, self.known_external_id, self.student_id or 0


def find_doubts(cr, run) -> list[Doubt]:
    """Every doubt about the students of a staged roster.

    Needs the tables of ``staging.stage`` and ``staging.compare``.
    """
    return [*_find_twins(cr), *_find_known(cr, run), *_find_reused(cr, run)]


_FACTS = """
    s.external_id, s.payload::jsonb AS p, d.payload::jsonb ->> 'birthdate' AS birthdate
      FROM gr_sync_diff f
      JOIN gr_sync_stage s ON s.kind = f.kind AND s.external_id = f.external_id
 LEFT JOIN gr_sync_stage d ON d.kind = 'demographics' AND d.external_id = s.external_id
     WHERE f.kind = 'student'
"""


def _find_twins(cr) -> list[Doubt]:
    """New entries of one roster with the same state id."""
    cr.execute(
        SQL(
            f"WITH new AS (SELECT {_FACTS} AND f.action = 'create')"
            " SELECT external_id, p, birthdate,"
            "        first_value(external_id) OVER same, first_value(p) OVER same,"
            "        first_value(birthdate) OVER same"
            "   FROM new WHERE p ->> 'ssid' IN (SELECT p ->> 'ssid' FROM new"
            "        WHERE p ->> 'ssid' <> '' GROUP BY 1 HAVING count(*) > 1)"
            " WINDOW same AS (PARTITION BY p ->> 'ssid' ORDER BY external_id)"
        )
    )
    return [
        Doubt(
            "twin", "ssid", external_id, first_id, False,
            _facts(payload, birthdate), _facts(first, first_birthdate),
        )
        for external_id, payload, birthdate, first_id, first, first_birthdate
        in cr.fetchall()
        if external_id != first_id
    ]  # fmt: skip


def _find_known(cr, run) -> list[Doubt]:
    """New entries that may be students who are here, under another id or none."""
    cr.execute(
        SQL(
            f"WITH new AS (SELECT {_FACTS} AND f.action = 'create')"
            """,
            pair AS (
                SELECT new.external_id, k.id
                  FROM new JOIN gr_student k ON k.ssid = NULLIF(new.p ->> 'ssid', '')
                 UNION
                SELECT new.external_id, k.id
                  FROM new JOIN gr_student k
                    ON k.local_id = NULLIF(new.p ->> 'identifier', '')
                   AND k.birthdate = NULLIF(new.birthdate, '')::date)
            SELECT new.external_id, new.p, new.birthdate, k.id, k.ssid, k.local_id,
                   k.birthdate, k.first_name, k.last_name, r.external_id,
                   still.kind IS NOT NULL
              FROM pair
              JOIN new USING (external_id)
              JOIN gr_student k ON k.id = pair.id AND k.company_id = %(company)s
         LEFT JOIN gr_external_ref r ON r.model = 'gr.student' AND r.res_id = k.id
               AND r.kind = 'student' AND r.source = %(source)s
               AND r.tenant = %(tenant)s
         LEFT JOIN gr_sync_stage still
                ON still.kind = 'student' AND still.external_id = r.external_id
            """,
            company=run.company_id.id,
            **_space(run),
        )
    )
    doubts = []
    for id_, payload, birthdate, *known, known_id, is_sent in cr.fetchall():
        student_id, ssid, number, born, given, family = known
        other = Someone(
            f"#{student_id}", ssid or "", number or "", str(born or ""),
            given or "", family or "",
        )  # fmt: skip
        doubts += [
            Doubt(
                "twin" if is_sent else "same", match.by,
                id_, known_id or "", student_id, _facts(payload, birthdate), {},
            )
            for match in propose([_someone(id_, payload, birthdate)], [other])
        ]  # fmt: skip
    return doubts


def _find_reused(cr, run) -> list[Doubt]:
    """Known ids that now seem to mean somebody else."""
    cr.execute(
        SQL(
            """
            SELECT s.external_id, s.payload::jsonb, d.payload::jsonb ->> 'birthdate',
                   k.id, k.ssid, k.local_id, k.birthdate, k.first_name, k.last_name
              FROM gr_sync_diff f
              JOIN gr_sync_stage d
                ON d.kind = f.kind AND d.external_id = f.external_id
              JOIN gr_sync_stage s
                ON s.kind = 'student' AND s.external_id = f.external_id
              JOIN gr_external_ref r ON r.kind = 'student'
               AND r.external_id = f.external_id AND r.model = 'gr.student'
               AND r.source = %(source)s AND r.tenant = %(tenant)s
              JOIN gr_student k ON k.id = r.res_id
             WHERE f.kind = 'demographics' AND f.action IN ('update', 'create')
               AND k.birthdate <> NULLIF(d.payload::jsonb ->> 'birthdate', '')::date
            """,
            **_space(run),
        )
    )
    doubts = []
    for id_, payload, birthdate, *known in cr.fetchall():
        student_id, ssid, number, born, given, family = known
        old = Someone(
            id_, ssid or "", number or "", str(born), given or "", family or ""
        )
        if is_reused(old, _someone(id_, payload, birthdate)):
            new = _facts(payload, birthdate)
            doubts.append(Doubt("reused", "birthdate", id_, id_, student_id, new, {}))
    return doubts


def _space(run) -> dict[str, str]:
    source, tenant = run._get_key()
    return {"source": source, "tenant": tenant}


def _someone(external_id: str, payload: dict, birthdate: str | None) -> Someone:
    return Someone(
        external_id,
        payload["ssid"],
        payload["identifier"],
        birthdate or "",
        payload["given_name"],
        payload["family_name"],
    )


def _facts(payload: dict, birthdate: str | None) -> dict[str, Any]:
    return {
        "name": f"{payload['given_name']} {payload['family_name']}".strip(),
        "birthdate": birthdate or "",
        "ssid": payload["ssid"],
        "number": payload["identifier"],
        "grade": payload["grade"],
    }


def hold(cr, run_id: int, person_ids: set[str], reason: str) -> None:
    """Hold what a run would change of these persons."""
    cr.execute(
        SQL(
            "UPDATE gr_sync_change SET state = 'held', held_by = 'identity', error = %s"
            " WHERE run_id = %s AND kind = ANY(%s)"
            " AND split_part(external_id, '|', 1) = ANY(%s)",
            reason,
            run_id,
            _OF_PERSON,
            [join_id(person_id) for person_id in person_ids],
        )
    )


def rename(cr, space: tuple[str, str], old: str, new: str) -> None:
    """Give everything that is linked by a person's old id the new one.

    A link that the new id has already stays; the old one ends with the next reading.
    """
    cr.execute(
        SQL(
            """
            UPDATE gr_external_ref r
               SET external_id = %(new)s || substr(external_id, length(%(old)s) + 1),
                   payload_hash = NULL
             WHERE source = %(source)s AND tenant = %(tenant)s AND kind = ANY(%(kinds)s)
               AND (external_id = %(old)s
                    OR starts_with(external_id, %(old)s || '|'))
               AND NOT EXISTS (
                   SELECT FROM gr_external_ref o
                    WHERE o.source = r.source AND o.tenant = r.tenant
                      AND o.kind = r.kind AND o.external_id
                          = %(new)s || substr(r.external_id, length(%(old)s) + 1))
            """,
            old=join_id(old),
            new=join_id(new),
            source=space[0],
            tenant=space[1],
            kinds=_OF_PERSON,
        )
    )


def link(env, space: tuple[str, str], company, external_id: str, student) -> None:
    """Link a new id to a student who is here; the next reading brings it up to date."""
    env["gr.external.ref"].create(
        {
            "source": space[0],
            "tenant": space[1],
            "kind": kinds.STUDENT,
            "external_id": external_id,
            "model": student._name,
            "res_id": student.id,
            "company_id": company.id,
        }
    )
