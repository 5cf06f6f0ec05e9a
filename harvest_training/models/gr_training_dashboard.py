from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..dashboard import PERIODS, YEAR_PREFIX, Period, recent_period
from .gr_training_report import REPORT


class GrTrainingDashboard(models.AbstractModel):
    """The training dashboard's figures, each with the records behind it.

    Every figure is counted with the rights of the person who looks, in a number of
    queries that does not depend on how many learners there are. A figure is::

        {"value": number, "model": "gr…", "domain": [...], "definition": text}

    and ``search_count(domain)`` of that model is its value. What is told of the rounds
    is in ``gr_training_dashboard_rounds_mixin.py``, what is to be done today in
    ``gr_training_dashboard_today_mixin.py``.
    """

    _name = "gr.training.dashboard"
    _description = "Unified Training Dashboard"
    _inherit = [
        "gr.training.dashboard.rounds.mixin",
        "gr.training.dashboard.today.mixin",
        "gr.training.dashboard.clearance.mixin",
    ]

    @api.model
    @api.readonly
    def get_dashboard(self, filters=None):
        """Return all that the dashboard shows.

        :param dict filters: ``site_id``, ``program_id`` (ids), ``learner_type``,
            ``period`` (``year_<id>``, ``last_12_months``, ``last_90_days`` or
            ``custom`` with ``date_from`` and ``date_to``); all may be left out
        :return: ``{filters, options, figures, steps, trend, cohorts, risks, today}``
        :raise AccessError: when the asker may not analyze training
        :raise UserError: when the period is none
        """
        self.env[REPORT].check_access("read")
        asked = self._read_filters(filters or {})
        periods = self._get_periods()
        period = self._find_period(asked, periods)
        learners = self._get_learner_domain(asked)
        rounds = self._get_round_domain(asked, learners)
        return {
            "filters": self._describe_filters(asked, periods, period),
            "options": self._get_options(periods),
            **self._get_rounds(rounds, period),
            **self._get_today(asked, learners, rounds),
        }

    @api.model
    def _figure(self, value, model, domain, definition="", **more):
        """Return a figure, the records behind it, and what it means."""
        return {
            "value": value,
            "model": model,
            "domain": list(Domain(domain)),
            "definition": definition,
            **more,
        }

    # FILTERS

    @api.model
    def _read_filters(self, filters):
        """Return the filters with ids as numbers; they come from an address bar."""
        found = {name: str(value) for name, value in filters.items() if value}
        for name in ("site_id", "program_id"):
            text = found.get(name, "")
            found[name] = int(text) if text.isdecimal() else 0
        return found

    @api.model
    def _get_periods(self):
        """Return ``{key: (label, Period or None)}``; the first one is the default."""
        today = fields.Date.context_today(self)
        years = self.env["gr.school.year"].search(
            [("company_id", "in", self.env.companies.ids), ("date_start", "<=", today)],
        )
        spans = {}
        for year in years:  # of several districts: the longest span of that name
            spans.setdefault(year.name, []).append(year)
        found = {
            f"{YEAR_PREFIX}{same[0].id}": (
                name,
                Period(
                    min(year.date_start for year in same),
                    max(year.date_end for year in same),
                ),
            )
            for name, same in spans.items()
        }
        labels = {
            "last_12_months": self.env._("Last 12 months"),
            "last_90_days": self.env._("Last 90 days"),
            "custom": self.env._("Other dates"),
        }
        for key in PERIODS:
            ready = None if key == "custom" else recent_period(key, today)
            found[key] = (labels[key], ready)
        return found

    @api.model
    def _find_period(self, asked, periods):
        """Return the Period that the filters ask for; by default the school year."""
        key = asked.get("period")
        if key == "custom":
            return self._parse_period(asked)
        return periods[key if key in periods else next(iter(periods))][1]

    @api.model
    def _parse_period(self, asked):
        try:
            start, end = (
                date.fromisoformat(asked.get(name) or "")
                for name in ("date_from", "date_to")
            )
        except (TypeError, ValueError):
            raise UserError(
                self.env._("Choose the first and the last day of the period.")
            ) from None
        if end < start:
            raise UserError(
                self.env._("The period ends before it begins. Change one of its dates.")
            )
        return Period(start, end)

    @api.model
    def _get_learner_domain(self, asked):
        """Return the filters on the learner, as a domain of ``gr.student``."""
        domain = Domain.TRUE
        if site_id := asked["site_id"]:
            domain &= Domain("site_ids", "in", [site_id]) | Domain(
                "site_id", "in", [site_id]
            )
        if learner_type := asked.get("learner_type"):
            domain &= Domain("learner_type", "=", learner_type)
        return domain

    @api.model
    def _get_round_domain(self, asked, learners):
        """Return the filters as a domain of ``gr.training.report``."""
        domain = Domain.TRUE
        if site_id := asked["site_id"]:
            domain &= Domain("site_ids", "in", [site_id])
        if learner_type := asked.get("learner_type"):
            domain &= Domain("learner_type", "=", learner_type)
        if program_id := asked["program_id"]:
            domain &= Domain("program_id", "=", program_id)
        return domain

    @api.model
    def _describe_filters(self, asked, periods, period):
        """Return the filters that were used, as the page's controls take them."""
        key = asked.get("period")
        return {
            "site_id": asked["site_id"],
            "program_id": asked["program_id"],
            "learner_type": asked.get("learner_type", ""),
            "period": key if key in periods else next(iter(periods)),
            "date_from": fields.Date.to_string(period.start),
            "date_to": fields.Date.to_string(period.end),
        }

    @api.model
    def _get_options(self, periods):
        """Return what can be chosen, as lists of ``[value, label]``."""
        types = self.env["gr.student"]._fields["learner_type"]
        programs = self.env["gr.training.program"].search_fetch(
            [("status", "!=", "draft")], ["name"]
        )
        sites = self.env["gr.site"].search_fetch(
            self.env.user._gr_site_domain("id"), ["name"], order="name, id"
        )
        return {
            "sites": [[site.id, site.name] for site in sites],
            "programs": [[program.id, program.name] for program in programs],
            "learner_types": types._description_selection(self.env),
            "periods": [[key, label] for key, (label, _period) in periods.items()],
        }
