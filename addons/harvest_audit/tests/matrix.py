"""One record of each model for a place, for the access matrix."""

import json

from odoo.addons.harvest_base.tests.matrix import factory

from ..event import Event


@factory("gr.audit.event")
def _event(env, place):
    event = Event("read", "gr.student", uid=1, company_id=place.district.id)
    env.cr.execute("SELECT harvest_audit.append(%s)", [json.dumps([event.as_row()])])
    return env["gr.audit.event"].search(
        [("company_id", "=", place.district.id)], limit=1
    )
