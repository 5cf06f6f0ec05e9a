"""Keep a roster between two runs, and bring a delta up to it.

A delta says what changed; what follows from a change (a school enrollment, a guardian's
site) can only be derived from the whole. So the last whole roster is kept as a
*baseline*, one JSON line per entity, and ``merge`` brings it up to date. From there a
delta takes the same way as a bulk file: one classification, one gate.

A baseline holds what ``canonical`` holds and nothing else: no secrets, no birthplace.
"""

import gzip
import io
import json
import tempfile
from collections.abc import Iterator
from typing import IO

from . import kinds
from .canonical import (
    Class,
    Course,
    Demographics,
    GuardianFlags,
    Membership,
    Org,
    Person,
    Role,
    RoleRow,
    Session,
)
from .errors import UnreadableFile
from .manifest import BULK, DELTA
from .problems import Problems
from .roster import Roster

FORMAT = "harvest-roster-1"
_CLASSES = {
    kinds.ORG: Org,
    kinds.SESSION: Session,
    kinds.PERSON: Person,
    kinds.GUARDIAN_FLAGS: GuardianFlags,
    kinds.DEMOGRAPHICS: Demographics,
    kinds.COURSE: Course,
    kinds.CLASS: Class,
    kinds.MEMBERSHIP: Membership,
    kinds.ROLE: RoleRow,
}


def pack(roster: Roster) -> bytes:
    """A roster as compressed JSON lines, made in pieces so that memory stays small."""
    with tempfile.TemporaryFile() as file:
        with (
            gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1, mtime=0) as packed,
            io.TextIOWrapper(packed, encoding="utf-8") as stream,
        ):
            save_baseline(roster, stream)
        file.seek(0)
        return file.read()


def unpack(packed: bytes) -> Roster:
    """The roster that ``pack`` packed.

    :raise UnreadableFile: it is damaged, or not whole
    """
    try:
        with gzip.open(io.BytesIO(packed), "rt", encoding="utf-8") as stream:
            return load_baseline(stream)
    except (OSError, EOFError) as error:
        raise UnreadableFile.of("baseline_damaged") from error


def save_baseline(roster: Roster, stream: IO[str]) -> None:
    """Write a roster (before it is checked) as JSON lines."""
    for line in _lines(roster):
        stream.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
        stream.write("\n")


def _lines(roster: Roster) -> Iterator[list]:
    head = {
        "version": roster.version,
        "system": roster.system,
        "modes": roster.modes,
        "complete": sorted(roster.complete),
        "tombstones": {k: sorted(ids) for k, ids in roster.tombstones.items()},
        "set_aside": {k: sorted(ids) for k, ids in roster.set_aside.items()},
        "files": roster.files,
        "problems": roster.problems.to_json(),
    }
    yield [FORMAT, head]
    count = 0
    for kind in _CLASSES:
        for entity in roster.entities(kind).values():
            count += 1
            yield [kind, entity._replace(row=0)]
    yield ["end", count]


def load_baseline(stream: IO[str]) -> Roster:
    """Read what ``save_baseline`` wrote.

    :raise UnreadableFile: it is another format, or not whole
    """
    lines = iter(stream)
    roster = Roster()
    count = 0
    try:
        form, head = json.loads(next(lines, "[0, 0]"))
        if form != FORMAT:
            raise UnreadableFile.of("baseline_damaged")
        _restore_head(roster, head)
        for line in lines:
            kind, values = json.loads(line)
            if kind == "end" and values == count:
                return roster
            entity = _restore(kind, values)
            roster.entities(kind)[entity.id] = entity
            count += 1
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableFile.of("baseline_damaged") from error
    raise UnreadableFile.of("baseline_damaged")


def _restore_head(roster: Roster, head: dict) -> None:
    roster.version = head["version"]
    roster.system = head["system"]
    roster.modes = head["modes"]
    roster.complete = set(head["complete"])
    roster.tombstones = {kind: set(ids) for kind, ids in head["tombstones"].items()}
    roster.set_aside = {kind: set(ids) for kind, ids in head["set_aside"].items()}
    roster.files = head.get("files", {})
    roster.problems = Problems.from_json(head.get("problems", [[], []]))


def _restore(kind: str, values: list):
    entity = _CLASSES[kind](*values)
    if kind == kinds.PERSON:
        return entity._replace(
            grades=tuple(entity.grades),
            roles=tuple(Role(*role) for role in entity.roles),
            agents=tuple(entity.agents),
        )
    if kind == kinds.ROLE:
        return entity._replace(role=Role(*entity.role))
    changes = {
        name: tuple(value)
        for name, value in zip(entity._fields, entity, strict=True)
        if isinstance(value, list)
    }
    return entity._replace(**changes) if changes else entity


def merge(base: Roster, update: Roster) -> Roster:
    """The roster after an update; kinds that the update has as bulk are replaced.

    What the base has of other kinds stays unless it is updated or removed, whether or
    not the update mentions it. Neither argument is changed.
    """
    merged = base.copy()
    merged.version, merged.system = update.version, update.system
    merged.problems = update.problems.copy()
    merged.files = dict(update.files)
    if update.modes.get(kinds.ROLE) == BULK and update.modes.get(kinds.PERSON) != BULK:
        for person in merged.persons.values():
            merged.persons[person.id] = person._replace(roles=())
    for kind in _CLASSES:
        mode = update.modes.get(kind)
        if mode == BULK and kind != kinds.ROLE:
            _replace_kind(merged, update, kind)
        elif mode is not None:
            _update_kind(merged, update, kind)
    merged.fold_roles()
    return merged


def _replace_kind(merged: Roster, update: Roster, kind: str) -> None:
    merged.modes[kind] = BULK
    (merged.complete.add if kind in update.complete else merged.complete.discard)(kind)
    known = merged.entities(kind)
    known.clear()
    known.update(update.entities(kind))
    merged.tombstones[kind] = set(update.removed(kind))
    merged.set_aside[kind] = set(update.aside(kind))


def _update_kind(merged: Roster, update: Roster, kind: str) -> None:
    merged.modes.setdefault(kind, DELTA)
    known = merged.entities(kind)
    for entity_id, entity in update.entities(kind).items():
        old = known.get(entity_id)
        if kind == kinds.PERSON and old is not None and not entity.roles:
            entity = entity._replace(roles=old.roles)  # 1.2: roles have not changed
        known[entity_id] = entity
    gone, aside = update.removed(kind), update.aside(kind)
    for entity_id in gone:
        known.pop(entity_id, None)
    fresh = update.entities(kind).keys()
    merged.tombstones[kind] = (merged.removed(kind) - fresh - aside) | gone
    merged.set_aside[kind] = (merged.aside(kind) - fresh - gone) | aside
    if kind == kinds.ROLE:
        merged.drop_roles(gone)
