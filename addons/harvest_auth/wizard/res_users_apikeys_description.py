from odoo import fields, models

from ..models.gr_api_key import ACCESS

LIMITS = ("access", "networks", "requests_per_minute")
LISTS = ("read_model_ids", "write_model_ids", "api_model_ids", "site_ids")


class ResUsersApikeysDescription(models.TransientModel):
    """The dialog that makes a key also asks what it is for."""

    _inherit = "res.users.apikeys.description"

    access = fields.Selection(ACCESS, string="It May", required=True, default="read")
    read_model_ids = fields.Many2many(
        "ir.model",
        "gr_api_key_new_read_rel",
        string="Read",
        domain=[("transient", "=", False)],
    )
    write_model_ids = fields.Many2many(
        "ir.model",
        "gr_api_key_new_write_rel",
        string="Read and Change",
        domain=[("transient", "=", False)],
    )
    api_model_ids = fields.Many2many(
        "ir.model",
        "gr_api_key_new_api_rel",
        string="Interfaces",
        domain=[("abstract", "=", True), ("model", "=like", "gr.%")],
    )
    site_ids = fields.Many2many("gr.site", string="Only These Sites")
    networks = fields.Char(string="Only from These Networks")
    requests_per_minute = fields.Integer()

    def make_key(self):
        # The limits go with the key that Odoo's own method makes.
        limits = {name: self[name] for name in LIMITS}
        limits |= {name: [(6, 0, self[name].ids)] for name in LISTS}
        with_limits = self.with_context(gr_key_limits=limits)
        return super(ResUsersApikeysDescription, with_limits).make_key()
