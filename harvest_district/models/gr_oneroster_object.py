from odoo import api, fields, models
from odoo.tools import SQL

from ..publishing import publish

# Names are derived with it, so it must outlive everything else; never shown.
NAMESPACE_PARAMETER = "harvest_district.oneroster_namespace"


class GrOnerosterObject(models.Model):
    """One object of the published roster, as ``publishing`` builds it.

    No row is ever dropped: what ended becomes a tombstone. Nobody reads it but the
    OneRoster service, for a client, within that client's rights.
    """

    _name = "gr.oneroster.object"
    _description = "Published Roster Object"
    _order = "company_id, kind, sourced_id, id"
    _rec_name = "sourced_id"
    _log_access = False  # written by SQL; date_last_modified says when

    company_id = fields.Many2one(
        "res.company", string="District", required=True, ondelete="cascade"
    )
    kind = fields.Char(required=True, help="org, academicSession, user …")
    key = fields.Char(required=True, help="What it is made of: a record of ours")
    sourced_id = fields.Char(required=True, help="Its name outside, for life")
    type = fields.Char(help="Which of its kind: school, term, student …")
    sites = fields.Json(help="Sites whose readers see it; empty: all of the district")
    payload = fields.Json(required=True, help="Its attributes, whatever the version")
    status = fields.Char(required=True)
    date_last_modified = fields.Datetime(required=True)
    date_published = fields.Datetime(required=True, help="When it was first told")
    departed = fields.Boolean(
        help="A tombstone for readers of a site that the object has left"
    )

    _key_uniq = models.Constraint(
        "UNIQUE (company_id, key)", "This object is published already."
    )
    # Pages are cut within this index alone, which makes deep pages cheap.
    _page_idx = models.Index(
        "(company_id, kind, sourced_id)"
        " INCLUDE (id, status, date_last_modified, type, departed)"
    )
    _delta_idx = models.Index("(company_id, kind, date_last_modified)")
    _sites_idx = models.Index("USING gin (sites)")
    _class_idx = models.Index("((payload #>> '{class,id}')) WHERE kind = 'enrollment'")
    _user_idx = models.Index("((payload #>> '{user,id}')) WHERE kind = 'enrollment'")

    @api.model
    def _publish(self, companies):
        """Bring the published roster of districts that have clients up to date.

        :param companies: ``res.company`` records; those that nobody reads are skipped
        :return: ``{company: {"new": rows, "changed": …, "gone": …, "left": …}}``; a
            district that is being published by another process is left out
        """
        read = (
            self.env["gr.oneroster.client"]
            .sudo()
            .search(  # whoever's client it is
                [("company_id", "in", companies.ids)]
            )
        )
        done = {}
        for company in read.company_id:
            if counts := self._publish_one(company):
                done[company] = counts
        return done

    def _publish_one(self, company):
        self.env.flush_all()
        [(free,)] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext('gr.oneroster'), %s)",
                company.id,
            )
        )
        if not free:
            return None
        counts = publish(
            self.env.cr,
            company.id,
            fields.Date.context_today(self),
            self._get_namespace(),
        )
        self.invalidate_model(flush=False)
        return counts

    @api.model
    def _get_namespace(self):
        """Return the secret that sourcedIds are derived with, made on first need."""
        # sudo: a system parameter; it is used here and shown nowhere
        parameters = self.env["ir.config_parameter"].sudo()
        namespace = parameters.get_param(NAMESPACE_PARAMETER)
        if not namespace:
            namespace = self.env["gr.oneroster.client"]._make_random()
            parameters.set_param(NAMESPACE_PARAMETER, namespace)
        return namespace

    @api.model
    def _cron_publish(self):
        """Follow what people and the calendar changed, one district a transaction."""
        clients = self.env["gr.oneroster.client"]
        companies = [company for (company,) in clients._read_group([], ["company_id"])]
        self.env["ir.cron"]._commit_progress(remaining=len(companies))
        for company in companies:
            self._publish(company)
            if not self.env["ir.cron"]._commit_progress(1):
                break
