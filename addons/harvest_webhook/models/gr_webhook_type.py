from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import DIRECTIONS
from ..payload import is_type, undeclared


class GrWebhookType(models.Model):
    """A kind of event, and each value that its payload may hold.

    Addons ship them as data. What is not declared here never leaves.
    """

    _name = "gr.webhook.type"
    _description = "Webhook Event Type"
    _order = "direction, code"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="For example training.course.completed")
    direction = fields.Selection(DIRECTIONS, required=True)
    description = fields.Text(translate=True, help="When it happens")
    payload_fields = fields.Text(
        "Declared Values", help="One path a line, for example learner.id"
    )

    _code_uniq = models.Constraint(
        "UNIQUE (code, direction)", "This event type exists already."
    )

    @api.constrains("code")
    def _check_code(self):
        for kind in self:
            if not is_type(kind.code):
                raise ValidationError(
                    self.env._(
                        "“%(code)s” is no event type: use letters, digits and"
                        " underscores, with full stops between.",
                        code=kind.code,
                    )
                )

    @api.depends("name", "code")
    def _compute_display_name(self):
        for kind in self:
            kind.display_name = f"{kind.name} ({kind.code})"

    @api.model
    def _find(self, code, direction):
        """Return the type (sudoed), or none."""
        # sudo: a vocabulary, asked by programs
        return self.sudo().search_fetch(
            [("code", "=", code), ("direction", "=", direction)],
            ["code", "payload_fields"],
            limit=1,
        )

    def _check_declared(self, data):
        """:raise ValueError: the payload holds what this type does not declare

        Paths only: the message must not tell what should not leave.
        """
        self.ensure_one()
        extra = undeclared(data, (self.payload_fields or "").split())
        if extra:
            raise ValueError(f"{self.code} does not declare: {', '.join(extra)}")
