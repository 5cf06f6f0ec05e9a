"""The links between a system's ids and our records, looked up once for many batches."""

from datetime import date
from typing import NamedTuple

from psycopg2.extras import Json

from odoo.tools import SQL

from ..exceptions import UnresolvedReference
from ..sis import kinds

# The model that the records of a kind are kept in.
MODELS = {
    kinds.ORG: "gr.site",
    kinds.SESSION: "gr.school.year",
    kinds.STUDENT: "gr.student",
    kinds.ADULT: "res.partner",
    kinds.SITE_ROLE: "gr.site.role",
    kinds.DEMOGRAPHICS: "gr.student.demographics",
    kinds.GUARDIANSHIP: "gr.guardianship",
    kinds.SCHOOL_ENROLLMENT: "gr.student.enrollment",
    kinds.COURSE: "gr.group",
    kinds.CLASS: "gr.group",
    kinds.MEMBERSHIP: "gr.group.member",
}


class Entry(NamedTuple):
    """A reference to a record: its id in this system (None in another), its end."""

    external_id: str | None
    ends: date | None

    def goes_on(self, day: date) -> bool:
        return self.ends is None or self.ends >= day


class Links:
    """What one run has looked up; ``clear`` after a rollback."""

    def __init__(self, run) -> None:
        self.env = run.env
        self.company = run.company_id
        self.run_id = run.id
        self.source, self.tenant = run._get_key()
        self._found: dict[str, dict[str, int]] = {}
        self._years: dict[str, int] | None = None

    def clear(self) -> None:
        self._found.clear()
        self._years = None

    def find(self, kind: str, external_id: str) -> int | bool:
        """Return the id of the record behind a reference, or False."""
        if kind not in self._found:
            self._found[kind] = self.env["gr.external.ref"]._find(
                self.source, self.tenant, kind, MODELS[kind]
            )
        return self._found[kind].get(external_id, False)

    def resolve(self, kind: str, external_id: str) -> int:
        """Return the id of the record behind a reference.

        :raise UnresolvedReference: it was not applied, because it is held or failed
        """
        record_id = self.find(kind, external_id)
        if not record_id:
            labels = self.env["gr.sync.change"]._get_kind_labels()
            raise UnresolvedReference(
                self.env._(
                    "Waits for the %(kind)s %(id)s, which was held or had an error.",
                    kind=labels[kind].lower(),
                    id=external_id,
                )
            )
        return record_id

    def open_site(self, org_id: str) -> int:
        """Return the id of a school's site, or of the one that took it over."""
        site = self.env["gr.site"].browse(self.resolve(kinds.ORG, org_id))
        return site._get_current_site().id

    def record(self, kind: str, external_id: str):
        """Return the record behind a reference, or an empty recordset."""
        record_id = self.find(kind, external_id)
        return self.env[MODELS[kind]].browse(record_id or [])

    def find_entries(self, kind: str, records) -> dict[int, list[Entry]]:
        """Return the living references to records that have more than one.

        A change that is still to be applied counts as if it were.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.res_id, CASE WHEN own THEN r.external_id END,
                       CASE WHEN c.id IS NULL THEN r.date_end ELSE c.date_end END
                  FROM gr_external_ref r
            CROSS JOIN LATERAL (SELECT r.source = %s AND r.tenant = %s AS own) o
             LEFT JOIN gr_sync_change c ON own AND c.run_id = %s AND c.kind = r.kind
                   AND c.external_id = r.external_id AND c.state = 'staged'
                 WHERE r.model = %s AND r.res_id = ANY(%s) AND r.kind = %s AND r.active
                   AND c.action IS DISTINCT FROM 'archive'
                """,
                self.source,
                self.tenant,
                self.run_id,
                records._name,
                records.ids,
                kind,
            )
        )
        found: dict[int, list[Entry]] = {}
        for record_id, external_id, ends in rows:
            found.setdefault(record_id, []).append(Entry(external_id, ends))
        return found

    def school_year(self, code: str) -> int | bool:
        """Return the id of the district's school year that ends in ``code``."""
        if self._years is None:
            years = self.env["gr.school.year"].search(
                [("company_id", "=", self.company.id)]
            )
            self._years = {year.code: year.id for year in years}
        return self._years.get(code, False)

    def save(self, changes, records, rows=None) -> None:
        """Mark the changes as applied and remember their records, in one statement.

        Site and hash of an archived object stay as they were.

        :param rows: ``{change id: rows as they were}``, kept for a roll back
        """
        self.env.flush_all()
        undo = self._get_undo(changes, rows or {})
        active = changes[0].action != "archive"
        kind = changes[0].kind
        self.env.cr.execute(
            SQL(
                _MARK_AND_LINK,
                changes=[change.id for change in changes],
                models=[record._name for record in records],
                records=[record.id for record in records],
                undo=[Json(undo[c.id]) if c.id in undo else None for c in changes],
                source=self.source,
                tenant=self.tenant,
                company=self.company.id,
                active=active,
            )
        )
        self.env["gr.external.ref"].invalidate_model(flush=False)
        if kind in self._found:
            self._found[kind] |= {
                change.external_id: record.id
                for change, record in zip(changes, records, strict=True)
                if record._name == MODELS[kind]
            }
        if kind == kinds.SESSION:
            self._years = None

    def _get_undo(self, changes, rows):
        """Return ``{change id: former rows and reference}``; a new row has neither."""
        undo = {change_id: {"rows": found} for change_id, found in rows.items()}
        if changes[0].action == "create":
            return undo
        former = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT external_id, jsonb_build_object(
                           'id', id, 'model', model, 'res_id', res_id,
                           'payload_hash', payload_hash, 'site_key', site_key,
                           'date_end', date_end, 'active', active)
                      FROM gr_external_ref
                     WHERE source = %s AND tenant = %s AND kind = %s
                       AND external_id = ANY(%s)
                    """,
                    self.source,
                    self.tenant,
                    changes[0].kind,
                    [change.external_id for change in changes],
                )
            )
        )
        return {
            change.id: {
                "rows": rows.get(change.id, []),
                "ref": former.get(change.external_id),
            }
            for change in changes
        }

    def put_back(self, changes) -> None:
        """Give references back what they said before the changes; drop no one.

        The reference of a new record becomes inactive and forgets its hash: the next
        reading shows the object as back again.
        """
        former = [c.undo["ref"] for c in changes if c.undo and c.undo.get("ref")]
        made = [change for change in changes if change.action == "create"]
        self.env.cr.execute(SQL(_PUT_BACK, refs=Json(former)))
        self.env.cr.execute(
            SQL(
                "UPDATE gr_external_ref SET active = FALSE, payload_hash = NULL,"
                " applied_at = now() AT TIME ZONE 'UTC' WHERE source = %s"
                " AND tenant = %s AND kind = %s AND external_id = ANY(%s)",
                self.source,
                self.tenant,
                changes[0].kind,
                [change.external_id for change in made],
            )
        )
        self.env["gr.external.ref"].invalidate_model(flush=False)


# One statement marks the changes and links the records: neither without the other.
_MARK_AND_LINK = """
    WITH done AS (
        UPDATE gr_sync_change c
           SET state = 'applied', error = NULL, undo = r.undo
          FROM unnest(%(changes)s, %(models)s, %(records)s, %(undo)s::jsonb[])
            AS r (id, model, res_id, undo)
         WHERE c.id = r.id
     RETURNING c.kind, c.external_id, r.model, r.res_id, c.payload_hash, c.site_key,
               c.date_end)
    INSERT INTO gr_external_ref AS ref (
        source, tenant, kind, external_id, model, res_id, company_id, payload_hash,
        site_key, date_end, active, applied_at)
    SELECT %(source)s, %(tenant)s, kind, external_id, model, res_id, %(company)s,
           NULLIF(payload_hash, ''), site_key, date_end, %(active)s,
           now() AT TIME ZONE 'UTC'
      FROM done
    ON CONFLICT (source, tenant, kind, external_id) DO UPDATE SET
        model = EXCLUDED.model,
        res_id = EXCLUDED.res_id,
        payload_hash = COALESCE(EXCLUDED.payload_hash, ref.payload_hash),
        site_key = CASE WHEN EXCLUDED.active THEN EXCLUDED.site_key
                        ELSE ref.site_key END,
        date_end = COALESCE(EXCLUDED.date_end, ref.date_end),
        active = EXCLUDED.active,
        applied_at = EXCLUDED.applied_at
"""

_PUT_BACK = """
    UPDATE gr_external_ref ref
       SET model = was.model, res_id = was.res_id, payload_hash = was.payload_hash,
           site_key = was.site_key, date_end = was.date_end, active = was.active,
           applied_at = now() AT TIME ZONE 'UTC'
      FROM jsonb_to_recordset(%(refs)s::jsonb)
        AS was (id int, model text, res_id int, payload_hash text, site_key text,
                date_end date, active boolean)
     WHERE ref.id = was.id
"""
