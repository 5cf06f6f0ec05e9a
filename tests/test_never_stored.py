"""No field of the suite holds what is never stored (``harvest_base/never_stored.csv``).

Fields that Odoo brings along are in ``ODOOS_OWN`` with the reason why they stay; nobody
fills them through the suite, and no page of the suite shows them.
"""

import pytest
from test_access_matrix import our_addons

from odoo.tests import TransactionCase, tagged

from odoo.addons.harvest_base.never_stored import by_name

# Of employees, for payroll abroad; no view of the suite, and behind Odoo's HR group.
ODOOS_OWN = {"hr.employee", "hr.version", "hr.employee.public", "res.company"}


def wrong_names(fields):
    """Yield ``model.field`` of what is named after something never stored."""
    for field in fields:
        for text in (field.name, field.string):
            if text and by_name(text):
                yield f"{field.model_name}.{field.name}"
                break


@tagged("post_install", "-at_install", "security")
class TestNeverStored(TransactionCase):
    def _fields(self):
        ours = our_addons()
        for model in self.env.registry.values():
            for field in model._fields.values():
                addons = set(field._modules or ()) | {model._original_module}
                if addons & ours and not model._transient:
                    yield field

    def test_no_field_is_named_after_it(self):
        found = set(wrong_names(self._fields()))
        found = {name for name in found if name.rpartition(".")[0] not in ODOOS_OWN}
        self.assertEqual(found, set())

    def test_the_suite_has_many_fields_to_look_at(self):
        self.assertGreater(len(list(self._fields())), 1000)


@pytest.mark.parametrize("name", ["ssn", "x_birth_place"])
def test_such_a_field_would_be_found(name):
    class Field:
        model_name = "gr.student"
        string = None

    Field.name = name
    assert list(wrong_names([Field])) == [f"gr.student.{name}"]
