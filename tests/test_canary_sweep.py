"""Nobody sees what is not theirs: marks in every record, and everything asked.

Two districts, two sites, families and staff; every text of every record carries a mark.
Each actor asks every model by every verb; ``test_canary_routes`` asks every route. A
mark (or the number of a record) of somebody else is an exposure. Those that were looked
at and allowed are lines of ``canary_allowed.csv``, each with its reason; any other one
fails, and so does a line that nothing needs any more.
"""

import time

from canary.kit import CanaryKit
from canary.sweep import RpcSweep
from canary.verdict import Review

from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

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
    "odoo.domains",  # a field of Odoo's own that cannot search without access rules
    "odoo.sql_db",
)


@tagged("post_install", "-at_install", "security")
class TestCanarySweep(CanaryKit, TransactionCase):
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
            f"{len(self.world.marks)} marks, {len(sweep.broken)} broken calls, "
            f"{len(sweep.exposures)} exposures, {len(unexplained)} unexplained "
            f"({seconds:.0f} s)"
        )
        for (model, verb), error in sweep.broken.items():
            print(model, verb, error[:300])  # noqa: T201
        self._judge(unexplained, review)
