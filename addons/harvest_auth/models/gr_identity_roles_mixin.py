from odoo import models
from odoo.fields import Command
from odoo.tools.sql import escape_psql

from ..exceptions import IdentityRefused
from ..provisioning import decide


class GrIdentityRolesMixin(models.AbstractModel):
    """As what an account gets in: roles and sites, exactly as the table says."""

    _name = "gr.identity.roles.mixin"
    _description = "Identity Provider: Roles and Sites"

    def _decide(self, claims):
        """Return what the table grants; None if there is no table: roles by hand."""
        if not self.mapping_ids:
            return None
        # sudo came with the provider: sites of its district, whoever asks
        sites = self.env["gr.site"].search(
            [("company_id", "=", self.company_id.id), ("code", "!=", False)]
        )
        codes = {site.code: site.id for site in sites}
        return decide(claims, self.mapping_ids._get_rules(), codes)

    def _provision(self, subject, claims, decision):
        """Make a user who may do what the table grants, and nothing else."""
        if not self.jit_enabled or not decision:
            raise IdentityRefused("user_unknown", "users are not made at sign-in")
        email = next(iter(claims.get("email") or ()), "").strip().lower()
        login = email or f"{self._name}-{self.id}:{subject}"
        Users = self.env["res.users"].with_context(no_reset_password=True)
        taken = Users.with_context(active_test=False).search_count(
            [("login", "=ilike", escape_psql(login))], limit=1
        )
        if taken:
            raise IdentityRefused("login_taken")
        return Users.create(
            {
                "name": next(iter(claims.get("name") or ()), "") or login,
                "login": login,
                "email": email or False,
                "company_id": self.company_id.id,
                "company_ids": [Command.set(self.company_id.ids)],
                "group_ids": [Command.set(self._get_groups(decision).ids)],
                **self._get_scope(decision),
            }
        )

    def _apply(self, user, decision):
        """Give exactly the roles and sites of the table; administrators keep theirs."""
        if not decision or self._is_administrator(user):
            return
        roles = self.mapping_ids._get_roles()
        wanted = self._get_groups(decision)
        values = {}
        if user.group_ids & roles != wanted & roles:
            kept = user.group_ids - roles - self._get_kinds()
            values["group_ids"] = [Command.set((kept | wanted).ids)]
        scope = self._get_scope(decision)
        if user.gr_scope != scope["gr_scope"] or set(user.gr_site_ids.ids) != set(
            decision.sites
        ):
            values |= scope
        if values:
            user.write(values)

    def _get_groups(self, decision):
        """Return the roles, and the kind of user that goes with them.

        :raise IdentityRefused: ``roles_conflict``: families' and staff's at once
        """
        roles = self.env["res.groups"].browse(decision.roles)
        family = self.env.ref("harvest_base.group_harvest_community")
        if family in roles and roles != family:
            raise IdentityRefused("roles_conflict", "staff and family at once")
        kind = "base.group_portal" if family in roles else "base.group_user"
        return roles | self.env.ref(kind)

    def _get_kinds(self):
        names = ("base.group_portal", "base.group_user", "base.group_public")
        return self.env["res.groups"].union(*(self.env.ref(name) for name in names))

    def _get_scope(self, decision):
        return {
            "gr_scope": "district" if decision.whole_district else "site",
            "gr_site_ids": [Command.set(sorted(decision.sites))],
        }

    def _is_administrator(self, user):
        names = ("base.group_system", "harvest_base.group_harvest_admin")
        return any(user.has_group(name) for name in names)
