"""The links between a system's ids and our records, looked up once for many batches."""

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


class Links:
    """What one run has looked up; ``clear`` after a rollback."""

    def __init__(self, run) -> None:
        self.env = run.env
        self.company = run.company_id
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
            raise UnresolvedReference(
                self.env._(
                    "Waits for the %(kind)s %(id)s, which was held or had an error.",
                    kind=kind,
                    id=external_id,
                )
            )
        return record_id

    def record(self, kind: str, external_id: str):
        """Return the record behind a reference, or an empty recordset."""
        record_id = self.find(kind, external_id)
        return self.env[MODELS[kind]].browse(record_id or [])

    def school_year(self, code: str) -> int | bool:
        """Return the id of the district's school year that ends in ``code``."""
        if self._years is None:
            years = self.env["gr.school.year"].search(
                [("company_id", "=", self.company.id)]
            )
            self._years = {year.code: year.id for year in years}
        return self._years.get(code, False)

    def save(self, changes, records) -> None:
        """Remember what was applied, in one statement.

        ``site_key`` and hash of an archived object stay as they were.
        """
        self.env.flush_all()
        active = changes[0].action != "archive"
        kind = changes[0].kind
        rows = [
            (
                self.source, self.tenant, kind, change.external_id, record._name,
                record.id, self.company.id, change.payload_hash or None,
                change.site_key if active else None, change.date_end or None, active,
            )
            for change, record in zip(changes, records, strict=True)
        ]  # fmt: skip
        self.env.cr.execute(_upsert(rows, self.env.uid))
        self.env["gr.external.ref"].invalidate_model()
        if kind in self._found:
            self._found[kind] |= {
                row[3]: row[5] for row in rows if row[4] == MODELS[kind]
            }
        if kind == kinds.SESSION:
            self._years = None


def _upsert(rows, uid) -> SQL:
    """The statement that inserts links, or updates those that are there."""
    line = "(%s, %s, %s, %s, %s, %s, %s, %s::varchar, %s::varchar, %s::date, %s)"
    return SQL(
        f"""
        INSERT INTO gr_external_ref AS ref (
            source, tenant, kind, external_id, model, res_id, company_id,
            payload_hash, site_key, date_end, active, applied_at,
            create_uid, write_uid, create_date, write_date)
        SELECT r.*, now() AT TIME ZONE 'UTC', %s, %s,
               now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM (VALUES {", ".join([line] * len(rows))}) AS r (
            source, tenant, kind, external_id, model, res_id, company_id,
            payload_hash, site_key, date_end, active)
        ON CONFLICT (source, tenant, kind, external_id) DO UPDATE SET
            model = EXCLUDED.model,
            res_id = EXCLUDED.res_id,
            payload_hash = COALESCE(EXCLUDED.payload_hash, ref.payload_hash),
            site_key = COALESCE(EXCLUDED.site_key, ref.site_key),
            date_end = COALESCE(EXCLUDED.date_end, ref.date_end),
            active = EXCLUDED.active,
            applied_at = EXCLUDED.applied_at,
            write_uid = EXCLUDED.write_uid,
            write_date = EXCLUDED.write_date
        """,
        uid,
        uid,
        *(value for row in rows for value in row),
    )
