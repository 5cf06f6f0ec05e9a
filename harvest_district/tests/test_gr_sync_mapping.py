"""Mappings as a person makes them: columns, templates, samples."""

import io
import tempfile
from pathlib import Path

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.harvest_district.sis import mapping as engine
from odoo.addons.harvest_district.sis.templates import TEMPLATES

from .common import SyncCommon

HEADER = (
    "school_id,school_name,student_id,state_id,first_name,middle_name,last_name,"
    "grade,birth_date,gender,parent1_first_name,parent1_last_name,parent1_email,"
    "parent1_phone,parent2_first_name,parent2_last_name,parent2_email,parent2_phone\n"
)
STUDENTS = HEADER + (
    "7,Ocotillo,1,9100000001,Zoë,,Peña,K,8/31/2020,F,Ana,Peña,ana@example.com,"
    "760-555-0101,,,,\n"
    "8,Cañon,2,9100000002,Mateo,,Peña,1,9/1/2019,M,Ana,Peña,ana@example.com,"
    "760-555-0101,,,,\n"
)


@tagged("post_install", "-at_install")
class TestMapping(SyncCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["gr.school.year"].create(
            {
                "name": "2026–2027",
                "code": "2027",
                "company_id": cls.company.id,
                "date_start": "2026-08-12",
                "date_end": "2027-06-03",
            }
        )
        cls.custom = cls.env["gr.sync.connection"].create(
            {
                "name": "Old SIS",
                "company_id": cls.company.id,
                "adapter": "custom",
                "tenant": "custom-1",
            }
        )

    def _start(self, template="students_csv"):
        wizard = self.env["gr.sync.mapping.start"].create(
            {
                "connection_id": self.custom.id,
                "template": template,
                "date_start": "2026-08-12",
                "date_end": "2027-06-03",
            }
        )
        wizard.action_start()
        return self.custom.mapping_ids

    def _drop(self, text=STUDENTS):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        Path(folder.name, "students.csv").write_text(text)
        self.custom.path = folder.name
        parameters = self.env["ir.config_parameter"]
        parameters.set_param("harvest_district.drop_folders", f"/srv, {folder.name}")

    def _sample(self, name):
        mapping = self.custom.mapping_ids.filtered(lambda one: one.name == name)
        return self.env["gr.sync.sample"].new({"mapping_id": mapping.id})

    # MAPPINGS

    def test_a_template_comes_back_as_it_was(self):
        self.assertEqual(self.custom._get_school_year().code, "2027")
        for name, template in TEMPLATES.items():
            with self.subTest(template=name):
                self.custom.mapping_ids.unlink()
                self._start(name)
                values = {
                    "district": self.company.name,
                    "year": "2027",
                    "year_start": "2026-08-12",
                    "year_end": "2027-06-03",
                }
                records = self.env["gr.sync.mapping"]._get_settings(self.custom)
                self.assertEqual(
                    engine.load(records), engine.load(template.fill(values))
                )
                self.assertFalse(self.custom.mapping_problem_text)

    def test_a_new_mapping_lists_the_columns_to_fill(self):
        with Form(self.env["gr.sync.mapping"]) as form:
            form.connection_id = self.custom
            form.name = "Schools"
            form.table = "orgs"
        record = form.record
        columns = record.field_ids.mapped("column")
        self.assertEqual(tuple(columns), engine.columns_of("orgs"))
        needed = record.field_ids.filtered("is_needed").mapped("column")
        self.assertEqual(needed, ["sourcedId", "name", "type"])
        self.assertIn("sourcedId", record.problem_text)
        with Form(record) as form:
            form.file_name = "schools.csv"
            for index, source in enumerate(("ID", "NAME")):
                with form.field_ids.edit(index) as line:
                    line.source = source
            with form.field_ids.edit(2) as line:
                line.kind = "constant"
                line.source = "school"
        self.assertFalse(record.problem_text)
        fields = record._as_json()["fields"]
        self.assertEqual([one["column"] for one in fields], needed)

    def test_another_table_keeps_what_was_filled(self):
        with Form(self.env["gr.sync.mapping"]) as form:
            form.connection_id = self.custom
            form.name = "People"
            form.table = "orgs"
            with form.field_ids.edit(0) as line:
                line.source = "ID"
            form.table = "courses"
        lines = form.record.field_ids
        self.assertEqual(lines.filtered("source").column, "sourcedId")
        self.assertEqual(len(lines), len(engine.columns_of("courses")))

    def test_what_cannot_be_understood_is_refused(self):
        record = self._start()[3]
        with self.assertRaisesRegex(ValidationError, "cannot be understood"):
            record.filters = "STATUS"
        with self.assertRaisesRegex(ValidationError, "cannot be understood"):
            record.field_ids[0].values_text = "M male"
        with self.assertRaisesRegex(ValidationError, "no column of users"):
            record.field_ids[0].column = "colour"
        with self.assertRaisesRegex(ValidationError, "header"):
            self.custom.auth_kind = "header"

    def test_what_is_to_do_is_said(self):
        self.assertIn("Nothing is mapped yet", self.custom.mapping_problem_text)
        records = self._start()
        records[0].kind = "sql"
        self.assertIn("not said where the rows", records[0].problem_text)
        self.assertIn("different sorts", self.custom.mapping_problem_text)
        records[2].active = False
        self.custom.invalidate_recordset(["mapping_ids", "mapping_problem_text"])
        self.assertIn("academicSessions", self.custom.mapping_problem_text)

    def test_a_copied_mapping_has_its_columns(self):
        record = self._start()[3]
        self.assertEqual(record.copy()._as_json(), record._as_json())

    # READING

    def test_a_mapped_upload_is_read_like_any_roster(self):
        self._start()
        run = self._run_upload(STUDENTS)
        self.assertEqual(run.state, "review", run.error)
        self._apply(run)
        links = self.env["gr.external.ref"]._find(
            self.custom.id_space, self.custom.tenant, "student", "gr.student"
        )
        self.assertEqual(set(links), {"1", "2"})

    def _run_upload(self, text):
        run = self.env["gr.sync.run"].create(
            {"connection_id": self.custom.id, "file_name": "students.csv"}
        )
        run._read_source(io.BytesIO(text.encode()))
        return run

    def test_extra_settings_reach_the_adapter(self):
        self._start()
        self.custom.write(
            {
                "file_pattern": "s*.csv",
                "file_marker": ".done",
                "auth_kind": "header",
                "auth_header": "X-Api-Key",
            }
        )
        extra = self.custom._get_extra_settings()
        self.assertEqual(extra["pattern"], "s*.csv")
        self.assertEqual(extra["marker"], ".done")
        self.assertEqual(extra["auth"], {"kind": "header", "header": "X-Api-Key"})
        self.assertEqual(
            extra["school_year"], {"start": "2026-08-12", "end": "2027-06-03"}
        )
        self.assertEqual(len(extra["mapping"]), 7)
        self.connection.adapter = "clever_csv"
        self.connection.date_format = "mdy"
        extra = self.connection._get_extra_settings()
        self.assertEqual(extra["date_format"], "mdy")
        self.assertNotIn("mapping", extra)

    # SAMPLES

    def test_a_sample_shows_what_becomes_of_the_rows(self):
        self._start()
        self._drop(STUDENTS.replace("9/1/2019", "no date"))
        sample = self._sample("Birth dates")
        self.assertEqual(sample.row_count, 2)
        first, second = sample.line_ids
        self.assertIn("first_name: Zoë", first.source)
        self.assertIn("birthDate: 2020-08-31", first.result)
        self.assertFalse(first.problems)
        self.assertIn("Not a date", second.problems)
        self.assertFalse(sample.problem_text)

    def test_a_sample_shows_which_rows_a_filter_leaves_out(self):
        self._start()
        self._drop()
        sample = self._sample("Parent 2")
        self.assertEqual(sample.line_ids.mapped("is_taken"), [False, False])

    def test_a_sample_says_why_there_is_none(self):
        self._start()
        self._drop()
        Path(self.custom.path, "students.csv").unlink()
        sample = self._sample("Students")
        self.assertFalse(sample.line_ids)
        self.assertIn("There is no file of the form", sample.problem_text)

    def test_a_folder_that_is_not_allowed_is_not_looked_into(self):
        self._start()
        self._drop()
        self.env["ir.config_parameter"].set_param("harvest_district.drop_folders", "")
        sample = self._sample("Students")
        self.assertFalse(sample.line_ids)
        self.assertIn("not among those that may be read", sample.problem_text)

    def test_nothing_of_a_sample_is_stored(self):
        self._start()
        self._drop()
        operator = self._make_user("B", district=self.company, gr_scope="district")
        shown = {"row": {}, "source": {}, "result": {}, "problems": {}, "is_taken": {}}
        mapping = self.custom.mapping_ids[3]
        wizard = self.env["gr.sync.sample"].with_user(operator)
        values = wizard.with_context(default_mapping_id=mapping.id).onchange(
            {}, [], {"mapping_id": {}, "row_count": {}, "line_ids": {"fields": shown}}
        )["value"]
        self.assertEqual(values["row_count"], 2)
        self.assertIn("Zoë", str(values["line_ids"]))
        kept = {
            "gr.sync.sample": {"mapping_id": mapping.id},
            "gr.sync.sample.line": {"row": 2, "source": "first_name: Zoë"},
        }
        for model, vals in kept.items():
            self.assertFalse(self.env[model].search_count([]))
            with self.assertRaisesRegex(UserError, "nothing is stored"):
                self.env[model].with_user(operator).create(vals)

    def test_only_who_may_map_sees_a_sample(self):
        self._start()
        self._drop()
        limited = self._make_user("B", district=self.company, gr_scope="site")
        mapping = self.custom.mapping_ids[3]
        wizard = self.env["gr.sync.sample"].with_user(limited)
        with self.assertRaises(AccessError):
            _ = wizard.new({"mapping_id": mapping.id}).line_ids

    def test_nothing_is_moved_into_another_district(self):
        """A row or a school there would be a stranger's word on who is a guardian."""
        other = self._make_district("Other")
        stranger = self._make_user("B", district=other, gr_scope="district")
        mine = self.env["gr.sync.connection"].create(
            {"name": "Mine", "company_id": other.id, "adapter": "custom"}
        )
        mine._note_schools({"1": "One"})
        there = self._start()[0]
        own = self.env["gr.sync.mapping"].with_user(stranger)
        own = own.create({"name": "Mine", "connection_id": mine.id, "kind": "fixed"})
        line = self.env["gr.sync.mapping.field"].with_user(stranger)
        line = line.create({"mapping_id": own.id, "column": "sourcedId"})
        rule = self.env["gr.calendar.rule"].with_user(stranger)
        rule = rule.create({"name": "Mine", "text": "break", "result": "ignore"})
        for record, values in (
            (own, {"connection_id": self.custom.id}),
            (line, {"mapping_id": there.id}),
            (mine.school_ids.with_user(stranger), {"connection_id": self.custom.id}),
            (rule, {"company_id": self.company.id}),
        ):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.write(values)
