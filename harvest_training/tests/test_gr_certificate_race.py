"""Two workers and one certificate: two real transactions, committed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.exceptions import LockError, ValidationError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger

from .common import TrainingKit


class Ground(TrainingKit):
    """The kit on a transaction of its own."""

    @classmethod
    def make(cls, env):
        cls.env = env
        template = env.ref("harvest_training.gr_certificate_template_default")
        program = cls._make_training_program(
            env.company, courses=0, certificate_template_id=template.id
        )
        learner = cls._make_learner("Racer Test", env.company)
        enrollment = env["gr.training.enrollment"].create(
            {"student_id": learner.id, "program_id": program.id}
        )
        enrollment.status = "completed"
        env["gr.badge.issuer"]._get(env.company)._get_key()
        return enrollment.id


@tagged("post_install", "-at_install")
class TestIssuedOnce(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {"tracking_disable": True})
            self.enrollment_id = Ground.make(env)
        self.addCleanup(self._clean)

    def _clean(self):
        """Remove what was committed; by SQL where our models keep history."""
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {})
            enrollment = env["gr.training.enrollment"].browse(self.enrollment_id)
            program, learner = enrollment.program_id, enrollment.student_id
            partner = learner.partner_id
            certificates = self._find(env)
            env["ir.attachment"].search(
                [
                    ("res_model", "=", "gr.certificate"),
                    ("res_id", "in", certificates.ids),
                    ("res_field", "!=", False),
                ]
            ).unlink()
            for record in (certificates, enrollment, program, learner):
                cursor.execute(
                    SQL(
                        "DELETE FROM %s WHERE id = ANY(%s)",
                        SQL.identifier(record._table),
                        record.ids,
                    )
                )
            env.invalidate_all(flush=False)
            partner.unlink()

    def _find(self, env):
        return env["gr.certificate"].search(
            [("enrollment_id", "=", self.enrollment_id)]
        )

    def _issue(self, has_issued=None, may_commit=None):
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {})

            def work():
                enrollment = env["gr.training.enrollment"].browse(self.enrollment_id)
                issued = env["gr.certificate"]._issue(enrollment)
                env.flush_all()
                if has_issued:
                    has_issued.set()
                    may_commit.wait(20)
                return issued.ids

            return retrying(work, env)

    def test_who_comes_second_is_told_and_then_finds_it(self):
        has_issued, may_commit = Event(), Event()
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(self._issue, has_issued, may_commit)
            self.assertTrue(has_issued.wait(30))
            second = pool.submit(self._issue)
            self.assertIsInstance(second.exception(30), LockError)
            may_commit.set()
            issued = first.result(30)
        self.assertEqual(self._issue(), issued)

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_without_the_lock_the_database_refuses(self):
        has_issued, may_commit = Event(), Event()
        Enrollment = self.registry["gr.training.enrollment"]
        with (
            patch.object(Enrollment, "lock_for_update", lambda *_args, **_more: None),
            ThreadPoolExecutor(2) as pool,
        ):
            first = pool.submit(self._issue, has_issued, may_commit)
            self.assertTrue(has_issued.wait(30))
            second = pool.submit(self._issue)
            Event().wait(1)
            may_commit.set()
            first.result(30)
            self.assertIsInstance(second.exception(30), ValidationError)
        with self.registry.cursor() as cursor:
            env = api.Environment(cursor, SUPERUSER_ID, {})
            self.assertEqual(len(self._find(env)), 1)
