from contextlib import contextmanager

from odoo import api, models

from .. import recording
from ..access import Access

ACCESS_FIELDS = frozenset(
    {"active", "company_ids", "group_ids", "gr_scope", "gr_site_ids"}
)


class ResUsers(models.Model):
    """A change of what somebody may see is an event of its own."""

    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        if recording.records(self.env):
            users._gr_log_access({})
        return users

    def write(self, vals):
        if not ACCESS_FIELDS & vals.keys():
            return super().write(vals)
        with self._gr_watching_access():
            return super().write(vals)

    @contextmanager
    def _gr_watching_access(self):
        """Log what the block changes of what these users may see."""
        watched = recording.records(self.env)
        old = self._gr_get_access() if watched else {}
        yield
        if watched:
            self._gr_log_access(old)

    def _gr_get_access(self):
        """Return ``{user id: Access}``."""
        # sudo: what a user may do is written down, whoever changes it
        users = self.sudo().with_context(active_test=False)
        codes = users.group_ids.get_external_id()
        return {
            user.id: Access(
                roles=frozenset(
                    codes[group.id] or f"group {group.id}" for group in user.group_ids
                ),
                sites=frozenset(user.gr_site_ids.ids),
                districts=frozenset(user.company_ids.ids),
                scope=user.gr_scope,
                active=user.active,
            )
            for user in users
        }

    def _gr_log_access(self, old):
        """:param dict old: ``_gr_get_access`` of before; without a line: a new user"""
        # sudo: an event is written for whoever causes it
        events = self.env["gr.audit.event"].sudo()
        new = self._gr_get_access()
        for user in self.sudo():  # sudo: as in _gr_get_access
            change = old.get(user.id, Access()).describe_change(new[user.id])
            if change:
                events.with_company(user.company_id)._log(
                    "role_changed", model="res.users", res_ids=user.ids, detail=change
                )
