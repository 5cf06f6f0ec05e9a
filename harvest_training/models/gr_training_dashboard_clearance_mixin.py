from odoo import api, models
from odoo.fields import Domain

CLEARANCE = "gr.staff.clearance"
LIGHTS = ("red", "amber", "green")


class GrTrainingDashboardClearanceMixin(models.AbstractModel):
    """Staff requirements by site, as the clearance board has them."""

    _name = "gr.training.dashboard.clearance.mixin"
    _description = "Staff Requirements on the Training Dashboard"

    @api.model
    def _get_clearances(self, asked):
        """Return ``{clearances: {definition, rows}}``; no rows without the right.

        Only sites that the asker may choose are told: of another one, the asker sees
        those people only who also work at an own site.
        """
        rows = []
        if self.env[CLEARANCE].has_access("read"):
            rows = self._read_clearances(self._get_clearance_sites(asked))
        return {
            "clearances": {
                "rows": rows,
                "definition": self.env._(
                    "What staff must have, one for each person and requirement. Red:"
                    " missing or expired. Amber: due soon, or within the grace period."
                    " Green: valid, exempt or not due yet. Who works at two sites"
                    " counts at both. The period and the program play no part in it."
                ),
            }
        }

    @api.model
    def _get_clearance_sites(self, asked):
        domain = self.env.user._gr_site_domain("id")
        if site_id := asked["site_id"]:
            domain &= Domain("id", "=", site_id)
        return self.env["gr.site"].search_fetch(domain, ["name"], order="name, id")

    @api.model
    def _read_clearances(self, sites):
        board = self.env[CLEARANCE]
        counts = {
            (site.id, light): count
            for site, light, count in board._read_group(
                [("site_ids", "in", sites.ids)], ["site_ids", "light"], ["__count"]
            )
        }
        return [
            {
                "id": site.id,
                "label": site.name,
                "cells": [
                    self._figure(
                        counts.get((site.id, light), 0),
                        CLEARANCE,
                        Domain("site_ids", "in", [site.id])
                        & Domain("light", "=", light),
                        key=light,
                    )
                    for light in LIGHTS
                ],
            }
            for site in sites
            if any((site.id, light) in counts for light in LIGHTS)
        ]
