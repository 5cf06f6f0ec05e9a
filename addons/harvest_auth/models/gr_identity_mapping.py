from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import PROVIDERS
from ..directory.search import GROUPS, canonical_dn
from ..provisioning import Rule


class GrIdentityMapping(models.Model):
    """Who has this value in this claim gets this role at these sites."""

    _name = "gr.identity.mapping"
    _description = "Role by Claim"
    _inherit = ["gr.identity.change.mixin", "gr.guarded.mixin"]
    _order = "sequence, id"
    _rec_name = "value"
    _check_company_auto = True
    _fixed = frozenset(PROVIDERS.values())

    sequence = fields.Integer(default=10)
    saml_provider_id = fields.Many2one(
        "gr.saml.provider", index="btree_not_null", ondelete="cascade"
    )
    oidc_provider_id = fields.Many2one(
        "gr.oidc.provider", index="btree_not_null", ondelete="cascade"
    )
    directory_id = fields.Many2one(
        "gr.directory", index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company",
        string="District",
        compute="_compute_company_id",
        store=True,
        index=True,
        precompute=True,
    )
    claim = fields.Char(
        required=True, help="Name of the attribute or claim, as the provider sends it"
    )
    value = fields.Char(required=True, help="Compared letter by letter")
    role_id = fields.Many2one(
        "res.groups",
        required=True,
        ondelete="cascade",
        domain=lambda self: [("id", "in", self._get_roles().ids)],
    )
    site_ids = fields.Many2many(
        "gr.site", string="Sites", check_company=True, help="These sites come with it"
    )
    site_claim = fields.Char(
        "Claim with Sites", help="Claim whose values are the codes of the sites"
    )
    whole_district = fields.Boolean()

    _one_provider = models.Constraint(
        "CHECK (num_nonnulls(saml_provider_id, oidc_provider_id, directory_id) = 1)",
        "A line belongs to exactly one provider.",
    )

    @api.depends(*PROVIDERS.values())
    def _compute_company_id(self):
        names = self.env["gr.identity.provider.mixin"]._get_provider_fields()
        for line in self:
            owner = next((line[name] for name in names if line[name]), None)
            line.company_id = owner and owner.company_id

    @api.model
    def _get_roles(self):
        """Return the groups that a claim may grant: the roles, without administrators.

        Who administers the suite is decided by a person, not by another system.
        """
        ref = self.env.ref
        # sudo: names of groups are no secret; a plain user may not list them
        roles = ref("harvest_base.res_groups_privilege_harvest").sudo().group_ids
        return roles - ref("harvest_base.group_harvest_admin").sudo()  # as above

    @api.constrains("role_id")
    def _check_role(self):
        if self.role_id - self._get_roles():
            raise ValidationError(
                self.env._(
                    "A claim cannot grant “%(role)s”. Choose one of the roles A to F;"
                    " administrators are made by hand.",
                    role=(self.role_id - self._get_roles())[0].name,
                )
            )

    @api.constrains("claim", "value")
    def _check_texts(self):
        for line in self:
            if not line.claim.strip() or not line.value.strip():
                raise ValidationError(
                    self.env._("Fill in the claim and the value that it must have.")
                )

    def _get_rules(self):
        """Return the lines as the engine takes them."""
        portal = self.env.ref("harvest_base.group_harvest_community")
        return [
            Rule(
                claim=line.claim.strip(),
                value=line._get_value(),
                role=line.role_id.id,
                sites=frozenset(line.site_ids.ids),
                site_claim=(line.site_claim or "").strip(),
                whole_district=line.whole_district,
                needs_site=line.role_id != portal,
            )
            for line in self
        ]

    def _get_value(self):
        """Return what is compared; a directory's names of groups have one spelling."""
        self.ensure_one()
        if self.directory_id and self.claim.strip() == GROUPS:
            return canonical_dn(self.value)
        return self.value.strip()
