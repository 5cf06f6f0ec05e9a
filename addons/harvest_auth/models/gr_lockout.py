import logging
import time
from dataclasses import replace
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessDenied
from odoo.tools.misc import hmac

from ..own_cursor import own_cursor
from ..policy.lockout import Limits, attempt, succeeded
from ..policy.networks import network_of

_logger = logging.getLogger(__name__)
KINDS = ("account", "network")  # in this order they are locked, everywhere


class Ticket(NamedTuple):
    """An attempt that is being looked at."""

    login: str
    account: str
    network: str
    locked: tuple[str, ...] = ()  # what is locked from now on, should it fail


class GrLockout(models.Model):
    """How often a sign-in failed, for an account and for a network.

    In the database and in a transaction of its own, so that it counts over workers,
    servers, restarts and rollbacks. An account is known by a keyed hash of its login:
    what was typed there may have been a password.
    """

    _name = "gr.lockout"
    _description = "Failed Sign-ins"
    _inherit = ["gr.lockout.counter.mixin", "gr.lockout.news.mixin"]
    _log_access = False
    _rec_name = "key"
    _order = "blocked_until desc nulls last, last_failure desc, id desc"

    kind = fields.Selection(
        [
            ("account", "Account"),
            ("network", "Network"),
            ("key", "API keys of a network"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Person", readonly=True, ondelete="cascade", index=True
    )
    network = fields.Char(string="Last From", readonly=True)
    failures = fields.Integer(readonly=True)
    locks = fields.Integer(readonly=True, help="How often it was locked in a row")
    last_failure = fields.Datetime(string="Last Attempt", readonly=True)
    blocked_until = fields.Datetime(readonly=True, index="btree_not_null")
    is_blocked = fields.Boolean(
        string="Blocked", compute="_compute_is_blocked", search="_search_is_blocked"
    )

    _key_uniq = models.Constraint("UNIQUE(kind, key)", "It is counted already.")

    @api.depends("blocked_until")
    def _compute_is_blocked(self):
        now = fields.Datetime.now()
        for row in self:
            row.is_blocked = bool(row.blocked_until and row.blocked_until > now)

    def _search_is_blocked(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            ("blocked_until", ">" if True in value else "<=", fields.Datetime.now())
        ]

    @api.depends("kind", "key", "user_id")
    def _compute_display_name(self):
        for row in self:
            unknown = self.env._("Unknown account")
            name = row.user_id.display_name or unknown
            row.display_name = name if row.kind == "account" else row.key

    # ATTEMPTS

    @api.model
    def _begin(self, login, address, user):
        """Count an attempt before it is checked. Called by sudo.

        :param user: the ``res.users`` of that login, or none
        :raise AccessDenied: not looked at, says how long to wait
        :return: a ``Ticket`` for ``_succeed`` and ``_fail``
        """
        ticket = Ticket(login, self._hash(login), network_of(address))
        facts = user._gr_sign_in_facts() if user else {}
        done = self._count(ticket, user, facts.get("break_glass", False))
        refused = [kind for kind in KINDS if not done[kind].allowed]
        if refused:
            _logger.info(
                "Sign-in not looked at: %s %s waits %.0f s",
                refused[0], getattr(ticket, refused[0])[:18], done[refused[0]].wait,
            )  # fmt: skip
            raise AccessDenied(self._say_wait(done[refused[0]].wait))
        return ticket._replace(locked=tuple(k for k in KINDS if done[k].locked))

    @api.model
    def _count(self, ticket, user, break_glass):
        """Count in both places, or in none when one of them refuses."""
        now = time.time()
        limits = {kind: self._limits(kind, break_glass) for kind in KINDS}
        known_days = self.env["gr.rule"].sign_in_rule("auth.lockout.known_days")
        with own_cursor(self.env) as cr:
            done = {
                kind: attempt(
                    self._lock_row(cr, kind, getattr(ticket, kind)),
                    limits[kind],
                    now,
                )
                for kind in KINDS
            }
            network = done["network"]
            if not network.allowed and (
                break_glass or self._is_known_here(cr, user, ticket.network, known_days)
            ):
                done["network"] = replace(network, allowed=True)
            if all(one.allowed for one in done.values()):
                for kind in KINDS:
                    counter = done[kind].counter
                    self._save(cr, kind, ticket, counter, user)
        return done

    @api.model
    def _succeed(self, ticket, account=True):
        """Take the count back.

        :param account: the account's own, too; not while a second factor is due, else
            a stolen password would pay for guesses of the code
        """
        with own_cursor(self.env) as cr:
            for kind in KINDS if account else KINDS[1:]:
                counter = self._lock_row(cr, kind, getattr(ticket, kind))
                self._save(cr, kind, ticket, succeeded(counter, own=kind == "account"))

    @api.model
    def _fail(self, ticket, user):
        """The attempt was wrong, as it was counted: tell of a lock, if it is one."""
        for kind in ticket.locked:
            self._alarm(kind, ticket, user)

    @api.model
    def _count_wrong_key(self, address):
        """Count a wrong API key of a network, apart from the sign-ins there.

        A program that goes on with an old key must not lock the people beside it.

        :return: seconds that the network is sent away for, 0 for none
        """
        ticket = Ticket("", "", network_of(address))
        limits = self._limits("network", break_glass=False)
        with own_cursor(self.env) as cr:
            counter = self._lock_row(cr, "key", ticket.network)
            done = attempt(counter, limits, time.time())
            self._save(cr, "key", ticket, done.counter)
        if done.locked:
            self._alarm("key", ticket, self.env["res.users"])
        return done.wait

    @api.model
    def _limits(self, kind, break_glass):
        rule = self.env["gr.rule"].sign_in_rule

        def number(name):
            return rule(f"auth.lockout.{kind}.{name}")

        return Limits(
            delay_from=number("delay_from"),
            delay_max=number("delay_max_seconds"),
            lock_after=number("lock_after"),
            lock_seconds=number("lock_minutes") * 60,
            lock_max=number("lock_max_minutes") * 60,
            forget=number("forget_hours") * 3600,
            locks=not break_glass,
        )

    @api.model
    def _hash(self, login):
        """Return the keyed hash of a login as it is looked up."""
        return hmac(self.env(su=True), self._name, (login or "").strip().lower())

    def action_unlock(self):
        """Look at the next attempt again; for administrators."""
        self.check_access("write")
        for row in self:
            self.env["res.users"]._gr_audit("unlock", row.user_id, {"kind": row.kind})
        # sudo: the fields are written by the product only, who may was checked above
        self.sudo().write({"failures": 0, "locks": 0, "blocked_until": False})

    @api.autovacuum
    def _gc_old(self):
        """Forget what no limit remembers."""
        hours = max(
            self.env["gr.rule"].sign_in_rule(f"auth.lockout.{kind}.forget_hours")
            for kind in KINDS
        )
        self.search([("last_failure", "<", f"now -{int(hours) + 1}H")]).unlink()
