from odoo import api, models
from odoo.exceptions import AccessError, ValidationError

from ..never_stored import by_value

# A record's site is one of these, or hangs on one.
PLACES = {"site_id", "site_ids", "group_id"}


class GrGuardedMixin(models.AbstractModel):
    """Fields that only the product itself writes, whatever a client sends.

    ``readonly`` guards a view, not the RPC interface. A model names its fields in
    ``_guarded`` (never from outside) and many2one fields in ``_fixed`` (not after
    creation); its own methods write them with sudo, after they checked who asks.
    """

    _name = "gr.guarded.mixin"
    _description = "Guarded Fields"

    _guarded = frozenset()
    _fixed = frozenset({"company_id"})

    @api.model_create_multi
    def create(self, vals_list):
        self._check_student(*vals_list)
        self._check_never_stored(*vals_list)
        for vals in vals_list:
            # An empty value is what a form sends for a field that is not there.
            self._refuse_guarded(
                {name for name in self._guarded & vals.keys() if vals[name]}
            )
        return super().create(vals_list)

    def write(self, vals):
        self._check_student(vals)
        self._check_never_stored(vals)
        self._refuse_guarded(self._guarded & vals.keys())
        self._refuse_guarded(
            {
                name
                for name in self._fixed & vals.keys()
                if any(record.sudo()[name].id != vals[name] for record in self)
            }  # sudo: compared, whoever may read it
        )
        result = super().write(vals)
        if PLACES & vals.keys() and not self.env.su:
            self.check_access("write")  # where it goes must be an own site, too
        return result

    def _check_student(self, *vals_list):
        """Hang nothing on a child whom the user may not read."""
        if "student_id" in self._fields:
            students = [vals.get("student_id") for vals in vals_list]
            self.env["gr.student"]._check_may_link(students)

    def _check_never_stored(self, *vals_list):
        """Refuse numbers that no record may hold (EC 49076.7); never repeat them."""
        for vals in vals_list:
            for name, value in vals.items():
                if by_value(value) and name in self._fields:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” holds what looks like a social security"
                            " number. It is never stored here (EC 49076.7): leave it"
                            " out, and shred the paper that it came on.",
                            field=self._fields[name].string,
                        )
                    )

    def _refuse_guarded(self, names):
        if names and not self.env.su:
            labels = ", ".join(self._fields[name].string for name in sorted(names))
            raise AccessError(
                self.env._("“%(fields)s” cannot be set by hand.", fields=labels)
            )
