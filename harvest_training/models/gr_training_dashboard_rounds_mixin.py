from collections import Counter

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..dashboard import COHORT_WEEKS, Period, cohorts
from .gr_training_report import REPORT, STEPS

COMPLETED = ("completed", "certified")


class GrTrainingDashboardRoundsMixin(models.AbstractModel):
    """What became of the rounds of a period: steps, completion, time, cohorts."""

    _name = "gr.training.dashboard.rounds.mixin"
    _description = "Rounds on the Training Dashboard"

    @api.model
    def _get_rounds(self, rounds, period):
        begun = rounds & self._within("begun_on", period)
        counts = self.env[REPORT]._read_group(
            begun,
            ["begun_on:month", "reached", "status", "weeks_to_completion"],
            ["__count"],
        )
        return {
            **self._get_steps(begun, counts),
            "cohort_weeks": list(COHORT_WEEKS),
            "cohorts": self._get_cohorts(rounds, period, counts),
            **self._get_times(rounds, period),
        }

    @api.model
    def _within(self, field, period):
        return Domain(field, ">=", period.start) & Domain(field, "<=", period.end)

    @api.model
    def _get_steps(self, begun, counts):
        """Return the funnel, the completion rate, and who left it."""
        definitions = self._define_steps()
        labels = dict(
            self.env[REPORT]._fields["reached"]._description_selection(self.env)
        )
        names = [name for name, _label in STEPS]
        reached, left = Counter(), Counter()
        for _month, step, status, _weeks, count in counts:
            reached[step] += count
            left[status] += count
        steps = [
            self._figure(
                sum(reached[later] for later in names[place:]),
                REPORT,
                begun & Domain("reached", "in", names[place:]),
                definitions[name],
                key=name,
                label=labels[name],
            )
            for place, name in enumerate(names)
        ]
        return {
            "steps": steps,
            "completion": self._get_completion(steps),
            "left": [
                self._figure(
                    left[status],
                    REPORT,
                    begun & Domain("status", "=", status),
                    definition,
                    key=status,
                    label=label,
                )
                for status, label, definition in self._define_left()
            ],
        }

    @api.model
    def _get_completion(self, steps):
        by_key = {step["key"]: step for step in steps}
        enrolled, done = by_key["enrolled"], by_key["completed"]
        return {
            "rate": enrolled["value"] and 100 * done["value"] / enrolled["value"],
            "done": done,
            "enrolled": enrolled,
            "definition": self.env._(
                "Of the rounds that began in the period and were admitted, the share"
                " that is completed today. Who withdrew counts as not completed."
            ),
        }

    @api.model
    def _define_steps(self):
        return {
            "asked": self.env._(
                "Rounds that began in the period: the day of enrollment, or of the"
                " request while nobody has decided. A renewal is a round of its own."
            ),
            "enrolled": self.env._(
                "Of these, the admitted: neither waiting for a decision nor refused."
            ),
            "started": self.env._(
                "Of these, who have done something that counts for the progress."
            ),
            "completed": self.env._("Of these, who completed all required courses."),
            "certified": self.env._("Of these, who got the certificate."),
        }

    @api.model
    def _define_left(self):
        return [
            (
                "review",
                self.env._("Waiting for a decision"),
                self.env._("Rounds of the period that an agent has to decide."),
            ),
            (
                "refused",
                self.env._("Refused"),
                self.env._("Rounds of the period that were not admitted."),
            ),
            (
                "withdrawn",
                self.env._("Withdrawn"),
                self.env._("Rounds of the period that ended without completion."),
            ),
        ]

    # COHORTS

    @api.model
    def _get_cohorts(self, rounds, period, counts):
        """Return ``[{label, size, cells}]``; a cell is None while it is too early."""
        today = fields.Date.context_today(self)
        enrolled = [name for name, _label in STEPS[1:]]
        lines = (
            (month, weeks if step in COMPLETED else None, count)
            for month, step, _status, weeks, count in counts
            if step in enrolled
        )
        return [
            self._describe_cohort(rounds & Domain("reached", "in", enrolled), cohort)
            for cohort in cohorts(period, lines, today)
        ]

    @api.model
    def _describe_cohort(self, enrolled, cohort):
        members = enrolled & self._within("begun_on", cohort.period)
        done = members & Domain("completed_on", "!=", False)
        return {
            "label": self._label_month(cohort.period),
            "size": self._figure(cohort.size, REPORT, members),
            "cells": [
                None
                if count is None
                else self._figure(
                    count,
                    REPORT,
                    done & Domain("weeks_to_completion", "<=", weeks),
                    rate=100 * count / cohort.size,
                )
                for weeks, count in zip(COHORT_WEEKS, cohort.done, strict=True)
            ],
        }

    @api.model
    def _label_month(self, period):
        return format_date(self.env, period.start, date_format="MMM y")

    # TIME TO COMPLETION

    @api.model
    def _get_times(self, rounds, period):
        """Return median and 90th percentile of the days, in all and by month."""
        done = rounds & self._within("completed_on", period)
        found = {
            (day and (day.year, day.month)): (count, median, high)
            for day, count, median, high in self._read_days(done)
        }
        months = [
            self._describe_time(rounds, month, found)
            for month in self._until_today(period).months()
        ]
        return {
            "time": self._describe_time(rounds, period, found, key=None),
            "trend": months if len(found) > 1 else [],
        }

    @api.model
    def _until_today(self, period):
        return Period(period.start, min(period.end, fields.Date.context_today(self)))

    @api.model
    def _describe_time(self, rounds, period, found, key=""):
        if key == "":
            key = (period.start.year, period.start.month)
        count, median, high = found.get(key, (0, None, None))
        return self._figure(
            count,
            REPORT,
            rounds & self._within("completed_on", period),
            self.env._(
                "Days from the beginning of a round to its completion, for all rounds"
                " completed in the period, whenever they began. Half of them took at"
                " most the median, nine of ten at most the 90th percentile."
            ),
            label=self._label_month(period),
            median=median,
            high=high,
        )

    @api.model
    def _read_days(self, domain):
        """Return ``[(month or None for all, count, median, 90th percentile)]``."""
        report = self.env[REPORT]
        query = report._search(domain)
        month = SQL(
            "DATE_TRUNC('month', %s)::date",
            report._field_to_sql(report._table, "completed_on", query),
        )
        days = report._field_to_sql(report._table, "days_to_completion", query)
        query.groupby = SQL("GROUPING SETS ((%s), ())", month)
        return self.env.execute_query(
            query.select(
                month,
                SQL("COUNT(*)"),
                SQL("PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %s)", days),
                SQL("PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY %s)", days),
            )
        )
