import logging

from odoo import SUPERUSER_ID, api, models

from ..own_cursor import own_cursor

_logger = logging.getLogger(__name__)


class GrLockoutNewsMixin(models.AbstractModel):
    """What people are told of waits and locks."""

    _name = "gr.lockout.news.mixin"
    _description = "Failed Sign-ins: What Is Said"

    @api.model
    def _say_wait(self, seconds):
        minutes = int(seconds // 60) + 1
        return self.env._(
            "Too many wrong attempts. Wait %(minutes)s min and try again. If you forgot"
            " your password, reset it; an administrator can unlock you at once.",
            minutes=minutes,
        )

    @api.model
    def _alarm(self, kind, ticket, user):
        """Tell the person and the administrators of a lock, and write it down."""
        _logger.info("Sign-in locked: %s, last from %s", kind, ticket.network)
        with own_cursor(self.env) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["res.users"]._gr_audit("lock", user, {"kind": kind})
            where = ticket.network
            if kind == "account" and user:
                person = env["res.users"].browse(user.id)
                person._gr_tell(
                    env._("Your account was locked for some minutes"),
                    env._(
                        "Somebody entered a wrong password or code too often, last from"
                        " %(where)s. If it was not you, tell your administrator.",
                        where=where,
                    ),
                )
            name = user.name if user else env._("an unknown account")
            env["res.users"]._gr_administrators()._gr_tell(
                env._("A sign-in was locked"),
                env._(
                    "Too many wrong attempts: %(what)s, last from %(where)s. See"
                    " Configuration / Identity / Lockouts.",
                    what=name if kind == "account" else env._("a network"),
                    where=where,
                ),
            )
