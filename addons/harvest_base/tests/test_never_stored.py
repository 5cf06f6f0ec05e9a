from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import HarvestCommon

SHAPED = "123-45-6789"  # invented; it has the shape


@tagged("post_install", "-at_install", "security")
class TestNeverStored(HarvestCommon):
    def test_an_import_says_which_row_and_not_what(self):
        found = self.env["gr.student"].load(
            ["first_name", "last_name", "local_id"],
            [["Ana", "Prueba", "A-7"], ["Beto", "Prueba", SHAPED]],
        )
        self.assertFalse(found["ids"])
        [message] = found["messages"]
        self.assertEqual(message["rows"], {"from": 1, "to": 1})
        self.assertEqual(message["field"], "local_id")
        self.assertNotIn("6789", str(found))

    def test_contacts_too(self):
        found = self.env["res.partner"].load(["name", "ref"], [["M.", SHAPED]])
        self.assertFalse(found["ids"])

    def test_a_clean_file_comes_in(self):
        found = self.env["gr.student"].load(
            ["first_name", "last_name"], [["Ana", "Nueva"]]
        )
        self.assertTrue(found["ids"])

    def test_nobody_writes_one_into_a_note(self):
        with self.assertRaises(ValidationError) as refused:
            self.env["gr.student.flag"].create(
                {
                    "student_id": self.student.id,
                    "kind": "allergy",
                    "note": f"Her number is {SHAPED}",
                }
            )
        self.assertIn("EC 49076.7", str(refused.exception))
        self.assertNotIn("6789", str(refused.exception))
