"""Random histories of a district, and what each moment's roster says about them.

A plain model that knows nothing of Odoo: children join, leave, return, move, change
grade, name, adults, birth date and first day. ``World.tables`` is what the district
system exports; ``Replay`` keeps what had to be believed after each export.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from . import rosters

SCHOOLS = ("A", "B", "E", "F")
YEAR_START, YEAR_END = date(2026, 8, 15), date(2027, 6, 10)
GRADES = ("KG", "01", "02", "03", "04", "05")

# What may happen to a child between two exports, and how often in a thousand.
EVENTS = (
    ("leave", 30),
    ("move", 25),
    ("grade", 20),
    ("rename", 20),
    ("adults", 25),
    ("birthdate", 15),
    ("first_day", 15),
)
RETURN, JOIN = 250, 60  # in a thousand, of those who are away


@dataclass(frozen=True)
class Child:
    number: int
    school: str = ""  # "": not here
    first_day: date = YEAR_START
    grade: str = "KG"
    family_name: str = "García"
    birthdate: date = date(2018, 1, 2)
    adults: frozenset[int] = frozenset()
    was_here: bool = False

    @property
    def key(self) -> str:
        return f"s{self.number}"


Line = tuple[str, str]  # student, school


@dataclass(frozen=True)
class Stay:
    """A student at a school, as one believes it."""

    grade: str
    start: date
    end: date
    is_active: bool = True

    def holds(self, day: date) -> bool:
        return self.is_active and self.start <= day <= self.end


class World:
    """A district that lives from one export to the next."""

    def __init__(self, count: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.children = [
            self._enter(Child(number), YEAR_START)
            if self.random.random() < 0.8
            else Child(number)
            for number in range(count)
        ]

    def _enter(self, child: Child, day: date) -> Child:
        return replace(
            child,
            school=self.random.choice(SCHOOLS),
            first_day=day,
            grade=self.random.choice(GRADES),
            adults=frozenset(
                self.random.sample((child.number, child.number + 1_000_000), 1)
            ),
            was_here=True,
        )

    def live(self, day: date) -> None:
        """Let a week pass; every child has an own history."""
        self.children = [self._next(child, day) for child in self.children]

    def _next(self, child: Child, day: date) -> Child:
        if not child.school:
            chance = RETURN if child.was_here else JOIN
            is_back = self.random.randrange(1000) < chance
            return self._enter(child, day) if is_back else child
        for event, chance in EVENTS:
            if self.random.randrange(1000) < chance:
                child = getattr(self, f"_{event}")(child, day)
            if not child.school:
                break
        return child

    def _leave(self, child: Child, _day: date) -> Child:
        return replace(child, school="")

    def _move(self, child: Child, day: date) -> Child:
        others = [school for school in SCHOOLS if school != child.school]
        later = timedelta(days=self.random.choice((0, 0, 14)))
        return replace(child, school=self.random.choice(others), first_day=day + later)

    def _grade(self, child: Child, _day: date) -> Child:
        return replace(child, grade=self.random.choice(GRADES))

    def _rename(self, child: Child, _day: date) -> Child:
        return replace(child, family_name=f"Nombre {self.random.randrange(10**6)}")

    def _adults(self, child: Child, _day: date) -> Child:
        pool = (child.number, child.number + 1_000_000, child.number // 2)
        chosen = self.random.sample(pool, self.random.randrange(3))
        return replace(child, adults=frozenset(chosen))

    def _birthdate(self, child: Child, _day: date) -> Child:
        born = date(2018, 1, 1) + timedelta(days=self.random.randrange(700))
        return replace(child, birthdate=born)

    def _first_day(self, child: Child, day: date) -> Child:
        """The district corrects in retrospect when the child began."""
        span = (day - YEAR_START).days
        return replace(
            child, first_day=YEAR_START + timedelta(days=self.random.randrange(span))
        )

    def here(self) -> list[Child]:
        return [child for child in self.children if child.school]

    def tables(self) -> rosters.Tables:
        """Return the export of this moment."""
        tables = rosters.small_roster(per_school=0)
        district = tables["orgs"][0]
        tables["orgs"] = [district, *({**tables["orgs"][1], "sourcedId": s,
                           "name": f"{s} School", "identifier": f"no-{s}"}
                          for s in SCHOOLS)]  # fmt: skip
        tables["classes"] = [
            {**tables["classes"][0], "sourcedId": f"K{s}", "schoolSourcedId": s}
            for s in SCHOOLS
        ]
        tables["users"], tables["enrollments"] = [], []
        adults = {number for child in self.here() for number in child.adults}
        for child in self.here():
            _add_child(tables, child)
        tables["users"] += [
            rosters.adult(number, "") | {"orgSourcedIds": "D"}
            for number in sorted(adults)
        ]
        return tables


def _add_child(tables: rosters.Tables, child: Child) -> None:
    tables["users"].append(
        rosters.student(
            child.number,
            child.school,
            userIds="",
            grades=child.grade,
            familyName=child.family_name,
            agentSourcedIds=",".join(f"g{number}" for number in sorted(child.adults)),
        )
    )
    tables["demographics"].append(
        {
            "sourcedId": child.key,
            "birthDate": child.birthdate.isoformat(),
            "sex": "female",
            "hispanicOrLatinoEthnicity": "true",
        }
    )
    tables["enrollments"].append(
        {
            **rosters.enrollment(child.key, f"K{child.school}", child.school),
            "beginDate": child.first_day.isoformat(),
        }
    )


@dataclass
class Replay:
    """What has to be believed after each export, by rules of thumb written anew.

    One line for a student at a school: who is in the export is there from the first to
    the last day; who is not any more has left the day before, or never began.
    """

    lines: dict[Line, Stay] = field(default_factory=dict)

    def take(self, world: World, day: date) -> None:
        listed = {(child.key, child.school): child for child in world.here()}
        eve = day - timedelta(days=1)
        for line, stay in self.lines.items():
            if line not in listed and stay.is_active:
                if stay.start > eve:
                    self.lines[line] = replace(stay, is_active=False)
                elif stay.end > eve:
                    self.lines[line] = replace(stay, end=eve)
        for line, child in listed.items():
            self.lines[line] = Stay(child.grade, child.first_day, YEAR_END)

    def copy(self) -> "Replay":
        return Replay(dict(self.lines))

    def on(self, day: date) -> set[tuple[str, str, str]]:
        """Return (student, school, grade) of who was where on a day."""
        return {
            (*line, stay.grade) for line, stay in self.lines.items() if stay.holds(day)
        }
