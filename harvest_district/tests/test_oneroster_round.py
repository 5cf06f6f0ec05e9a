"""Our own client reads our own service, as another district's Harvest would."""

from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged

from ..provider import BASES, TOKEN_PATH, V11, V12
from ..sis import Net, NetPolicy, Settings, build_snapshot, kinds
from ..sis.adapters import ADAPTERS
from ..sis.problems import ERROR, FATAL
from .oneroster_common import OneRosterCommon


@tagged("post_install", "-at_install")
class TestOneRosterRound(OneRosterCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client.share_state_id = True
        cls.secret = cls.client._renew_secret()

    def _make_source(self, version):
        settings = Settings(
            "oneroster_rest",
            profile="oneroster_generic" if version == V12 else "oneroster_generic_11",
            base_url=self.base_url() + BASES[version],
            token_url=self.base_url() + TOKEN_PATH,
            client_id=self.client.client_key,
            secret=self.secret,
            extra={"auth": "oauth2", "page_size": 3},
        )
        host = urlsplit(self.base_url()).netloc
        net = Net(settings.base_url, policy=NetPolicy(trusted_hosts=frozenset({host})))
        return ADAPTERS["oneroster_rest"](settings, net)

    def test_everything_arrives_and_is_complete(self):
        for version in (V11, V12):
            with self.subTest(version=version), self.allow_requests(all_requests=True):
                source = self._make_source(version)
                self.assertFalse([s.problem for s in source.check() if s.problem])
                pull = source.pull()
                shot = build_snapshot(pull.roster, as_of=self.today)
                self.assertFalse(
                    [p for p in shot.problems if p.severity in (ERROR, FATAL)]
                )
                self.assertEqual(shot.complete, set(kinds.RECORD_KINDS))
                found = {r.external_id: r.payload for r in shot.records(kinds.STUDENT)}
                student = found[self.student_sid()]
                self.assertEqual(student["given_name"], "Ana")
                self.assertEqual(student["ssid"], "1234567890")
                changes = source.pull(pull.cursor)
                self.assertTrue(changes.is_delta)
