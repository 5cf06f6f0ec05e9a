"""What tests of the sign-in share: cheap hashes, other addresses, another time."""

import time
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessDenied
from odoo.tests import HttpCase
from odoo.tests.common import TEST_CURSOR_COOKIE_NAME

from odoo.addons.base.models import res_users
from odoo.addons.harvest_base.tests.common import HarvestCommon
from odoo.addons.http_routing.tests.common import MockRequest

PASSWORD = "tulip wagon sunny 42"
SCHOOL = "192.0.2.10"
ELSEWHERE = "198.51.100.20"


@contextmanager
def mock_request(env, **options):
    """Odoo's mock of a request, with what our code looks at in a real one."""
    with MockRequest(env, **options) as request:
        request.httprequest.method = "POST"
        request.gr_key_limits = request.gr_districts = None
        yield request


def note_events(test):
    """Return a list that gets what is written to the log: (action, its values).

    Events are committed by a connection of their own, which a test must not do.
    ``district`` is the one whose log it is; empty where none is known.
    """
    noted = []

    def note(log, action, *, stream=None, **event):
        district = log.env["res.company"] if stream else log.env.company
        noted.append((action, event | {"district": district}))

    test.patch(type(test.env["gr.audit.event"]), "_log_now", note)
    return noted


class SignInCommon(HarvestCommon, HttpCase):
    """Sign-ins with a clock and addresses of our own.

    Hashes have one round, so that ninety guesses cost nothing; how many are made is
    counted, never how long they take.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rounds = patch.object(res_users, "MIN_ROUNDS", 1)
        cls.startClassPatcher(rounds)
        cls.registry.clear_cache("stable")
        cls.addClassCleanup(cls.registry.clear_cache, "stable")
        cls.teacher = cls.users["D"]
        cls.teacher.password = PASSWORD
        cls.neighbor = cls.users["E"]
        cls.neighbor.password = PASSWORD

    def setUp(self):
        super().setUp()
        self.now = time.time()
        clock = patch("time.time", lambda: self.now)
        self.startPatcher(clock)
        self.events = note_events(self)

    def events_of(self, action):
        """The details of what was written down under an action."""
        return [event["detail"] for found, event in self.events if found == action]

    def sign_in(self, login, password=PASSWORD, address=SCHOOL):
        """Sign in as the form does: the answer, or the refusal's text."""
        credential = {"type": "password", "login": login, "password": password}
        self.env.flush_all()
        cookies = {TEST_CURSOR_COOKIE_NAME: self.http_request_key}
        with mock_request(self.env, remote_addr=address, cookies=cookies) as request:
            request.gr_attempt = None
            try:
                info = self.env["res.users"].authenticate(
                    credential, {"interactive": True}
                )
            except AccessDenied as error:
                return str(error)
            return info["uid"]

    def guess(self, login, times=1, address=SCHOOL, patient=False):
        """Enter wrong passwords; say how many of them were looked at.

        :param patient: wait as long as asked before each
        """
        looked_at = 0
        for _guess in range(times):
            if patient:
                self.now += self.wait_of(login)
            answer = self.sign_in(login, "wrong wrong wrong", address)
            looked_at += "Too many" not in answer
        return looked_at

    def row_of(self, login):
        lockout = self.env["gr.lockout"]
        self.env.invalidate_all()
        return lockout.search([("key", "=", lockout._hash(login))])

    def wait_of(self, login):
        row = self.row_of(login)
        until = row.blocked_until and row.blocked_until.timestamp() + 1
        return max(0, (until or 0) - self.now)
