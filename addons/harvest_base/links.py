"""Which records the values of a form or a call link to."""

from collections import defaultdict

from odoo import Command

# Models that are asked about even where the user may read none of them: their records
# have the name of a person, or tell what somebody wrote.
PERSONS = {
    "calendar.event",
    "discuss.channel",
    "discuss.channel.rtc.session",
    "gr.student",
    "hr.employee",
    "ir.exports",
    "mail.mail",
    "mail.message",
    "res.partner",
    "res.users",
    "sms.sms",
    "survey.survey",
}
# Who may not read one may read the other, which stands for it.
ASKED_AS = {"hr.employee": "hr.employee.public"}
# A saved link to a student is not asked about: what links one is part of the student's
# record, and its own rule refuses it.
OF_ITS_OWN_RULE = {"gr.student"}


def find_links(model, vals_list):
    """Return the ids that values link, also those of lines within.

    :param vals_list: values as ``create``, ``write`` and ``onchange`` take them
    :return: ``{(field, comodel): set of ids}``, field "" for a field of a line
    """
    found = defaultdict(set)
    for vals in vals_list:
        for name, value in vals.items():
            field = model._fields.get(name)
            if not field or not value:
                continue
            if field.type == "many2one" and isinstance(value, int):
                found[name, field.comodel_name].add(value)
            elif field.type in ("reference", "many2one_reference"):
                _add_reference(found, name, value, vals.get(_get_model_field(field)))
            elif field.type in ("one2many", "many2many"):
                _add_commands(found, model.env, field, value)
    return found


def _get_model_field(field):
    return getattr(field, "model_field", None)


def _add_reference(found, name, value, model):
    if isinstance(value, str) and "," in value:
        model, _comma, number = value.partition(",")
        value = int(number) if number.isdecimal() else 0
    if model and isinstance(value, int):
        found[name, model].add(value)


def _add_commands(found, env, field, commands):
    for command in commands if isinstance(commands, (list, tuple)) else ():
        if isinstance(command, int):
            found[field.name, field.comodel_name].add(command)
            continue
        kind, number, *rest = command
        if kind in (Command.LINK, Command.UPDATE) and isinstance(number, int):
            found[field.name, field.comodel_name].add(number)
        elif kind == Command.SET:
            found[field.name, field.comodel_name] |= set(rest[0])
        if kind in (Command.CREATE, Command.UPDATE) and rest and rest[0]:
            for (_name, comodel), ids in find_links(
                env[field.comodel_name], [rest[0]]
            ).items():
                found["", comodel] |= ids
