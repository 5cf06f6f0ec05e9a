from odoo import api, fields, models

from ..const import PROVIDERS


class GrIdentity(models.Model):
    """Which account of a district is which user, by a key that never changes."""

    _name = "gr.identity"
    _description = "Linked Account"
    _inherit = ["gr.guarded.mixin"]
    _order = "last_login desc, id desc"
    _rec_name = "user_id"
    _check_company_auto = True
    # Made at the first sign-in, never by hand: who could write one could be anybody.
    _guarded = frozenset(
        {*PROVIDERS.values(), "subject", "user_id", "last_login", "is_provisioned"}
    )

    saml_provider_id = fields.Many2one(
        "gr.saml.provider", index="btree_not_null", ondelete="cascade", readonly=True
    )
    oidc_provider_id = fields.Many2one(
        "gr.oidc.provider", index="btree_not_null", ondelete="cascade", readonly=True
    )
    directory_id = fields.Many2one(
        "gr.directory", index="btree_not_null", ondelete="cascade", readonly=True
    )
    provider_name = fields.Char("Provider", compute="_compute_provider_name")
    company_id = fields.Many2one(
        "res.company", string="District", required=True, index=True, readonly=True
    )
    subject = fields.Char(
        "Key", required=True, readonly=True, help="The account's key in their system"
    )
    user_id = fields.Many2one(
        "res.users", required=True, index=True, ondelete="cascade", readonly=True
    )
    is_provisioned = fields.Boolean(
        "Made by Sign-in",
        readonly=True,
        help="On: the user was made at the first sign-in. Off: it was there before.",
    )
    last_login = fields.Datetime("Last Sign-in", readonly=True)
    session_ids = fields.One2many("gr.identity.session", "identity_id")

    _saml_subject_uniq = models.UniqueIndex(
        "(saml_provider_id, subject) WHERE saml_provider_id IS NOT NULL",
        "This account is already linked to a user.",
    )
    _oidc_subject_uniq = models.UniqueIndex(
        "(oidc_provider_id, subject) WHERE oidc_provider_id IS NOT NULL",
        "This account is already linked to a user.",
    )
    _directory_subject_uniq = models.UniqueIndex(
        "(directory_id, subject) WHERE directory_id IS NOT NULL",
        "This account is already linked to a user.",
    )
    _one_provider = models.Constraint(
        "CHECK (num_nonnulls(saml_provider_id, oidc_provider_id, directory_id) = 1)",
        "A linked account belongs to exactly one provider.",
    )

    @api.depends(*PROVIDERS.values())
    def _compute_provider_name(self):
        for identity in self:
            identity.provider_name = identity._get_provider().name

    def _get_provider(self):
        """Return the provider's record, of whichever kind."""
        self.ensure_one()
        providers = (self[name] for name in self._get_provider_fields())
        return next(filter(None, providers), self.saml_provider_id)

    def _get_provider_fields(self):
        return self.env["gr.identity.provider.mixin"]._get_provider_fields()

    def _end_access(self):
        """Their system has switched these accounts off: nobody stays in by them.

        Users are archived, which ends sessions and API keys alike; an administrator's
        stays, for who else could mend a mistake. Called by sudo.
        """
        self.env["gr.identity.session"]._end(self)
        for identity in self.filtered("user_id.active"):
            if not identity._get_provider()._is_administrator(identity.user_id):
                identity.user_id.action_archive()
