from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.harvest_crypto.exceptions import SealError
from odoo.addons.harvest_crypto.fields import SealedChar

from ..const import OVERLAP_RULE
from ..signing import is_secret, make_secret

SECRET_FIELDS = frozenset(
    {"secret_sealed", "former_sealed", "former_until", "secret_date"}
)


class GrWebhookSecretMixin(models.AbstractModel):
    """A signing secret at rest, and the former one for the time of a rotation.

    Both are sealed with a key that the database does not hold, and are never shown
    again. For some hours after a renewal both count, so that no event is lost.
    """

    _name = "gr.webhook.secret.mixin"
    _description = "Webhook Secret"

    secret_sealed = SealedChar(groups=fields.NO_ACCESS, copy=False, place="secret")
    former_sealed = SealedChar(groups=fields.NO_ACCESS, copy=False, place="secret")
    former_until = fields.Datetime(
        "Former Secret Valid until", readonly=True, copy=False
    )
    secret_date = fields.Datetime("Secret Made on", readonly=True, copy=False)
    has_secret = fields.Boolean(compute="_compute_has_secret")

    @api.depends("secret_date")
    def _compute_has_secret(self):
        field = self._fields["secret_sealed"]
        for record in self:
            # sudo: only whether there is one
            record.has_secret = field.is_set(record.sudo())

    def _get_secrets(self):
        """Return every secret that counts now, the newest first; none if unreadable."""
        self.ensure_one()
        names = ["secret_sealed"]
        until = self.sudo().former_until  # sudo: whoever sends or receives
        if until and until > fields.Datetime.now():
            names.append("former_sealed")
        return list(filter(None, map(self._open, names)))

    def _open(self, name):
        """Return a secret, or False when it is not there or cannot be opened."""
        try:
            return self.sudo()[name]  # sudo: nobody's to read but this method's
        except SealError:
            return False  # the key is not here; who sends or receives says so

    def _renew_secret(self, secret=None):
        """Take a new secret; the present one stays valid for the time of overlap.

        :param secret: one that the other side made, ``whsec_…``
        :return: the new secret, to be shown once
        """
        self.ensure_one()
        if secret and not is_secret(secret):
            raise ValidationError(
                self.env._(
                    "This is no secret of the Standard Webhooks format: whsec_ and the"
                    " base64 of 24 to 64 bytes. Copy it again, or make one here."
                )
            )
        secret = secret or make_secret()
        former = self._open("secret_sealed")
        self.sudo().write(  # nobody's to write by hand
            {
                "former_sealed": former,
                "former_until": former and self._get_overlap_end(),
                "secret_sealed": secret,
                "secret_date": fields.Datetime.now(),
            }
        )
        return secret

    def _get_overlap_end(self):
        hours = self.env["gr.rule"].rule(
            OVERLAP_RULE, self.company_id, fields.Date.context_today(self)
        )
        return fields.Datetime.now() + timedelta(hours=hours)

    def action_renew_secret(self):
        """Make a new secret and show it, this once."""
        self.ensure_one()
        self.check_access("write")
        secret = self._renew_secret()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Secret of %(name)s", name=self.name),
            "res_model": "gr.webhook.secret",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_address": self.url,
                "default_secret": secret,
                "default_former_until": self.former_until,
            },
        }

    def action_end_former_secret(self):
        """End the overlap now, for example because the former secret leaked."""
        self.check_access("write")
        # sudo: nobody's to write by hand
        self.sudo().write({"former_sealed": False, "former_until": False})

    def _get_search_defaults(self):
        """Return the filters that a button asks for, for the log that it opens."""
        prefix = "search_default_"
        return {k: v for k, v in self.env.context.items() if k.startswith(prefix)}
