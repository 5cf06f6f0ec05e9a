"""What our side says of the students of a district system, and why it differs.

Everything is read from the records themselves, set-based. Hashes of what was applied
explain a mismatch that was found; they never prove anything.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from odoo.tools import SQL

from .const import APPLIED_RUN_STATES
from .sis import Snapshot, kinds, split_id
from .sis.proof import (
    ACTIVE,
    GUARDIANS,
    LEFT,
    ONLY_HERE,
    ONLY_THERE,
    STATUS,
    Fact,
    Mismatch,
    facts_of,
    make_fact,
    unknown_key,
)
from .writers.base import person_name

# The kinds of records that a mismatch may come from, and how it finds them.
_WATCHED = (kinds.STUDENT, kinds.SCHOOL_ENROLLMENT, kinds.GUARDIANSHIP)
# Of several changes that wait, the one that explains most.
_WAITING = ("error", "held", "staged", "dropped")
_CAUSES = {"staged": "waiting"}


class OurSide:
    """Our side of a connection on a day, in the keys that both sides are told in.

    ``sites``
        school's id there to the key of the site that it is today, mergers followed.
    ``adults``
        adult's id there to our key.
    ``students``
        student's id there to ours; filled by ``read``.
    """

    def __init__(self, connection, day: date) -> None:
        self.env = connection.env
        self.day = day
        self.key = connection._get_key()
        refs = self.env["gr.external.ref"]
        orgs = refs._find(*self.key, kinds.ORG, "gr.site")
        sites = self.env["gr.site"].browse(orgs.values())
        today = {site.id: str(site._get_current_site().id) for site in sites}
        self.sites = {org_id: today[site_id] for org_id, site_id in orgs.items()}
        self.adults = {
            external_id: str(partner_id)
            for external_id, partner_id in refs._find(
                *self.key, kinds.ADULT, "res.partner"
            ).items()
        }
        self.students: dict[str, int] = {}

    def expect(self, snapshot: Snapshot) -> dict[str, Fact]:
        """Return what the other side says, in our keys."""
        return facts_of(snapshot, self.day, self.sites, self.adults)

    def read(self, expected: Collection[str]) -> dict[str, Fact]:
        """Return what our records say of each linked student.

        :param expected: ids there of the students that the other side lists
        """
        self.env.flush_all()
        places = self._read_places()
        guardians = self._read_guardians()
        facts = {}
        for external_id, student_id, active in self._read_students(expected):
            self.students[external_id] = student_id
            facts[external_id] = make_fact(
                ACTIVE if active else LEFT,
                places.get(student_id, ()),
                guardians.get(student_id, ()),
            )
        return facts

    def _read_students(self, expected: Collection[str]) -> Iterable[tuple]:
        """Yield (id there, our id, active); of a student's several ids the listed."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.external_id, s.id, s.active
                  FROM gr_external_ref r JOIN gr_student s ON s.id = r.res_id
                 WHERE r.source = %s AND r.tenant = %s AND r.kind = %s
                   AND r.model = 'gr.student'
                """,
                *self.key,
                kinds.STUDENT,
            )
        )
        listed = {student_id for key, student_id, _active in rows if key in expected}
        taken = set(listed)
        for row in rows:
            if row[0] in expected:
                yield row
            elif row[1] not in taken:
                taken.add(row[1])
                yield row

    def _read_places(self) -> dict[int, list[tuple[str, str]]]:
        """Return the schools and grades of the day by student; made by whomever."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT e.student_id, e.site_id, COALESCE(e.grade, '')
                  FROM gr_student_enrollment e
                 WHERE e.active AND e.superseded_at IS NULL
                   AND e.date_start <= %(day)s
                   AND (e.date_end IS NULL OR e.date_end >= %(day)s)
                   AND e.student_id IN (%(students)s)
                """,
                day=self.day,
                students=self._linked(kinds.STUDENT),
            )
        )
        found: dict[int, list[tuple[str, str]]] = {}
        names: dict[int, str] = {}  # one text a site, not one a student
        for student_id, site_id, grade in rows:
            site = names.setdefault(site_id, str(site_id))
            found.setdefault(student_id, []).append((site, grade))
        return found

    def _read_guardians(self) -> dict[int, list[str]]:
        """Return the adults by student; one who is not of that system never counts."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT g.student_id, g.partner_id FROM gr_guardianship g
                 WHERE g.active AND g.student_id IN (%s)
                """,
                self._linked(kinds.STUDENT),
            )
        )
        # Whether the adult is linked is looked up here: with two lists to look into,
        # PostgreSQL plans badly for tables that have just grown.
        linked = set(self.adults.values())
        found: dict[int, list[str]] = {}
        for student_id, partner_id in rows:
            if (adult := str(partner_id)) in linked:
                found.setdefault(student_id, []).append(adult)
        return found

    def _linked(self, kind: str) -> SQL:
        return SQL(
            "SELECT res_id FROM gr_external_ref"
            " WHERE source = %s AND tenant = %s AND kind = %s",
            *self.key,
            kind,
        )


class Said(NamedTuple):
    """What the other side says of the students in question: names, and hashes."""

    names: dict[str, str]
    adults: dict[str, str]
    hashes: dict[tuple[str, str], dict[str, str]]  # (kind, student): {id: hash}


def look_up(
    snapshot: Snapshot, day: date, students: Collection[str], adults: Collection[str]
) -> Said:
    """Return what is said of these, in one more pass; what has ended is history."""
    said = Said({}, {}, {})
    today = day.isoformat()
    for kind in _WATCHED:
        for record in snapshot.records(kind):
            student_id = record.payload.get("student_id", record.external_id)
            if student_id in students and (not record.ends or record.ends >= today):
                known = said.hashes.setdefault((kind, student_id), {})
                known[record.external_id] = record.payload_hash
                if kind == kinds.STUDENT:
                    said.names[student_id] = person_name(record.payload)
    if adults:
        for record in snapshot.records(kinds.ADULT):
            if record.external_id in adults:
                said.adults[record.external_id] = person_name(record.payload)
    return said


def name_adults(env, mismatches: Iterable[Mismatch]) -> tuple[dict[str, str], set[str]]:
    """Return ({our key: name}, ids there of adults who are not here)."""
    keys = {
        key
        for line in mismatches
        if line.what == GUARDIANS
        for key in (*line.there, *line.here)
    }
    ours = {int(key) for key in keys if key.isdigit()}
    adults = env["res.partner"].browse(ours)
    names = {str(adult.id): adult.name or "" for adult in adults}
    unknown = {key for key in keys if key not in names}
    return names, {key.removeprefix(unknown_key("")) for key in unknown}


class Causes:
    """Why the sides differ, for the students in question; a few queries for all."""

    def __init__(
        self, connection, side: OurSide, snapshot: Snapshot, said: Said, students
    ) -> None:
        self.env = connection.env
        self.snapshot = snapshot
        self.side = side
        self.hashes = said.hashes
        self.students = list(students)
        self._waiting = self._read_waiting(connection)
        self._refs = self._read_refs()
        self._kept = self._read_kept()
        taken = connection._get_taken_schools()
        self._left_out = (
            set()
            if taken is None
            else set(connection.school_ids.mapped("key")) - set(taken)
        )

    def of(self, mismatch: Mismatch) -> str:
        """Return a key of ``const.PROOF_CAUSES``."""
        kind = _kind_of(mismatch.what)
        student_id = mismatch.student_id
        waiting = self._waiting.get((kind, student_id)) or self._waiting.get(
            (kinds.STUDENT, student_id)
        )
        if waiting:
            return _CAUSES.get(waiting, waiting)
        known = self._refs.get((kind, student_id), {})
        sent = self.hashes.get((kind, student_id), {})
        gone = known.keys() - sent.keys()
        if any(self.snapshot.is_protected(kind, external_id) for external_id in gone):
            return "aside"
        if any(known[external_id][1] in self._left_out for external_id in gone):
            return "not_taken"
        if sent != {external_id: line[0] for external_id, line in known.items()}:
            return "there"
        return "kept" if self._is_kept(mismatch) else "here"

    def _is_kept(self, mismatch: Mismatch) -> bool:
        if mismatch.what != GUARDIANS:
            return False
        student_id = self.side.students.get(mismatch.student_id)
        extra = set(mismatch.here) - set(mismatch.there)
        kept = {key for key in extra if (student_id, key) in self._kept}
        return (
            bool(extra) and kept == extra and set(mismatch.there) < set(mismatch.here)
        )

    def _read_waiting(self, connection) -> dict[tuple[str, str], str]:
        """Return what of the last roster was not applied: held, in error, dropped."""
        runs = self.env["gr.sync.run"].search(
            [
                ("connection_id", "=", connection.id),
                ("state", "in", APPLIED_RUN_STATES),
            ],
            order="id desc",
            limit=1,
        )
        if not runs:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT c.kind, c.external_id, c.state
                  FROM gr_sync_change c JOIN gr_sync_run r ON r.id = c.run_id
                 WHERE r.connection_id = %s AND r.id >= %s AND r.state <> 'undone'
                   AND c.state = ANY(%s) AND c.kind = ANY(%s)
                """,
                connection.id,
                runs.id,
                list(_WAITING),
                list(_WATCHED),
            )
        )
        found: dict[tuple[str, str], str] = {}
        for kind, external_id, state in sorted(
            rows, key=lambda row: _WAITING.index(row[2]), reverse=True
        ):
            found[kind, _student_of(kind, external_id)] = state
        return found

    def _read_refs(self) -> dict[tuple[str, str], dict[str, tuple[str, str]]]:
        """Return ``{(kind, student): {id: (hash of what was applied, site key)}}``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT kind, external_id, payload_hash, site_key FROM gr_external_ref
                 WHERE source = %s AND tenant = %s AND kind = ANY(%s) AND active
                   AND (date_end IS NULL OR date_end >= %s)
                """,
                *self.side.key,
                list(_WATCHED),
                self.side.day,
            )
        )
        wanted = set(self.students)
        found: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
        for kind, external_id, payload_hash, site_key in rows:
            student_id = _student_of(kind, external_id)
            if student_id in wanted:
                lines = found.setdefault((kind, student_id), {})
                lines[external_id] = (payload_hash, site_key)
        return found

    def _read_kept(self) -> set[tuple[int, str]]:
        """Return (student, adult) whom a limit keeps on the list."""
        ours = [self.side.students.get(student_id) for student_id in self.students]
        rows = self.env.execute_query(
            SQL(
                "SELECT student_id, partner_id FROM gr_guardianship"
                " WHERE active AND court_limit <> 'none' AND student_id = ANY(%s)",
                [student_id for student_id in ours if student_id],
            )
        )
        return {(student_id, str(partner_id)) for student_id, partner_id in rows}


def _kind_of(what: str) -> str:
    if what in (ONLY_THERE, ONLY_HERE, STATUS):
        return kinds.STUDENT
    return kinds.GUARDIANSHIP if what == GUARDIANS else kinds.SCHOOL_ENROLLMENT


def _student_of(kind: str, external_id: str) -> str:
    return external_id if kind == kinds.STUDENT else split_id(external_id)[0]
