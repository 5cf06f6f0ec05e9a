from odoo import api, models

from odoo.addons.harvest_audit.const import SYSTEM_STREAM


class GrIdentityChangeMixin(models.AbstractModel):
    """Settings of the sign-in: a change made by a person is an event of the district.

    What the system notes by itself (a test, a refreshed document) is not one, but that
    a provider goes into use or out of it is.
    """

    _name = "gr.identity.change.mixin"
    _description = "Audited Settings of the Sign-in"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record, vals in zip(records, vals_list, strict=True):
            record._log_change("created", vals)
        return records

    def write(self, vals):
        result = super().write(vals)
        if not self.env.su or "state" in vals:
            self._log_change("changed", vals)
        return result

    def unlink(self):
        self._log_change("deleted", ())
        return super().unlink()

    def _log_change(self, what, names):
        # sudo: the log is nobody's to write by hand
        events = self.env["gr.audit.event"].sudo()
        of_a_district = "company_id" in self._fields
        for company, records in (
            self.grouped("company_id").items() if of_a_district else [(None, self)]
        ):
            events.with_company(company)._log(
                "provider_changed",
                model=self._name,
                res_ids=records.ids,
                fields=sorted(names),
                detail={"change": what},
                stream=None if of_a_district else SYSTEM_STREAM,
            )
