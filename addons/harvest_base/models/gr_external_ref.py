from odoo import api, fields, models
from odoo.tools import SQL


class GrExternalRef(models.Model):
    """The only join key of a sync: (source, tenant, kind, external id) ↔ record.

    Names and e-mail addresses are never used to match people (interop hazard 11).
    """

    _name = "gr.external.ref"
    _description = "External Reference"
    _order = "source, tenant, kind, external_id"
    _log_access = False  # links are made by imports; applied_at says when
    _rec_name = "external_id"

    source = fields.Char(required=True, help="Which kind of system, e.g. oneroster.")
    tenant = fields.Char(required=True, help="Whose system, e.g. a district's code.")
    kind = fields.Char(required=True, help="Which kind of object in that system.")
    external_id = fields.Char(string="External ID", required=True)
    model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="model", required=True, readonly=True, index=True
    )
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        default=lambda self: self.env.company,
    )
    payload_hash = fields.Char(
        readonly=True, help="Fingerprint of what was last applied, to skip unchanged."
    )
    site_key = fields.Char(
        readonly=True, help="The site this object counts for when changes are held."
    )
    date_end = fields.Date(
        readonly=True,
        help="The last day of the object's natural life, such as a school year's end."
        " After it, the object's absence is history and no loss.",
    )
    applied_at = fields.Datetime("Last Change", readonly=True)
    active = fields.Boolean(
        default=True, help="Off: the source does not list this object any more."
    )

    _external_uniq = models.Constraint(
        "UNIQUE (source, tenant, kind, external_id)",
        "This external id is linked already.",
    )

    @api.model
    def _find(self, source, tenant, kind, model):
        """Return ``{external id: record id}`` of one kind, archived ones included.

        :param str model: only links to this model (an org may be a site or a district)
        """
        self.flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    "SELECT external_id, res_id FROM gr_external_ref WHERE source = %s"
                    " AND tenant = %s AND kind = %s AND model = %s",
                    source,
                    tenant,
                    kind,
                    model,
                )
            )
        )

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
