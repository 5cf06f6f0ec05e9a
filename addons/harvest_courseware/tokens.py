"""Addresses and keys of launches: signed by Odoo, expiring, of one purpose each."""

import binascii
import math
from datetime import datetime, timedelta

from odoo.tools import hash_sign, verify_hash_signed

from .const import CONTENT_DAYS, LAUNCH_HOURS, SCOPE_CONTENT


def sign(env, scope, value):
    """Return a token for ``value`` that is good for one launch's time.

    :param env: sudo environment, to read the database's secret
    """
    return hash_sign(env, scope, value, expiration_hours=LAUNCH_HOURS)


def sign_content(env, value):
    """Return a token that stays the same for a period, so that browsers can cache."""
    period = timedelta(days=CONTENT_DAYS).total_seconds()
    ends = datetime.now().timestamp() + timedelta(hours=LAUNCH_HOURS).total_seconds()
    boundary = math.ceil(ends / period) * period
    expiration = datetime.fromtimestamp(boundary)
    return hash_sign(env, SCOPE_CONTENT, value, expiration=expiration)


def verify(env, scope, token):
    """Return the value of a token that is ours and not expired, else None."""
    try:
        return verify_hash_signed(env, scope, token or "")
    except (binascii.Error, ValueError):
        return None
