"""Every public method of the suite, called over RPC with somebody else's records.

The buttons of a form are methods that any client may call, with any number. What the
other sweeps ask of every model, this one asks of what we wrote ourselves.
"""

import inspect
import time
from collections import Counter

from canary.changes import Watch
from canary.kit import CanaryKit
from canary.parameters import PLAIN, numbers_of
from canary.verdict import BROKEN, Exposure, Review, describe
from test_access_matrix import our_addons

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import call_kw, get_public_method
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

QUIET = (
    "odoo.addons.base.models.ir_access",
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_rule",
    "odoo.domains",
    "odoo.sql_db",
)
NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class _TakenBack(Exception):
    """Ends a savepoint."""


class MethodSweep:
    """Calls methods as who can sign in, with numbers that are not theirs."""

    def __init__(self, env, world, policy):
        self.env, self.world, self.policy = env, world, policy
        self.exposures: set[Exposure] = set()
        self.calls = Counter()
        self.refused = 0  # wizards that did not take the numbers
        self._wizards: dict[str, dict[str, list[int]]] = {}
        self._watch = Watch(env, world)

    def run(self, methods):
        for actor in self.world.actors:
            if actor.role:
                for model, name in methods:
                    self.ask(actor, model, name)

    def ask(self, actor, model, name):
        number = self._numbers(actor)
        records = self.env(user=actor.user.id, context={"lang": "en_US"})[model]
        self.env.invalidate_all()
        if records._transient:
            res_ids = self._open_wizard(actor, records, number)
            if res_ids:
                self._call(actor, records, name, res_ids, number)
            return
        for res_ids in self._not_theirs(actor, model)[:2]:
            self._call(actor, records, name, res_ids, number)

    def _open_wizard(self, actor, records, number):
        """Return the id of an own wizard that names what is not the actor's."""
        if records._name not in self._wizards.setdefault(actor.name, {}):
            self._wizards[actor.name][records._name] = self._make(records, number)
        return self._wizards[actor.name][records._name]

    def _make(self, records, number):
        values = dict(filled(records, number))
        for some in (values, {}):  # what refuses the links may take what is proposed
            try:
                with self.env.cr.savepoint():
                    made = records.create(some)
                    self.env.flush_all()
                    return made.ids
            except Exception:  # noqa: BLE001  the next one, or none
                self.refused += 1
        return []

    def _call(self, actor, records, name, res_ids, number):
        self.calls[records._name, name] += 1
        function = getattr(records, name)
        args = [] if getattr(function, "_api_model", False) else [res_ids]
        answer = ""
        try:
            with self.env.cr.savepoint():
                answer = call_kw(records, name, args, fill(function, number))
                self.env.flush_all()
                self._note_changes(actor, records, name)
                raise _TakenBack  # noqa: TRY301  ends the savepoint
        except _TakenBack:
            self._watch.changed()
        except UserError as refusal:
            answer = str(refusal)
        except Exception as error:  # noqa: BLE001  a client would read it
            answer = str(error)
            self._expose(actor, records, name, BROKEN)
        self._look(actor, records, name, repr(answer))

    def _look(self, actor, records, name, text):
        for mark in self.world.marks.find(text):
            if not self.policy.is_theirs(actor, mark.place, mark.model, mark.kind):
                what = describe(actor, mark.place, mark.kind, mark.model, mark.field)
                self._expose(actor, records, name, what)

    def _note_changes(self, actor, records, name):
        for model, res_id in self._watch.changed():
            for place, known, kind in self.world.records[model]:
                if known == res_id and not self.policy.is_theirs(
                    actor, place, model, kind, "w"
                ):
                    what = describe(actor, place, kind, model, "changed")
                    self._expose(actor, records, name, what)

    def _expose(self, actor, records, name, what):
        self.exposures.add(Exposure(actor.name, records._name, name, what))

    def _not_theirs(self, actor, model):
        return [
            [res_id]
            for place, res_id, kind in self.world.records.get(model, [])
            if not self.policy.is_theirs(actor, place, model, kind)
        ]

    def _numbers(self, actor):
        def number(model):
            hidden = self._not_theirs(actor, model)
            return hidden[0][0] if hidden else 0

        return number


def fill(function, number):
    """Return a value for each parameter that a call has to give."""
    values = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in NAMED and parameter.default is parameter.empty:
            value = numbers_of(name, number)
            values[name] = PLAIN.get(name, 1) if value is None else value
    return values


def filled(records, number):
    """Yield (name, value) of a wizard: links to what is not theirs, what it needs."""
    for name, field in records._fields.items():
        if field.compute and not field.required:
            continue
        if field.relational and (hidden := number(field.comodel_name)):
            yield name, hidden if field.type == "many2one" else [Command.set([hidden])]
        elif field.required and not field.default and not field.relational:
            kind = field.type
            yield (
                name,
                field.get_values(records.env)[0]
                if kind == "selection"
                else (
                    {"date": "2026-09-01", "datetime": "2026-09-01 12:00:00"}.get(
                        kind, 1
                    )
                ),
            )


def our_methods(env):
    """Return (model, name) of what the suite adds to what clients may call."""
    ours = tuple(f"odoo.addons.{addon}." for addon in our_addons())
    found = []
    for model, cls in sorted(env.registry.items()):
        if cls._abstract:
            continue
        for name in dir(cls):
            function = getattr(cls, name, None)
            if (
                not name.startswith("_")
                and inspect.isfunction(function)
                and inspect.unwrap(function).__module__.startswith(ours)
                and name not in GENERAL
                and _is_public(env[model], name)
            ):
                found.append((model, name))
    return found


def _is_public(model, name):
    try:
        get_public_method(model, name)
    except Exception:  # noqa: BLE001  it says which way, we ask only whether
        return False
    return True


# What all models have; the other sweep asks each of them as a verb.
GENERAL = {
    *("create", "write", "unlink", "copy", "copy_data", "onchange", "load"),
    *("message_post", "message_subscribe", "message_unsubscribe", "authenticate"),
    *("default_get", "search_fetch", "export_data", "read", "web_read", "fields_get"),
}


@tagged("post_install", "-at_install", "security")
class TestCanaryMethods(CanaryKit, TransactionCase):
    def test_methods(self):
        begin = time.monotonic()
        sweep = MethodSweep(self.env, self.world, self.policy)
        with mute_logger(*QUIET):
            sweep.run(our_methods(self.env))
        review = Review(self.allowed, "method")
        unexplained = review.unexplained(sweep.exposures)
        print(  # noqa: T201  the figure is the result
            f"\ncanary sweep: {len(sweep.calls)} methods, {sweep.calls.total()} calls, "
            f"{sweep.refused} wizards refused, "
            f"{len(sweep.exposures)} exposures, {len(unexplained)} unexplained "
            f"({time.monotonic() - begin:.0f} s)"
        )
        self._judge(unexplained, review)
