"""Read the published roster for one client: all filtering and sorting in PostgreSQL.

Only values of filters come from outside, and only as parameters; fields are looked up
in ``provider.catalog``, so no name of a client's ever becomes SQL.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from odoo.tools import SQL

from .provider import Clause, Page, Query, Selection, View
from .provider.catalog import DATE, DATETIME, ORG, USER, Target
from .provider.routes import GRADING_PERIOD, STUDENT, TEACHER

MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'
_COMPARE = {
    "=": SQL("="),
    ">": SQL(">"),
    ">=": SQL(">="),
    "<": SQL("<"),
    "<=": SQL("<="),
}
_NEVER = SQL("false")
# Objects about one person, and where they name the person.
PERSONAL = {
    "user": SQL("o.sourced_id"),
    "demographics": SQL("o.sourced_id"),
    "enrollment": SQL("COALESCE(o.payload #>> '{user,id}', '')"),
}


class RosterReader:
    """``provider.service.Reader`` on ``gr_oneroster_object``."""

    def __init__(self, cr, view: View) -> None:
        self._cr = cr
        self.view = view
        self._sites = None if view.sites is None else sorted(view.site_keys)
        self._hidden = sorted(view.hidden)
        # Sites of the orgs that a path names, by sourcedId.
        self._sites_of: dict[str, list[str]] = {}
        # What was handed out: ids of objects, and sourcedIds of people in the path.
        self._told: set[int] = set()
        self._told_of: set[str] = set()

    def exists(self, parent: tuple[str, str, str]) -> bool:
        kind, subset, sourced_id = parent
        self._cr.execute(
            SQL(
                "SELECT sites FROM (%s) v WHERE %s AND sourced_id = %s",
                self._visible(kind),
                self._subset(subset),
                sourced_id,
            )
        )
        found = self._cr.fetchone()
        self._sites_of[sourced_id] = (found and found[0]) or []
        return found is not None

    def one(self, selection: Selection) -> Mapping[str, Any] | None:
        where = SQL(
            "%s AND sourced_id = %s",
            self._conditions(selection, Query()),
            selection.sourced_id,
        )
        found = self._fetch(selection, where, Query(limit=1)).rows
        return next(iter(found), None)

    def page(self, selection: Selection, query: Query) -> Page:
        where = self._conditions(selection, query)
        if self._sites is None:
            return self._page_by_index(selection, where, query)
        # Who sees some sites makes us look at every row, so count them by the way.
        page = self._fetch(selection, where, query)
        if page.rows or not query.offset:
            return page
        return Page(self._count(selection, where), [])

    def _page_by_index(self, selection: Selection, where: SQL, query: Query) -> Page:
        """Count by the index alone, and cut the page from the nearer end of it."""
        total = self._count(selection, where)
        if query.offset >= total:
            return Page(total, [])
        found = self._fetch(selection, where, query, total)
        return Page(total, found.rows)

    def _count(self, selection: Selection, where: SQL) -> int:
        self._cr.execute(
            SQL(
                "SELECT count(*) FROM (%s) v WHERE %s",
                self._visible(selection.route.kind),
                where,
            )
        )
        [(total,)] = self._cr.fetchall()
        return total

    def _fetch(
        self, selection: Selection, where: SQL, query: Query, total: int | None = None
    ) -> Page:
        """Sort and cut by the small columns of an index; payloads come after.

        :param total: rows there are, when known; else they are counted here
        """
        order = self._order(query, query.descending)
        cut_order, limit, offset = order, query.limit, query.offset
        if total is not None and offset > total // 2:
            limit = min(limit, total - offset)
            cut_order = self._order(query, not query.descending)
            offset = total - offset - limit
        self._cr.execute(
            SQL(
                "SELECT p.total, p.id, p.bare, p.sourced_id, p.status,"
                " to_char(p.date_last_modified, %s),"
                " CASE WHEN p.bare THEN '{}' ELSE o.payload END"
                " FROM (SELECT p.*, %s AS total FROM ("
                "         SELECT id, sourced_id, status, date_last_modified, bare,"
                "                %s AS sort_key"
                "           FROM (%s) v WHERE %s) p ORDER BY %s LIMIT %s OFFSET %s) p"
                " JOIN gr_oneroster_object o ON o.id = p.id ORDER BY %s",
                MOMENT,
                SQL("count(*) OVER ()") if total is None else SQL("%s", total),
                self._value(query.sort) if query.sort else SQL("NULL"),
                self._visible(selection.route.kind),
                where,
                cut_order,
                limit,
                offset,
                order,
            )
        )
        found = self._cr.fetchall()
        self._note(selection, found)
        return Page(
            found[0][0] if found else 0,
            [
                payload
                | {"sourced_id": one, "status": status, "date_last_modified": moment}
                for _total, _id, _bare, one, status, moment, payload in found
            ],
        )

    def _note(self, selection: Selection, found: list[tuple]) -> None:
        """Remember what is handed out; a bare tombstone tells nothing of anybody."""
        told = {row[1] for row in found if not row[2]}
        if selection.route.kind in PERSONAL:
            self._told |= told
        if told:
            parents = selection.parents
            self._told_of |= {one for kind, _subset, one in parents if kind == USER}

    def get_told_students(self) -> list[int]:
        """Ids of the students whose record was handed out.

        Theirs are the objects about themselves, about their enrollments, and about
        adults who act for them, except for who is hidden from this client.
        """
        if not (self._told or self._told_of):
            return []
        self._cr.execute(
            SQL(
                """
                WITH told AS (
                    SELECT o.sourced_id AS one, o.payload FROM gr_oneroster_object o
                     WHERE o.id = ANY(%(told)s)),
                people (one) AS (
                    SELECT one FROM told
                     UNION SELECT payload #>> '{user,id}' FROM told
                     UNION SELECT e ->> 'id' FROM told, jsonb_array_elements(
                           CASE jsonb_typeof(payload -> 'agents')
                           WHEN 'array' THEN payload -> 'agents' ELSE '[]' END) e
                     UNION SELECT unnest(%(told_of)s::text[]))
                SELECT DISTINCT split_part(u.key, '|', 3)::int
                  FROM people JOIN gr_oneroster_object u ON u.sourced_id = people.one
                 WHERE u.company_id = %(company)s AND u.kind = 'user'
                   AND u.type = 'student' AND u.sourced_id <> ALL(%(hidden)s::text[])
                """,
                hidden=self._hidden,
                told=list(self._told),
                told_of=list(self._told_of),
                company=self.view.company_id,
            )
        )
        return [student for (student,) in self._cr.fetchall()]

    def _order(self, query: Query, descending: bool) -> SQL:
        """A total order, whose reverse is the same list from its other end."""
        backwards = descending != query.descending
        if not query.sort:
            return SQL("p.sourced_id %s", SQL("DESC") if descending else SQL("ASC"))
        return SQL(
            "p.sort_key %s NULLS %s, p.sourced_id %s",
            SQL("DESC") if descending else SQL("ASC"),
            SQL("FIRST") if backwards else SQL("LAST"),
            SQL("DESC") if backwards else SQL("ASC"),
        )

    # What the client may see

    def _visible(self, kind: str) -> SQL:
        """Rows of a kind that the client sees: id, columns, payload, bare."""
        rows = SQL(
            "SELECT o.id, o.sourced_id, o.status, %s AS date_last_modified, o.type,"
            " o.sites, o.payload, false AS bare FROM gr_oneroster_object o"
            " WHERE o.company_id = %s AND o.kind = %s AND %s AND %s AND %s",
            self._moment(SQL("o.date_last_modified")),
            self.view.company_id,
            kind,
            self._seen(),
            self._kept(SQL("o.status"), SQL("o.date_last_modified")),
            SQL("NOT %s", self._is_hidden(kind)),
        )
        if self._sites is not None and self.view.former:
            rows = SQL("%s UNION ALL %s", rows, self._withdrawn(kind))
        if self._hidden and self.view.since and kind in PERSONAL:
            rows = SQL("%s UNION ALL %s", rows, self._revoked(kind))
        return rows

    def _is_hidden(self, kind: str) -> SQL:
        """Whether the row ``o`` is about a person whom the client may not see."""
        if not self._hidden or kind not in PERSONAL:
            return SQL("false")
        return SQL("(%s = ANY(%s))", PERSONAL[kind], self._hidden)

    def _revoked(self, kind: str) -> SQL:
        """Bare tombstones of people who were told before the client lost them."""
        return SQL(
            "SELECT o.id, o.sourced_id, 'tobedeleted'::varchar, %s::timestamp, o.type,"
            " o.sites, '{}'::jsonb, true FROM gr_oneroster_object o"
            " WHERE o.company_id = %s AND o.kind = %s AND %s AND %s"
            " AND o.date_published <= %s AND %s::timestamp >= %s",
            self.view.since,
            self.view.company_id,
            kind,
            self._seen(),
            self._is_hidden(kind),
            self.view.since,
            self.view.since,
            self.view.keep_from or datetime.min,
        )

    def _moment(self, column: SQL) -> SQL:
        """Nothing is older to a client than its rights are."""
        since = self.view.since
        return SQL("GREATEST(%s, %s)", column, since) if since else column

    def _kept(self, status: SQL, moment: SQL) -> SQL:
        if not self.view.keep_from:
            return SQL("true")
        return SQL(
            "(%s = 'active' OR %s >= %s)",
            status,
            self._moment(moment),
            self.view.keep_from,
        )

    def _seen(self) -> SQL:
        """The living row, or the tombstone of a site that the object left.

        Who sees every site sees living rows only: they know of every end there is. To
        others the living row comes first, then the youngest of such tombstones.
        """
        if self._sites is None:
            return SQL("NOT o.departed")
        return SQL(
            "(o.sites IS NULL OR o.sites ?| %(sites)s)"
            " AND (NOT o.departed OR NOT EXISTS ("
            "  SELECT FROM gr_oneroster_object b WHERE b.company_id = o.company_id"
            "   AND b.kind = o.kind AND b.sourced_id = o.sourced_id AND b.id <> o.id"
            "   AND (b.sites IS NULL OR b.sites ?| %(sites)s)"
            "   AND (NOT b.departed OR (b.date_last_modified, b.id)"
            "        > (o.date_last_modified, o.id))))",
            sites=self._sites,
        )

    def _withdrawn(self, kind: str) -> SQL:
        """Bare tombstones of what the client saw when it still had other sites."""
        return SQL(
            "SELECT * FROM (SELECT DISTINCT ON (o.sourced_id) o.id, o.sourced_id,"
            " 'tobedeleted'::varchar, %(since)s::timestamp AS moment, o.type, o.sites,"
            " '{}'::jsonb, true FROM gr_oneroster_object o"
            " WHERE o.company_id = %(company)s AND o.kind = %(kind)s"
            "   AND NOT %(hidden)s"
            "   AND o.sites ?| %(former)s AND o.date_published <= %(since)s"
            "   AND NOT EXISTS ("
            "  SELECT FROM gr_oneroster_object b WHERE b.company_id = o.company_id"
            "   AND b.kind = o.kind AND b.sourced_id = o.sourced_id"
            "   AND (b.sites IS NULL OR b.sites ?| %(sites)s))"
            " ORDER BY o.sourced_id, o.departed) w WHERE moment >= %(keep_from)s",
            hidden=self._is_hidden(kind),
            since=self.view.since,
            company=self.view.company_id,
            kind=kind,
            former=[str(site) for site in sorted(self.view.former)],
            sites=self._sites,
            keep_from=self.view.keep_from or datetime.min,
        )

    def _shown(self) -> SQL:
        """Whether the element ``e`` of a payload is for this client; as View.shows."""
        grants = SQL(
            "(NOT e ? 'grant' OR e ->> 'grant' = ANY(%s))", sorted(self.view.grants)
        )
        if self._hidden:
            named = SQL("COALESCE(e ->> 'id' = ANY(%s), false)", self._hidden)
            grants = SQL("%s AND NOT %s", grants, named)
        if self._sites is None:
            return grants
        return SQL(
            "%s AND (NOT e ? 'sites' OR e -> 'sites' ?| %s)", grants, self._sites
        )

    # What the request is about

    def _conditions(self, selection: Selection, query: Query) -> SQL:
        parts = [self._subset(selection.route.subset, selection.parents)]
        parts += self._relations(selection)
        if query.filter:
            parts.append(
                SQL(
                    "(%s)",
                    SQL(" OR ").join(
                        SQL("(%s)", SQL(" AND ").join(map(self._clause, clauses)))
                        for clauses in query.filter
                    ),
                )
            )
        return SQL(" AND ").join(parts)

    def _subset(self, subset: str, parents=()) -> SQL:
        """Students, teachers, schools, terms: some of their kind."""
        if not subset:
            return SQL("true")
        if subset != TEACHER:
            return SQL("type = %s", subset)
        at_org = SQL("true")
        if parents and len(parents) == 1 and parents[0][0] == ORG:
            at_org = SQL("e ->> 'org' = %s", parents[0][2])
        return SQL(
            "type = 'adult' AND EXISTS ("
            "SELECT FROM jsonb_array_elements(payload -> 'roles') e"
            " WHERE e ->> 'role' = 'teacher' AND %s AND %s)",
            at_org,
            self._shown(),
        )

    def _relations(self, selection: Selection) -> Iterator[SQL]:
        """What ties the rows to the objects in the path."""
        route = selection.route
        school: list[str] | None = None
        for kind, subset, sourced_id in selection.parents:
            match kind:
                case "org":
                    school = self._sites_of[sourced_id]
                    yield SQL("sites ?| %s", school)
                case "class" if route.kind == USER:
                    yield self._enrolled(
                        SQL("user"), SQL("class"), sourced_id, route.subset, school
                    )
                case "class":
                    yield SQL("payload #>> '{class,id}' = %s", sourced_id)
                case "user":
                    yield self._enrolled(
                        SQL("class"), SQL("user"), sourced_id, subset, None
                    )
                case "course":
                    yield SQL("payload #>> '{course,id}' = %s", sourced_id)
                case "academicSession" if route.subset == GRADING_PERIOD:
                    yield _NEVER  # the district keeps none
                case "academicSession":
                    yield SQL(
                        "payload -> 'terms' @> jsonb_build_array("
                        "jsonb_build_object('id', %s))",
                        sourced_id,
                    )

    def _enrolled(self, wanted: SQL, by: SQL, sourced_id, role, school) -> SQL:
        """The row is the ``wanted`` end of an enrollment whose other end is given."""
        return SQL(
            "sourced_id IN (SELECT e.payload #>> '{%s,id}' FROM gr_oneroster_object e"
            " WHERE e.company_id = %s AND e.kind = 'enrollment' AND NOT e.departed"
            " AND e.status = 'active' AND e.payload #>> '{%s,id}' = %s AND %s AND %s)",
            wanted,
            self.view.company_id,
            by,
            sourced_id,
            SQL("e.type = %s", role) if role in (STUDENT, TEACHER) else SQL("true"),
            SQL("true") if school is None else SQL("e.sites ?| %s", school),
        )

    # What the client filters and sorts by

    def _clause(self, clause: Clause) -> SQL:
        target, predicate, value = clause.target, clause.predicate, clause.value
        if target.many:
            return self._list_clause(target, predicate, str(value))
        found = self._value(target)
        if predicate == "~":
            return SQL("strpos(%s, lower(%s)) > 0", self._text(target), value)
        if predicate == "!=":
            return SQL("%s IS DISTINCT FROM %s", found, self._wanted(target, value))
        return SQL("%s %s %s", found, _COMPARE[predicate], self._wanted(target, value))

    def _value(self, target: Target) -> SQL:
        """What is compared and sorted: a moment, or text in lower case."""
        if target.type == DATETIME:
            return SQL("date_last_modified")
        if target.column == "sourced_id":
            return SQL('lower(sourced_id) COLLATE "C"')
        return SQL('%s COLLATE "C"', self._text(target))

    def _wanted(self, target: Target, value: str | date | datetime) -> SQL:
        if target.type == DATETIME:
            return SQL("%s", value.replace(tzinfo=None))
        if target.type == DATE:
            return SQL("%s", value.isoformat())
        return SQL("lower(%s)", value)

    def _text(self, target: Target) -> SQL:
        if target.column:
            column = "date_last_modified" if target.type == DATETIME else target.column
            return SQL("lower(%s::text)", SQL.identifier(column))
        if target.first:
            return SQL(
                "(SELECT lower(e #>> %s) FROM jsonb_array_elements(%s)"
                " WITH ORDINALITY AS t (e, place) WHERE %s ORDER BY place LIMIT 1)",
                list(target.inner),
                self._elements(target),
                self._shown(),
            )
        open_text = SQL("payload #>> %s", list(target.path))
        if target.grant in self.view.grants:
            open_text = SQL(
                "COALESCE(%s, payload #>> %s)", open_text, list(target.private)
            )
        return SQL("lower(%s)", open_text)

    def _elements(self, target: Target) -> SQL:
        found = SQL("payload #> %s", list(target.path))
        return SQL("jsonb_build_array(%s)", found) if target.lone else found

    def _list_clause(self, target: Target, predicate: str, value: str) -> SQL:
        """``=``: all of the values (of a plain list nothing else); ``~``: any."""
        found = SQL(
            "ARRAY(SELECT lower(e #>> %s) FROM jsonb_array_elements(%s) AS t (e)"
            " WHERE %s)",
            list(target.inner),
            self._elements(target),
            self._shown(),
        )
        wanted = [part.strip().lower() for part in value.split(",")]
        if predicate == "~":
            return SQL("%s && %s", found, wanted)
        all_of = SQL("%s @> %s", found, wanted)
        if target.whole:
            all_of = SQL("(%s AND %s <@ %s)", all_of, found, wanted)
        return SQL("NOT %s", SQL("(%s)", all_of)) if predicate == "!=" else all_of
