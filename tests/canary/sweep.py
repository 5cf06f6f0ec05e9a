"""Asks every verb of every model as every actor, and says what came out."""

from collections import Counter

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.service.model import call_kw

from .marks import STAFF
from .verbs import Target, changing_calls, reading_calls
from .verdict import BROKEN, Exposure, describe

# Odoo's own (html_editor): one attachment without content, and the answer about all of
# them is an error of the server.
FRAGILE = {"ir.attachment": {"image_width", "image_height"}}
WRITING = ("copy", "web_save")  # verbs that are asked for what they answer


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
        self.broken = {}  # (model, verb) -> error: neither yes nor no
        self._hidden: dict[str, dict[str, int]] = {}

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
        numbers = [self._not_theirs(actor, model._name, letter) for letter in "rwu"]
        hidden = self._get_hidden(actor)
        own = self._theirs(actor, model._name)
        target = Target(model, own, *numbers, [], hidden, {})
        self.calls["fields_get"] += 1
        try:
            target.fields = model.fields_get()
        except UserError:
            return target
        self._look(actor, target, "fields_get", repr(target.fields))
        target.fields = self._askable(actor, model, target.fields)
        target.marked = self._hidden_marks(actor, model._name, "")
        for name, description in target.fields.items():
            relation = description.get("relation")
            if relation and relation != model._name and description.get("searchable"):
                target.marked += self._hidden_marks(actor, relation, f"{name}.")
        return target

    def _askable(self, actor, model, fields):
        """Leave out what refuses the actor's own record: it refuses all others, too.

        One such field among all, and no question that names all of them tells anything.
        """
        own = self._theirs(actor, model._name)
        for name in FRAGILE.get(model._name, ()):
            fields.pop(name, None)
        if self._reads(model, own, list(fields)):
            return fields
        readable = {
            name: description
            for name, description in fields.items()
            if self._reads(model, own, [name])
        }
        return readable or {
            name: description
            for name, description in fields.items()
            if description["type"] not in ("one2many", "many2many")
        }

    def _theirs(self, actor, name):
        theirs = [
            res_id
            for place, res_id, kind in self.world.records.get(name, [])
            if self.policy.is_theirs(actor, place, name, kind)
        ]
        return theirs[:1]

    def _reads(self, model, res_ids, names):
        if not res_ids or not model.has_access("read"):
            return False
        try:
            with self.env.cr.savepoint(flush=False):
                call_kw(model, "read", [res_ids, names], {})
        except Exception:  # noqa: BLE001  whatever it is, asking so tells nothing
            return False
        return True

    def _not_theirs(self, actor, name, letter):
        return [
            res_id
            for place, res_id, kind in self.world.records.get(name, [])
            if not self.policy.is_theirs(actor, place, name, kind, letter)
        ]

    def _get_hidden(self, actor):
        """Return of each model a number that is not the actor's, of a family if any."""
        if actor.name not in self._hidden:
            self._hidden[actor.name] = {}
            for name, records in self.world.records.items():
                hidden = set(self._not_theirs(actor, name, "r"))
                of_family = [n for _p, n, kind in records if kind != STAFF]
                found = [n for n in of_family if n in hidden] or sorted(hidden)
                if found:
                    self._hidden[actor.name][name] = found[-1]
        return self._hidden[actor.name]

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
            with self.env.cr.savepoint(flush=changing or verb in WRITING):
                answer = call_kw(target.model, verb, args, kwargs)
                if answer is not False and (changing or verb in WRITING):
                    self.env.flush_all()
                    raise _TakenBack(answer)  # noqa: TRY301  ends the savepoint
        except _TakenBack as taken:
            if verb == "web_save":  # an own record, with a link to somebody else's
                self._look(actor, target, verb, repr(taken.args))
            else:
                self._note_change(actor, target, verb, args)
        except (UserError, IntegrityError) as refusal:  # a client reads either
            self._look(actor, target, verb, str(refusal))
        except Exception as error:  # noqa: BLE001  a client would read it
            self.broken[target.model._name, verb] = repr(error)
            self._expose(actor, target, verb, BROKEN)
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
