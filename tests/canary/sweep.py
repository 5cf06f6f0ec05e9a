"""Asks every verb of every model as every actor, and says what came out."""

from collections import Counter

from odoo.exceptions import UserError
from odoo.service.model import call_kw

from .verbs import Target, changing_calls, reading_calls
from .verdict import Exposure, describe


class _TakenBack(Exception):
    """Ends a savepoint whose changes must not stay."""


class RpcSweep:
    """One pass over the models; keeps the exposures and the numbers."""

    def __init__(self, env, world, policy):
        self.env = env
        self.world = world
        self.policy = policy
        self.exposures: set[Exposure] = set()
        self.calls = Counter()  # verb -> number of calls
        self.broken = Counter()  # (model, verb, error) -> number: neither yes nor no

    def run(self, model_names):
        for name in model_names:
            for actor in self.world.actors:
                self._ask(actor, name)

    def _ask(self, actor, name):
        model = self.env(user=actor.user.id, context={"lang": "en_US"})[name]
        self.env.invalidate_all()
        target = self._target(actor, model)
        for verb, args, kwargs in reading_calls(target):
            self._call(actor, target, verb, args, kwargs)
        for verb, args, kwargs in changing_calls(target):
            self._call(actor, target, verb, args, kwargs, changing=True)

    def _target(self, actor, model):
        records = self.world.records.get(model._name, [])

        def not_theirs(letter):
            return [
                res_id
                for place, res_id, kind in records
                if not self.policy.is_theirs(actor, place, model._name, kind, letter)
            ]

        target = Target(model, *map(not_theirs, "rwu"), [], {})
        self.calls["fields_get"] += 1
        try:
            target.fields = model.fields_get()
        except UserError:
            return target
        self._look(actor, target, "fields_get", repr(target.fields))
        target.marked = self._hidden_marks(actor, model._name, "")
        for name, description in target.fields.items():
            relation = description.get("relation")
            if relation and relation != model._name and description.get("searchable"):
                target.marked += self._hidden_marks(actor, relation, f"{name}.")
        return target

    def _hidden_marks(self, actor, name, prefix):
        """Return (path, marks) by distance: of ``name`` and not the actor's."""
        marked = {}
        for mark, origin in self.world.marks.of_model(name):
            if not self.policy.is_theirs(actor, origin.place, name, origin.kind):
                # One field tells as much as all: the first that the model has.
                _field, marks = marked.setdefault(
                    (actor.distance[origin.place], origin.kind), (origin.field, [])
                )
                if origin.field == _field:
                    marks.append(mark)
        return [(prefix + field, marks) for field, marks in marked.values()]

    def _call(self, actor, target, verb, args, kwargs, changing=False):
        self.calls[verb] += 1
        try:
            with self.env.cr.savepoint(flush=changing or verb == "copy"):
                answer = call_kw(target.model, verb, args, kwargs)
                if answer is not False and (changing or verb == "copy"):
                    self.env.flush_all()
                    raise _TakenBack  # noqa: TRY301  ends the savepoint
        except _TakenBack:
            self._note_change(actor, target, verb, args)
        except UserError as refusal:
            self._look(actor, target, verb, str(refusal))
        except Exception as error:  # noqa: BLE001  a client would read it
            self.broken[target.model._name, verb, type(error).__name__] += 1
            self._look(actor, target, verb, str(error))
        else:
            self._look(actor, target, verb, repr(answer))
            self._look_for_ids(actor, target, verb, answer, args)

    def _look(self, actor, target, verb, text):
        for origin in self.world.marks.find(text):
            if not self.policy.is_theirs(
                actor, origin.place, origin.model, origin.kind
            ):
                self._expose(
                    actor,
                    target,
                    verb,
                    describe(
                        actor, origin.place, origin.kind, origin.model, origin.field
                    ),
                )

    def _look_for_ids(self, actor, target, verb, answer, args):
        hidden = set(target.foreign)
        if verb == "search_count":
            if answer:  # somebody else's is counted: by number, or by a text of it
                self._look(actor, target, verb, repr(args))
                path, _operator, values = args[0][0]
                for res_id in values if path == "id" else ():
                    self._note_record(actor, target, verb, res_id)
            return
        if verb == "get_metadata" and "create_uid" not in answer[0]:
            return  # it repeats the number it was asked for
        for res_id in hidden & set(_ids_in(verb, answer)):
            self._note_record(actor, target, verb, res_id)

    def _note_change(self, actor, target, verb, args):
        ids = args[0]
        for res_id in ids if isinstance(ids, list) else [ids]:
            self._note_record(actor, target, verb, res_id)

    def _note_record(self, actor, target, verb, res_id):
        name = target.model._name
        for place, known, kind in self.world.records[name]:
            if known == res_id:
                what = describe(actor, place, kind, name, "id")
                self._expose(actor, target, verb, what)

    def _expose(self, actor, target, verb, what):
        self.exposures.add(Exposure(actor.name, target.model._name, verb, what))


def _ids_in(verb, answer):
    """Yield the record ids that an answer names."""
    if isinstance(answer, dict):
        answer = answer.get("records", [])
    for item in answer or []:
        if isinstance(item, dict):
            if "id" in item:
                yield item["id"]
            yield from item.get("id:array_agg") or []
        elif verb == "name_search":
            yield item[0]
