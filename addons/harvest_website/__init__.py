from . import models

ODOO_NAME = "My Website"  # what Odoo calls a website that nobody named


def post_init_hook(env):
    """What is written on later changes is written once for what is there already."""
    env["res.lang"].search([])._offer_on_websites()
    for website in env["website"].search([("name", "=", ODOO_NAME)]):
        website.name = website.company_id.name
