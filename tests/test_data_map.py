"""Every stored field about a person is in the reviewed data map.

When it fails, add the lines that it prints to
``addons/harvest_privacy/data_map_fields.csv`` (a category of ``data_map.CATEGORIES``)
and, for a new model, one to ``data_map_models.csv``.
"""

from test_access_matrix import our_addons

from odoo.tests import TransactionCase, tagged

from odoo.addons.harvest_privacy import data_map


def describe(registry):
    ours = our_addons()
    for name, model in registry.items():
        if model._abstract or model._transient:
            continue
        for field in model._fields.values():
            if field.store or (field.type == "binary" and not field.compute):
                addons = set(field._modules or ())
                yield data_map.Field(
                    name, field.name, field.comodel_name or "", bool(addons & ours)
                )


@tagged("post_install", "-at_install", "security")
class TestDataMap(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        found = data_map.about_persons(describe(cls.env.registry))
        cls.fields = {(field.model, field.name) for field in found}

    def test_every_field_about_a_person_has_a_line(self):
        missing = sorted(self.fields - set(data_map.field_lines()))
        lines = "\n".join(f"{model},{field},CATEGORY" for model, field in missing)
        self.assertFalse(missing, f"\n{lines}")

    def test_every_model_of_them_says_why_and_how_long(self):
        models = {model for model, _field in self.fields}
        self.assertEqual(sorted(models - set(data_map.model_lines())), [])

    def test_no_line_is_about_what_is_gone(self):
        gone = {key for key in data_map.field_lines() if key[0] in self.env.registry}
        self.assertEqual(sorted(gone - self.fields), [])

    def test_the_words_are_known(self):
        self.assertLessEqual(
            set(data_map.field_lines().values()), set(data_map.CATEGORIES)
        )
        for line in data_map.model_lines().values():
            with self.subTest(model=line.model):
                self.assertIn(line.retention, data_map.RETENTION)
                self.assertTrue(line.purpose and line.source)

    def test_a_field_that_points_to_a_child_would_be_found(self):
        Field = data_map.Field
        fields = [
            Field("gr.new", "student_id", "gr.student", True),
            Field("gr.new", "note", "", True),
            Field("gr.other", "note", "", True),
            Field("res.partner", "gr_note", "", True),
            Field("res.partner", "name", "", False),
        ]
        found = {(field.model, field.name) for field in data_map.about_persons(fields)}
        self.assertEqual(
            found,
            {("gr.new", "student_id"), ("gr.new", "note"), ("res.partner", "gr_note")},
        )
