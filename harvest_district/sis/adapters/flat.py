"""Rosters whose files repeat themselves: terms and courses stand in the sections.

Clever's CSV and School Data Sync V1 have neither sessions nor courses nor persons with
several schools: all three are gathered from the rows that mention them.
"""

from collections.abc import Callable, Iterable, Mapping

from .. import vocab
from ..builder import RosterBuilder, RowSink
from ..canonical import join_id
from ..csv_set import CsvSet
from ..dates import ending_year, to_iso
from ..errors import RefusedFile
from ..roster import Roster
from ..source import Source

_LISTS = frozenset(
    {"orgSourcedIds", "agentSourcedIds", "termSourcedIds", "grades", "userIds"}
)


class FlatRoster:
    """Gathers what the rows say; ``finish`` hands it to the builder."""

    def __init__(self, source: Source, files: CsvSet, version: str) -> None:
        self.files = files
        self.builder = new_builder(source, files, version)
        self.strangers = 0  # contacts that are no family
        self._date_format = str(source.settings.extra.get("date_format", ""))
        self._year = stated_year(source)
        self._terms: dict[str, dict[str, str]] = {}
        self._courses: dict[str, dict[str, str]] = {}
        self._persons: dict[str, tuple[str, int, dict[str, str]]] = {}
        self._demographics: dict[str, dict[str, str]] = {}

    def table(self, name: str, file: str) -> RowSink:
        return self.builder.table(name, self.files.file_name(file), last_wins=False)

    def day(self, text: str, file: str, column: str) -> str:
        """:raise RefusedFile: ``date_format_needed``"""
        return to_iso(text, self._date_format, self.files.file_name(file), column)

    # GATHERED FROM SECTIONS

    def add_term(self, term_id: str, name: str, start: str, end: str) -> str:
        """Note a section's term; the year itself when the section names none."""
        if not (start and end):
            return self._add_year()
        key = term_id or join_id(name, start)
        self._terms.setdefault(
            key,
            {
                "sourcedId": key,
                "title": name or key,
                "type": "term",
                "startDate": start,
                "endDate": end,
                "schoolYear": ending_year(end),
            },
        )
        return key

    def _add_year(self) -> str:
        year = self._year()
        self._terms.setdefault(year["sourcedId"], year)
        return year["sourcedId"]

    def add_course(
        self, course_id: str, school: str, title: str, code: str, subject: str
    ) -> str:
        """Note a section's course, "" without one."""
        key = course_id or (join_id(school, code) if code else "")
        if not key:
            return ""
        row = {"sourcedId": key, "title": title or code, "courseCode": code}
        row |= {"subjects": subject, "orgSourcedId": school}
        known = self._courses.setdefault(key, row)
        if known["orgSourcedId"] != school:
            known["orgSourcedId"] = ""  # a course of the whole district
        return key

    # PEOPLE

    def add_person(self, file: str, number: int, row: dict[str, str]) -> None:
        """Note a person; further rows of the same one only add to the lists."""
        known = self._persons.setdefault(row["sourcedId"], (file, number, row))[2]
        if known is row:
            return
        if merge_row(known, row):
            name = self.files.file_name(file)
            self.files.problems.add("rows_differ", name, number)

    def add_demographics(
        self, file: str, number: int, person: str, **values: str
    ) -> None:
        self._demographics.setdefault(
            person, {"sourcedId": person, **values, "_row": f"{number}"}
        )

    def add_guardian(
        self, file: str, number: int, student: str, role: str, **values: str
    ) -> None:
        """Note an adult of a student, at the student's schools."""
        child = self._persons.get(student)
        if not child:
            return
        guardian = values["sourcedId"]
        known = self._persons.get(guardian)
        role = _closest(known[2]["role"], role) if known else role
        if known:
            known[2]["role"] = role
        schools = child[2]["orgSourcedIds"]
        self.add_person(
            file, number, {**values, "role": role, "orgSourcedIds": schools}
        )
        agents = [child[2].get("agentSourcedIds", ""), guardian]
        child[2]["agentSourcedIds"] = join_list(agents)

    def add_enrollment(
        self, file: str, number: int, group: str, person: str, role: str, **more: str
    ) -> None:
        self.table("enrollments", file).add(
            {
                "sourcedId": join_id(group, person, role),
                "classSourcedId": group,
                "userSourcedId": person,
                "role": role,
                **more,
            },
            number,
        )

    # THE END

    def finish(self, sources: Mapping[str, Iterable[str]]) -> Roster:
        """Hand over what was gathered.

        :param sources: the files that each table was read from; a table is complete
            when all of them are whole
        """
        if not self._terms:
            self._add_year()
        first = {table: next(iter(files)) for table, files in sources.items()}
        for table in ("users", "classes", "enrollments"):
            self.table(table, first[table])  # no rows: there are none
        for row in self._terms.values():
            self.table("academicSessions", first["academicSessions"]).add(row)
        for row in self._courses.values():
            self.table("courses", first["courses"]).add(row)
        for _file, number, row in self._persons.values():
            self.table("users", first["users"]).add(row, number)
        for row in self._demographics.values():
            number = int(row.pop("_row"))
            self.table("demographics", first["demographics"]).add(row, number)
        if self.strangers:
            self.files.problems.add("relation_not_family", count=self.strangers)
        for table, files in sources.items():
            if self.files.is_whole(*files):
                self.builder.complete(table)
        return self.builder.finish()


def merge_row(known: dict[str, str], row: Mapping[str, str]) -> bool:
    """Add to a row what another row of the same id says: members of lists.

    :return: whether they differ in anything else; then the first one stands
    """
    differs = False
    for column, value in row.items():
        if column in _LISTS:
            known[column] = join_list([known.get(column, ""), value])
        elif value and value != known.get(column):
            differs = True
    return differs


def join_list(texts: Iterable[str]) -> str:
    """Comma separated lists as one, nothing twice."""
    parts = [part for text in texts for part in text.split(",") if part]
    return ",".join(dict.fromkeys(parts))


def _closest(one: str, other: str) -> str:
    """The closer of two family roles; any other role stays."""
    order = vocab.GUARDIAN_ROLES
    if one not in order:
        return join_list([one, other])
    return min(one, other, key=order.index)


def stated_year(source: Source) -> Callable[[], dict[str, str]]:
    """What gives the school year of the settings as a session.

    It raises ``setting_missing`` only when it is needed and not set.
    """

    def year() -> dict[str, str]:
        given = source.settings.extra.get("school_year")
        if not given:
            raise RefusedFile.of("setting_missing", setting="school_year")
        code = ending_year(given["end"])
        return {
            "sourcedId": f"SY{code}",
            "title": f"{int(code) - 1}-{code}",
            "type": vocab.SCHOOL_YEAR,
            "startDate": given["start"],
            "endDate": given["end"],
            "schoolYear": code,
        }

    return year


def new_builder(source: Source, files: CsvSet, version: str) -> RosterBuilder:
    """A builder whose problems stand beside those of the files."""
    builder = RosterBuilder(version, source.adapter, source.settings.grade_names)
    builder.roster.problems = files.problems
    return builder
