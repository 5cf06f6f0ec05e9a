from datetime import UTC, datetime

from odoo import api, models
from odoo.tools import SQL

from ..policy.lockout import Counter


class GrLockoutCounterMixin(models.AbstractModel):
    """Counters as rows: each is locked, read, and written in the caller's cursor."""

    _name = "gr.lockout.counter.mixin"
    _description = "Failed Sign-ins: Rows"

    @api.model
    def _lock_row(self, cr, kind, key):
        """Return the counter, its row locked until the cursor is committed."""
        insert = SQL(
            """INSERT INTO gr_lockout (kind, key, failures, locks) VALUES (%s, %s, 0, 0)
               ON CONFLICT (kind, key) DO NOTHING""",
            kind,
            key,
        )
        select = SQL(
            """SELECT failures, locks, last_failure, blocked_until FROM gr_lockout
                WHERE kind = %s AND key = %s FOR UPDATE""",
            kind,
            key,
        )
        cr.execute(insert)
        cr.execute(select)
        failures, locks, last, blocked = cr.fetchone()
        return Counter(failures, locks, _epoch(last), _epoch(blocked))

    @api.model
    def _save(self, cr, kind, ticket, counter, user=None):
        cr.execute(
            SQL(
                """UPDATE gr_lockout
                      SET failures = %s, locks = %s, last_failure = %s,
                          blocked_until = %s, network = %s,
                          user_id = coalesce(%s, user_id)
                    WHERE kind = %s AND key = %s""",
                counter.failures,
                counter.locks,
                _stamp(counter.last),
                _stamp(counter.blocked_until),
                ticket.network,
                user.id if user and kind == "account" else None,
                kind,
                ticket.account if kind == "account" else ticket.network,
            )
        )

    @api.model
    def _is_known_here(self, cr, user, network, days):
        """Tell whether this person signed in from this network before.

        So the guesses of one child do not keep the whole school out.
        """
        if not user:
            return False
        cr.execute(
            SQL(
                """SELECT 1 FROM gr_session
                    WHERE user_id = %s AND network = %s
                      AND started > now() AT TIME ZONE 'UTC' - %s * interval '1 day'
                    LIMIT 1""",
                user.id,
                network,
                days,
            )
        )
        return bool(cr.fetchone())


def _epoch(moment):
    return moment.replace(tzinfo=UTC).timestamp() if moment else 0.0


def _stamp(seconds):
    return (
        datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None) if seconds else None
    )
