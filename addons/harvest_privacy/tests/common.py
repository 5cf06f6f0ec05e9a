"""The people that privacy is about: parents with and without rights, and officials."""

from odoo.addons.harvest_base.tests.common import HarvestCommon


class PrivacyCommon(HarvestCommon):
    """At the own site: a child with two parents, one of them with a portal user.

    ``user_operations`` is the compliance manager, with access to the whole district;
    ``user_program`` coordinates the own site only.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_operations.gr_scope = "district"
        cls.manager = cls.user_operations
        cls.mother = cls.guardian
        cls.father = cls._make_guardian(
            cls.student, "Padre Prueba", relation="father", priority=2
        )
