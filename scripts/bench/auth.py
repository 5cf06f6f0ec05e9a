"""What signing in and API keys cost a request.

Requests go through Odoo's whole WSGI application, in this process.

* an API key: Odoo's check hashes at every request, ours once a minute and process;
  ``/json/2`` with a key that is known already beside one that is not
* the quota: milliseconds a request, and of how many requests one asks the database
* a refused sign-in: hashes that are computed, and CPU, for an unknown login and for an
  archived account beside a wrong password of a real one. Counts and CPU, because wall
  time on a shared machine proves nothing either way
"""

from __future__ import annotations

import itertools
import json
import statistics
import time
from datetime import datetime, timedelta
from unittest.mock import patch

from . import LOWER, Context, Figure

ROUNDS = 60
SIGN_INS = 5  # of one login, before it is locked
QUOTA_REQUESTS = 1000
LOGIN = "bench-staff"
_addresses = (f"198.51.{a}.{b}" for a, b in itertools.product(range(256), range(256)))


def run(ctx: Context) -> dict[str, Figure]:
    database = ctx.database  # the one that requests are let through to
    with ctx.env(database) as env:
        key = _prepare(env)
    with ctx.env(database) as env:
        figures = _measure_keys(env, key) | _measure_quota(env)
    return figures | _measure_requests(database, key) | _measure_sign_ins(database)


def _prepare(env) -> str:
    """Make two accounts, one of them archived, and a key; return the key."""
    groups = env.ref("base.group_user") + env.ref("harvest_base.group_harvest_admin")
    for login, active in ((LOGIN, True), (f"{LOGIN}-gone", False)):
        user = env["res.users"].create(
            {
                "name": login,
                "login": login,
                "password": "a right password of the bench",
                "group_ids": groups.ids,
            }
        )
        user.active = active
    user = env["res.users"].search([("login", "=", LOGIN)])
    until = datetime.now() + timedelta(days=1)
    return env["res.users.apikeys"].with_user(user)._generate("rpc", "Bench", until)


# -- keys


def _measure_keys(env, key: str) -> dict[str, Figure]:
    from odoo.addons.base.models.res_users import ResUsersApikeys

    keys = env["res.users.apikeys"]

    def stock():
        return ResUsersApikeys._check_credentials(keys, scope="rpc", key=key)

    def ours():
        return keys._check_credentials(scope="rpc", key=key)

    if not (stock() and ours()):
        raise AssertionError("the key is not taken")
    hashed, cached = _cpu_ms(stock), _cpu_ms(ours)
    return {
        "key_check": Figure(cached, "ms", baseline=hashed),
        "key_check_ratio": Figure(cached / hashed, "x", 1.0, 0.1, LOWER),
    }


def _cpu_ms(function, rounds: int = ROUNDS) -> float:
    """Median milliseconds of CPU of a call."""
    taken = []
    for _round in range(rounds):
        began = time.process_time()
        function()
        taken.append((time.process_time() - began) * 1000)
    return statistics.median(taken)


# -- the quota


def _measure_quota(env) -> dict[str, Figure]:
    from odoo.addons.harvest_auth.models.gr_api_bucket import GrApiBucket
    from odoo.addons.harvest_auth.models.gr_api_key import KeyLimits

    buckets, asked = env["gr.api.bucket"], []
    stock = GrApiBucket._take_from_database

    def count(self, *words):
        asked.append(words)
        return stock(self, *words)

    with patch.object(GrApiBucket, "_take_from_database", count):
        began = time.process_time()
        for _request in range(QUOTA_REQUESTS):
            if not buckets._take_all(env.company, KeyLimits()).allowed:
                raise AssertionError("the quota is too small to be measured")
        spent = (time.process_time() - began) * 1000 / QUOTA_REQUESTS
    return {
        "quota": Figure(round(spent, 3), "ms", goal=0.5, better=LOWER),
        "quota_asks_database": Figure(
            len(asked) / QUOTA_REQUESTS * 100, "%", 100, 10, LOWER
        ),
    }


# -- whole requests


def _client(database: str):
    from werkzeug.test import Client

    from odoo.http import root

    return Client(root), {"X-Odoo-Database": database}


def _measure_requests(database: str, key: str) -> dict[str, Figure]:
    from odoo.addons.harvest_auth.models import res_users_apikeys

    client, headers = _client(database)

    def ask():
        answer = client.post(
            "/json/2/res.users/search_count",
            json={"domain": []},
            headers={**headers, "Authorization": f"bearer {key}"},
        )
        if answer.status_code != 200:
            raise AssertionError(answer.get_data(as_text=True)[:500])

    ask()
    known = _cpu_ms(ask)
    with patch.object(res_users_apikeys, "TTL", 1e-6):  # every moment is another slot
        unknown = _cpu_ms(ask)
    return {
        "json2": Figure(round(known, 2), "ms", baseline=round(unknown, 2)),
        "json2_ratio": Figure(known / unknown, "x", 1.0, 0.8, LOWER),
    }


# -- refused sign-ins


def _measure_sign_ins(database: str) -> dict[str, Figure]:
    from passlib.context import CryptContext

    from odoo.tools import mute_logger

    hashes = []

    def counted(method):
        def wrapped(self, *words, **options):
            hashes.append(method.__name__)
            return method(self, *words, **options)

        return wrapped

    names = ("verify", "verify_and_update")
    found = {}
    with (
        mute_logger("odoo.http"),  # a refusal is what is measured
        patch.object(CryptContext, names[0], counted(CryptContext.verify)),
        patch.object(CryptContext, names[1], counted(CryptContext.verify_and_update)),
    ):
        for case, login in (
            ("known", LOGIN),
            ("unknown", "nobody-{}"),
            ("archived", f"{LOGIN}-gone"),
        ):
            found[case] = _refused(database, login, hashes)
    known = found.pop("known")
    figures = {"sign_in_refused": Figure(round(known[1]), "ms")}
    for case, (count, spent) in found.items():
        figures[f"sign_in_{case}_hashes"] = Figure(count, "hashes", known[0])
        ratio = spent / known[1]
        off = round(abs(1 - ratio), 3)
        figures[f"sign_in_{case}_off"] = Figure(off, "x", 0.0, 0.15, LOWER)
    return figures


def _refused(database: str, login: str, hashes: list) -> tuple[float, float]:
    """Hashes and milliseconds of CPU of a refused sign-in, each from a new address."""
    counts, taken = [], []
    for number in range(SIGN_INS):
        client, headers = _client(database)
        name, address = login.format(number), next(_addresses)
        del hashes[:]
        began = time.process_time()
        answer = client.post(
            "/web/session/authenticate",
            data=json.dumps(
                {"params": {"db": database, "login": name, "password": "wrong"}}
            ),
            content_type="application/json",
            headers=headers,
            environ_overrides={"REMOTE_ADDR": address},
        )
        taken.append((time.process_time() - began) * 1000)
        if "error" not in answer.get_json():
            raise AssertionError("a wrong password is taken")
        counts.append(len(hashes))
    return statistics.median(counts), statistics.median(taken)
