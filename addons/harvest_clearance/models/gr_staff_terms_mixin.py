from odoo import api, models
from odoo.fields import Domain

from ..applies import Scope, names
from ..const import RULE_SOON_DAYS, WORKER_TYPES
from ..validity import Due, Renewal, Terms


class GrStaffTermsMixin(models.AbstractModel):
    """A requirement as the engine wants it, and in words."""

    _name = "gr.staff.terms.mixin"
    _description = "Terms of a Staff Requirement"

    @api.depends("due_unit", "due_count", "renewal", "renewal_months", "window_weeks")
    @api.depends_context("lang")
    def _compute_texts(self):
        for one in self:
            one.due_text = one._get_due_text()
            one.renewal_text = one._get_renewal_text()

    def _get_due_text(self):
        match self.due_unit:
            case "days":
                return self.env._(
                    "%(count)s days after the start", count=self.due_count
                )
            case "weeks":
                return self.env._(
                    "%(count)s weeks after the start", count=self.due_count
                )
            case "months":
                return self.env._(
                    "%(count)s months after the start", count=self.due_count
                )
            case "open":
                return self.env._("No day is set")
            case _:
                return self.env._("Before the first day")

    def _get_renewal_text(self):
        match self.renewal:
            case "months":
                return self.env._("%(count)s months", count=self.renewal_months)
            case "school_year_window":
                return self.env._(
                    "Each school year, first %(count)s weeks", count=self.window_weeks
                )
            case "per_assignment":
                return self.env._("The assignment")
            case _:
                return self.env._("Does not end")

    @api.model
    def _get_in_force(self, district, day):
        """Return what is in force in a district on a day, its own lines first."""
        jurisdictions = self.env["gr.rule"]._get_jurisdictions(district)
        # sudo: requirements are public, and read the same for whoever asks the gate
        found = self.sudo().search(
            Domain("jurisdiction", "in", jurisdictions)
            & Domain("company_id", "in", [False, district.id])
            & Domain("valid_from", "<=", day)
            & (Domain("valid_to", "=", False) | Domain("valid_to", ">=", day))
        )
        chosen = {}
        for requirement in found.sorted(
            lambda one: (
                not one.company_id, jurisdictions.index(one.jurisdiction),
                one.sequence, one.id,
            )
        ):  # fmt: skip
            chosen.setdefault(requirement.code, requirement.id)
        return found.filtered(lambda one: chosen[one.code] == one.id)

    def _get_worker_types(self):
        self.ensure_one()
        return frozenset(kind for kind, _label in WORKER_TYPES if self[f"for_{kind}"])

    def _get_scope(self):
        """Return the ``Scope`` that the engine compares with a person."""
        self.ensure_one()
        return Scope(
            worker_types=self._get_worker_types(),
            jobs=frozenset(self.job_ids.ids),
            sites=frozenset(self.site_ids.ids),
            fundings=frozenset(self.funding_ids.ids),
            tasks=frozenset(self.task_ids.ids),
            counties=names(self.counties),
            except_counties=names(self.except_counties),
            employer_kind=self.employer_kind or "",
            hired_from=self.valid_from if self.new_hires_only else None,
        )

    def _get_terms(self, soon_days=0):
        """Return the ``Terms`` that the engine counts with."""
        self.ensure_one()
        return Terms(
            due=Due(self.due_unit),
            due_count=self.due_count,
            renewal=Renewal(self.renewal),
            renewal_months=self.renewal_months,
            window_weeks=self.window_weeks,
            window_lead_weeks=self.window_lead_weeks,
            grace_days=self.grace_days,
            soon_days=soon_days,
            max_age_days=self.max_age_days,
            valid_from=self.valid_from,
        )

    @api.model
    def _get_soon_days(self, district, day):
        """Return how many days before a deadline the light turns amber."""
        return self.env["gr.rule"].rule(RULE_SOON_DAYS, district, day)

    def _accepts_issuer(self, issuer):
        """Whether a card of ``issuer`` counts here."""
        self.ensure_one()
        accepted = {
            " ".join(line.split()).casefold()
            for line in (self.accepted_issuers or "").splitlines()
        } - {""}
        return not accepted or " ".join((issuer or "").split()).casefold() in accepted
