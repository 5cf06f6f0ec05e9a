import math
import threading
import time
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..own_cursor import own_cursor
from ..policy.bucket import LEASE_SECONDS, Bucket, Quota, headers, seconds_until, take

_leases: dict[tuple[str, str], "Lease"] = {}
_lock = threading.Lock()


class Lease(NamedTuple):
    """Requests that this process may answer without asking the database."""

    left: int
    others: float  # tokens that were left in the bucket
    until: float


class Answer(NamedTuple):
    """Whether a request is answered, and what the client is told."""

    allowed: bool
    headers: dict[str, str]
    retry_after: int = 0


class GrApiBucket(models.Model):
    """How many requests a district or a key may still send; shared by all servers."""

    _name = "gr.api.bucket"
    _description = "API Quota"
    _log_access = False
    _rec_name = "key"

    key = fields.Char(required=True, readonly=True)
    tokens = fields.Float(readonly=True)
    filled_at = fields.Float(readonly=True, help="Seconds since the epoch")

    _key_uniq = models.Constraint("UNIQUE(key)", "It is counted already.")

    @api.model
    def _take(self, key, quota):
        """Take one request of a quota.

        :param str key: ``district:7`` or ``key:12``
        :param Quota quota: its size
        :return: an ``Answer``
        """
        now = time.time()
        place = (self.env.cr.dbname, key)
        with _lock:
            lease = _leases.get(place)
            if lease and lease.left > 0 and now < lease.until:
                lease = _leases[place] = lease._replace(left=lease.left - 1)
                return self._allow(quota, lease)
        bucket, taken = self._take_from_database(key, quota, now)
        if not taken:
            wait = seconds_until(bucket, quota)
            return Answer(False, headers(quota, 0, wait), wait)
        lease = Lease(taken - 1, bucket.tokens, now + LEASE_SECONDS)
        with _lock:
            _leases[place] = lease
        return self._allow(quota, lease)

    @api.model
    def _allow(self, quota, lease):
        remaining = lease.left + lease.others
        missing = quota.capacity - remaining
        reset = max(0, math.ceil(missing * quota.window / quota.capacity))
        return Answer(True, headers(quota, remaining, reset))

    @api.model
    def _take_from_database(self, key, quota, now):
        with own_cursor(self.env, durable=False) as cr:
            insert = SQL(
                """INSERT INTO gr_api_bucket (key, tokens, filled_at)
                   VALUES (%s, %s, %s) ON CONFLICT (key) DO NOTHING""",
                key,
                quota.capacity,
                now,
            )
            select = SQL(
                "SELECT tokens, filled_at FROM gr_api_bucket WHERE key = %s FOR UPDATE",
                key,
            )
            cr.execute(insert)
            cr.execute(select)
            bucket, taken = take(Bucket(*cr.fetchone()), quota, quota.lease, now)
            cr.execute(
                SQL(
                    """UPDATE gr_api_bucket SET tokens = %s, filled_at = %s
                        WHERE key = %s""",
                    bucket.tokens,
                    bucket.at,
                    key,
                )
            )
        return bucket, taken

    @api.model
    def _take_all(self, district, limits):
        """Take a request of the district's quota, and of the key's own if it has one.

        :param limits: ``KeyLimits``
        """
        # sudo: asked for whoever the key is of
        per_minute = (
            self.env["gr.rule"]
            .sudo()
            .sign_in_rule("auth.api.requests_per_minute", district)
        )
        answer = None
        if limits.per_minute:
            answer = self._take(f"key:{limits.key_id}", Quota(limits.per_minute))
        if answer is None or answer.allowed:
            of_district = self._take(f"district:{district.id}", Quota(int(per_minute)))
            if answer is None or not of_district.allowed:
                return of_district
        return answer
