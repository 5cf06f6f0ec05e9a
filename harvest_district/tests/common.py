"""A district system whose files tests can shape, and the runs that read them."""

import io

from odoo.addons.harvest_base.tests.common import HarvestCommon

from .engine import rosters

AS_OF = rosters.AS_OF


class SyncCommon(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls._make_district("Sync School District")
        cls.connection = cls.env["gr.sync.connection"].create(
            {"name": "Test SIS", "company_id": cls.company.id}
        )

    def _zip(self, tables, **how):
        return rosters.to_zip(rosters.to_files(tables, **how)).getvalue()

    def _read(self, tables=None, content=None, as_of=AS_OF, connection=None, **how):
        """Read a roster into a new run, up to its preview."""
        run = self.env["gr.sync.run"].create(
            {
                "connection_id": (connection or self.connection).id,
                "file_name": "roster.zip",
                "as_of": as_of,
            }
        )
        run._read_source(io.BytesIO(content or self._zip(tables, **how)))
        return run

    def _apply(self, run):
        """Apply in this transaction, as the background job would in its own."""
        run.state = "applying"
        while run._apply_some(1000):
            pass
        return run

    def _sync(self, tables, **how):
        run = self._read(tables, **how)
        return self._apply(run) if run.state == "review" else run

    def _record(self, kind, external_id, model):
        links = self.env["gr.external.ref"]._find(
            self.connection.id_space, self.connection.tenant, kind, model
        )
        return self.env[model].browse(links.get(external_id, []))

    def _student(self, external_id):
        return self._record("student", external_id, "gr.student")

    def _site(self, external_id):
        return self._record("org", external_id, "gr.site")

    def _student_line(self, run, site_key):
        """What the preview says about the students of a school."""
        line = run.site_line_ids.filtered(lambda found: found.site_key == site_key)
        return (
            line.student_before,
            line.student_new + line.student_back,
            line.student_changed,
            line.student_leaving,
            line.student_after,
        )
