"""Nobody sees what is not theirs: marks in every record, and everything asked.

Two districts, two sites, families and staff; every text of every record carries a mark.
Each actor asks every model by every verb. A mark (or the number of a
record) of somebody else is an exposure. Those that were looked at and allowed are lines
of ``canary_allowed.csv``, each with its reason; any other one fails, and so does a line
that nothing needs any more.
"""

import threading
import time

from canary.sweep import RpcSweep
from canary.verdict import Policy, Review, read_allowed
from canary.world import Builder, import_factories
from test_access_matrix import DISTRICT_WIDE, MATRIX, our_addons

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.harvest_base.const import QUIET_LOAD
from odoo.addons.harvest_base.tests.common import HarvestKit

# Models that hold nobody: settings of the whole system, the same for every district.
NO_RECORD = {
    "hr.job.skill",
    "mail.activity.type",
    "website.rewrite",
    "website.snippet.filter",
}
QUIET = (
    "odoo.addons.base.models.ir_access",
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_rule",
    "odoo.sql_db",
)


@tagged("post_install", "-at_install", "security")
class TestCanarySweep(HarvestKit, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **QUIET_LOAD})
        threading.current_thread().dbname = cls.env.cr.dbname  # as in a request
        cls._make_places()
        import_factories(our_addons())
        cls.world = Builder(cls, cls._our_models()).build()
        cls.policy = Policy(MATRIX, DISTRICT_WIDE)
        cls.allowed = read_allowed()

    @classmethod
    def _our_models(cls):
        addons = our_addons()
        return {
            name
            for name, model in cls.env.registry.items()
            if name.startswith("gr.") or model._original_module in addons
        }

    def test_every_model_has_a_record_for_each_place(self):
        """A model without a record is a model that nobody looked into."""
        lacking = {
            name: why
            for name, why in self.world.lacking.items()
            if name not in NO_RECORD
        }
        self.assertFalse(
            lacking,
            "\nGive each a factory (ADDON/tests/matrix.py, or canary/odoo_records.py "
            "for Odoo's own):\n"
            + "\n".join(f"{name}: {why}" for name, why in lacking.items()),
        )

    def test_rpc(self):
        begin = time.monotonic()
        models = sorted(
            name for name, model in self.env.registry.items() if not model._abstract
        )
        sweep = RpcSweep(self.env, self.world, self.policy)
        with mute_logger(*QUIET):
            sweep.run(models)
        review = Review(self.allowed, "rpc")
        unexplained = review.unexplained(sweep.exposures)
        seconds = time.monotonic() - begin
        print(  # noqa: T201  the figure is the result
            f"\ncanary sweep: {len(models)} models x {len(sweep.calls)} verbs x "
            f"{len(self.world.actors)} actors = {sweep.calls.total()} calls, "
            f"{len(self.world.marks)} marks, {sweep.broken.total()} broken calls, "
            f"{len(sweep.exposures)} exposures, {len(unexplained)} unexplained "
            f"({seconds:.0f} s)"
        )
        self._judge(unexplained, review)

    def _judge(self, unexplained, review):
        lines = "\n".join(f"{review.scope},{line},why" for line in unexplained)
        self.assertFalse(
            unexplained,
            "\nClose each, or add its line to tests/canary_allowed.csv with the "
            f"reason:\n{lines}",
        )
        self.assertFalse(
            review.unused(), "lines of canary_allowed.csv that nothing needs"
        )
