"""Demo: the program's people as employees, and what they hold: most of it, not all."""

import random
from datetime import timedelta

from odoo import fields
from odoo.fields import Command

SEED = "clearance"
# What people of a title do; only these work in the program.
TASKS = {
    "Site Coordinator": ("supervise", "site_lead", "record_access"),
    "Culinary Instructor": ("supervise", "kitchen"),
    "Enrichment Aide": ("supervise",),
}
MET_WITHIN = 400  # days ago; so some of it has ended
SHARE_HELD = 0.88
YEARS_HERE = 5


def extend(env, loader):
    """Make employees of the program's staff in the first district, with credentials."""
    dice = random.Random(SEED)
    tasks = {task.code: task.id for task in env["gr.staff.task"].search_fetch([])}
    today = fields.Date.context_today(env.user)
    people = _make_employees(env, loader, tasks, today, dice)
    credentials = env["gr.staff.credential"].create(
        [
            _prepare_credential(row, today, dice)
            for row in env["gr.staff.clearance"].search(
                [
                    ("employee_id", "in", people.ids),
                    ("requirement_id.renewal", "!=", "per_assignment"),
                ]
            )
            if dice.random() < SHARE_HELD
        ]
    )
    credentials.action_verify()


def _prepare_credential(row, today, dice):
    requirement = row.requirement_id
    issuers = (requirement.accepted_issuers or "").splitlines()
    return {
        "employee_id": row.employee_id.id,
        "requirement_id": requirement.id,
        "issued": today - timedelta(days=dice.randrange(1, MET_WITHIN)),
        "issuer": issuers[0] if issuers else False,
    }


def _make_employees(env, loader, tasks, today, dice):
    roles = [role for role in loader.dataset.roles if role.title in TASKS]
    partners = env["res.partner"].browse(loader.ids[role.adult_key] for role in roles)
    users = {user.partner_id: user.id for user in partners.user_ids}
    return env["hr.employee"].create(
        [
            {
                "name": partner.name,
                "job_title": role.title,
                "company_id": loader.company.id,
                "user_id": users.get(partner, False),
                "work_contact_id": partner.id,
                "gr_site_ids": [Command.set([loader.ids[role.site_key]])],
                "gr_task_ids": [
                    Command.set([tasks[code] for code in TASKS[role.title]])
                ],
                "gr_start_date": today
                - timedelta(days=dice.randrange(30, 365 * YEARS_HERE)),
            }
            for role, partner in zip(roles, partners, strict=True)
        ]
    )
