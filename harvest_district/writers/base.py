"""What all writers share: references, and the life of a linked record."""

from datetime import date
from typing import Any, NamedTuple

from ..exceptions import UnresolvedReference
from .insert import insert
from .links import MODELS, Links
from .undo import Watch


class Staged(NamedTuple):
    """A staged change as plain data: thousands are read at once."""

    id: int
    kind: str
    external_id: str
    action: str
    site_key: str | None
    date_end: date | None
    payload_hash: str | None
    payload: dict[str, Any]


def to_day(text: str) -> date | bool:
    """Return the date of an ISO text, or False for an empty one."""
    return date.fromisoformat(text) if text else False


class Writer:
    """Writes the changes of one kind.

    Subclasses set ``kind`` and implement ``values``; the other hooks have sensible
    defaults.
    """

    kind: str
    # Fields that may be written on a record that is there: what a roll back puts back.
    writes: tuple[str, ...] = ()
    # Fields that only a new record gets: people own them afterwards.
    only_new: frozenset[str] = frozenset()
    # Rows are many, small and of our own model: insert them set-based.
    many = False

    def __init__(self, run, links: Links) -> None:
        self.run = run
        self.env = run.env
        self.company = run.company_id
        self.links = links
        self.model = MODELS[self.kind]
        self.watch = Watch(self.env)

    # HOOKS

    def values(self, payload) -> dict:
        """Return the record's values; lossless for what the model keeps."""
        raise NotImplementedError

    def archive(self, records) -> None:
        """What "not in the source any more" means for these records."""
        records.write({"active": False})

    def restore_values(self, record) -> dict:
        """What a returning record gets on top of its values."""
        return {"active": True}

    def redirect(self, change, record, values):
        """Return (record, values): where a change to a known record really goes."""
        return record, values

    def finish(self, changes) -> None:
        """Write what goes to another model than the writer's own."""

    def find_existing(self, prepared) -> dict[int, Any]:
        """Return ``{position in prepared: record}`` of what people made before."""
        return {}

    def complete(self, rows: list[dict]) -> list[dict]:
        """Add required related fields to new rows; only needed where ``many``."""
        return rows

    def name_of(self, payload) -> str:
        """Return what a person calls the object, from its payload."""
        return payload.get("title") or payload.get("name") or ""

    # LIFE

    def apply(self, changes) -> None:
        """Apply changes that share kind and action."""
        match changes[0].action:
            case "create":
                records = self._create(changes)
            case "archive":
                records = self._linked(changes)
                self._watch(changes, records)
                self.archive(records.exists() - self._still_sent(changes, records))
            case action:
                records = self._update(changes, restore=action == "restore")
        self.finish(changes)
        self.links.save(changes, records, self.watch.collect())

    def _still_sent(self, changes, records):
        """Return those that another entry, of this or of another system, stands for.

        Two entries may be one person (``gr.sync.identity``); when one of them is
        cleaned up, the person has not left.
        """
        going = {change.external_id for change in changes}
        sent = (
            record_id
            for record_id, entries in self.links.find_entries(
                self.kind, records
            ).items()
            if any(
                entry.external_id not in going and entry.goes_on(self.run.as_of)
                for entry in entries
            )
        )
        return self.env[self.model].browse(sent)

    def _watch(self, changes, records):
        """Remember what these records are like before they are changed."""
        self.watch.add(
            self.model,
            self.writes,
            zip((change.id for change in changes), records.ids, strict=True),
        )

    def _create(self, changes):
        prepared = [self.values(change.payload) for change in changes]
        existing = self.find_existing(prepared)
        if existing:
            self._adopt([changes[place] for place in existing], existing, prepared)
        new = [v for place, v in enumerate(prepared) if place not in existing]
        model = self.env[self.model]
        if self.many:
            made = iter(insert(model, self.complete(new)))
        else:
            made = iter(model.create(new))
        return [existing.get(place) or next(made) for place in range(len(prepared))]

    def _adopt(self, changes, existing, prepared):
        """Take over what people made before; a roll back gives it back as it was."""
        records = self.env[self.model].browse(record.id for record in existing.values())
        self._watch(changes, records)
        for place, record in existing.items():
            self._write(record, prepared[place])

    def _existing_by(self, prepared, *names):
        """Look rows up by the values of some many2one fields, in one query."""
        domain = [(name, "in", [values[name] for values in prepared]) for name in names]
        found = {
            tuple(record[name].id for name in names): record
            for record in self.env[self.model].search(domain)
        }
        keys = enumerate(tuple(values[name] for name in names) for values in prepared)
        return {place: found[key] for place, key in keys if key in found}

    def _update(self, changes, restore):
        records = self._linked(changes)
        plans = []
        for change, record in zip(changes, records, strict=True):
            values = self.values(change.payload)
            if restore:
                values |= self.restore_values(record)
            plans.append(self.redirect(change, record, values))
        self._watch(
            changes,
            self.env[self.model].browse(record.id for record, _values in plans),
        )
        for record, values in plans:
            self._write(record, values)
        return records

    def _write(self, record, values):
        """Write what differs, less what people own once the record is there."""
        changed = self.differences(record, values)
        if changed:
            record.write(changed)

    def differences(self, record, values) -> dict:
        """Return the values that the record does not have yet."""
        fields = record._fields
        return {
            name: value
            for name, value in values.items()
            if name not in self.only_new
            and fields[name].convert_to_write(record[name], record)
            != fields[name].convert_to_write(
                fields[name].convert_to_record(
                    fields[name].convert_to_cache(value, record), record
                ),
                record,
            )
        }

    def _linked(self, changes):
        """Return the records of the changes, in their order."""
        return self.env[self.model].browse(
            [self.links.resolve(self.kind, change.external_id) for change in changes]
        )

    # ROLL BACK

    def must_stay(self, change, record) -> bool:
        """Whether people rely on a record that a run made."""
        return False

    def owned(self, record) -> frozenset[str]:
        """Return the fields of a known record that are people's by now."""
        return frozenset()

    def withdraw(self, records) -> None:
        """Take back records that a run made; nothing is ever deleted."""
        records.filtered("active").write({"active": False})

    # PREVIEW

    def get_names(self, changes) -> dict[int, str]:
        """Return ``{change id: what a person calls the object}``."""
        return {
            change.id: self.name_of(change.payload)
            if change.payload
            else self._record_name(change)
            for change in changes
        }

    def _record_name(self, change) -> str:
        return self.links.record(self.kind, change.external_id).display_name or ""

    def describe(self, change) -> str:
        """Return ``Grade: 02 → 03; …`` for a change that was not applied yet."""
        record = self.links.record(self.kind, change.external_id)
        if not record:
            return ""
        try:
            values = self.differences(record, self.values(change.payload))
        except UnresolvedReference as error:
            return str(error)
        return "; ".join(
            f"{self._label(name)}: {self._show(record, name, record[name])}"
            f" → {self._show(record, name, value)}"
            for name, value in values.items()
        )

    def _label(self, name):
        return self.env[self.model]._fields[name]._description_string(self.env)

    def _show(self, record, name, value):
        field = record._fields[name]
        if field.relational:
            related = (
                value
                if hasattr(value, "_name")
                else self.env[field.comodel_name].browse(value or [])
            )
            return related.display_name or "–"
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value) or "–"
        return str(value) if value not in (False, None, "") else "–"


def person_name(payload) -> str:
    """Return ``Given Family`` of a person's payload."""
    return " ".join(
        filter(None, (payload.get("given_name"), payload.get("family_name")))
    )
