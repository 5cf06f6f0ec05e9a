"""School years. Terms are linked to their year; the product keeps none of its own."""

from ..sis import kinds, vocab
from .base import Writer


class SessionWriter(Writer):
    kind = kinds.SESSION
    writes = ("code", "active")
    only_new = frozenset({"name", "date_start", "date_end"})  # the calendar is ours

    def values(self, payload):
        return {
            "name": payload["title"],
            "code": payload["school_year"] or payload["date_end"][:4],
            "company_id": self.company.id,
            "date_start": payload["date_start"],
            "date_end": payload["date_end"],
        }

    def apply(self, changes):
        years = [change for change in changes if _is_year(change)]
        others = [change for change in changes if not _is_year(change)]
        if years:
            super().apply(years)
        if others:
            self.links.save(others, [self._year_of(change) for change in others])

    def _year_of(self, change):
        """The year of a term, or the district when the year is not here."""
        code = change.payload.get("school_year")
        year = self.env["gr.school.year"].browse(self.links.school_year(code) or [])
        return year or self.company

    def find_existing(self, prepared):
        codes = (self.links.school_year(values["code"]) for values in prepared)
        years = self.env["gr.school.year"]
        return {place: years.browse(code) for place, code in enumerate(codes) if code}


def _is_year(change):
    return change.payload.get("type") == vocab.SCHOOL_YEAR
