"""What both sweeps have in common: a world with marks, and the judgement."""

import threading

from test_access_matrix import DISTRICT_WIDE, MATRIX, our_addons

from odoo.tools import mute_logger

from odoo.addons.harvest_base.const import QUIET_LOAD
from odoo.addons.harvest_base.tests.common import HarvestKit

from .verdict import Policy, read_allowed
from .world import Builder, import_factories


class CanaryKit(HarvestKit):
    """For test classes: ``world``, ``policy``, the reviewed lines, and ``_judge``."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, **QUIET_LOAD})
        threading.current_thread().dbname = cls.env.cr.dbname  # as in a request
        cls._make_places()
        import_factories(our_addons())
        # What cannot hold a mark, or cannot be made, is counted by the tests.
        with mute_logger("odoo.sql_db"):
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
