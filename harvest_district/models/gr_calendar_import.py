import hashlib
from datetime import timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..calendars import (
    UnreadableCalendar,
    expand,
    is_mass_withdrawal,
    plan,
    read_calendar,
    wish,
)
from ..calendars.plan import KEEP, MASS, PAST
from ..sis.problems import SEVERITIES

KEEP_DAYS = 400  # readings older than a school year are of no use to anybody


class GrCalendarImport(models.Model):
    """One reading of a calendar: what each date would become, from which event."""

    _name = "gr.calendar.import"
    _description = "Calendar Reading"
    _inherit = ["gr.guarded.mixin"]
    _order = "id desc"
    _guarded = frozenset({"state", "problems", "event_count", "ignored_count"})

    source_id = fields.Many2one(
        "gr.calendar.source",
        string="Calendar",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="source_id.company_id", string="District", store=True, index=True
    )
    state = fields.Selection(
        [
            ("review", "To Review"),
            ("applied", "Applied"),
            ("none", "No Changes"),
            ("dropped", "Dropped"),
        ],
        required=True,
        readonly=True,
        default="review",
    )
    automatic = fields.Boolean("By Itself", readonly=True)
    date_start = fields.Date("From", readonly=True)
    date_end = fields.Date("To", readonly=True)
    event_count = fields.Integer("Events", readonly=True)
    ignored_count = fields.Integer("Events Ignored", readonly=True)
    day_ids = fields.One2many("gr.calendar.import.day", "import_id", string="Dates")
    change_ids = fields.One2many(
        "gr.calendar.import.day",
        "import_id",
        string="Changes",
        domain=[("kind", "!=", KEEP)],
    )
    event_ids = fields.One2many(
        "gr.calendar.import.event", "import_id", string="Unknown Events"
    )
    change_count = fields.Integer("To Apply", compute="_compute_counts")
    conflict_count = fields.Integer("Conflicts", compute="_compute_counts")
    done_count = fields.Integer("Applied", compute="_compute_counts")
    unknown_count = fields.Integer("Unknown", compute="_compute_counts")
    has_sites = fields.Boolean(compute="_compute_counts")
    problems = fields.Json(readonly=True)
    problem_text = fields.Text("Remarks", compute="_compute_problem_text")
    is_outdated = fields.Boolean(compute="_compute_is_outdated")

    @api.depends("source_id", "create_date")
    def _compute_display_name(self):
        for reading in self:
            when = fields.Datetime.context_timestamp(
                reading, reading.create_date or fields.Datetime.now()
            )
            reading.display_name = f"{reading.source_id.name}, {when:%Y-%m-%d %H:%M}"

    @api.depends("day_ids.state", "day_ids.conflict", "day_ids.decision", "event_ids")
    def _compute_counts(self):
        for reading in self:
            lines = reading.day_ids
            waiting = lines.filtered(lambda line: line._waits())
            done = lines.filtered(lambda line: line.state == "done")
            reading.change_count = len(waiting.filtered(lambda line: line._may()))
            reading.conflict_count = len(waiting.filtered("conflict"))
            reading.done_count = len(done)
            reading.unknown_count = len(reading.event_ids)
            reading.has_sites = bool(lines.site_id)

    @api.depends("problems")
    @api.depends_context("lang")
    def _compute_problem_text(self):
        describe = self.env["gr.calendar.source"]._describe
        for reading in self:
            lines = []
            for code, params, count in reading.problems or ():
                times = f" ({count})" if count > 1 else ""
                lines.append(f"{describe(code, params)}{times}")
            reading.problem_text = "\n".join(lines)

    def _compute_is_outdated(self):
        """Rules were changed since: what is shown is not what they say any more."""
        for reading in self:
            reading.is_outdated = reading.state == "review" and bool(
                self.env["gr.calendar.rule"]
                .with_context(active_test=False)
                .search_count(
                    [
                        ("company_id", "=", reading.company_id.id),
                        ("write_date", ">", reading.write_date),
                    ],
                    limit=1,
                )
            )

    def _get_form(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    # READ

    @api.model
    def _make(self, source, content, automatic=False):
        """Read, compare, and apply by itself what may be.

        :return: the reading, or none when it is ``automatic`` and there is nothing to
            tell
        :raise RosterError: the calendar cannot be used; nothing was changed
        """
        values, days, unknown = self._compare(source, content, automatic)
        key = self._get_conflict_key(days, source._get_today())
        if automatic:
            days = [line for line in days if line["conflict"] != PAST]
            may_apply = any(
                line["kind"] != KEEP and not line["conflict"] for line in days
            )
            if not may_apply and key in ("", source.seen_conflicts):
                return self.browse()
        self.search([("source_id", "=", source.id), ("state", "=", "review")]).write(
            {"state": "dropped"}
        )
        reading = self.create({"source_id": source.id, "automatic": automatic})
        reading._fill(values, days, unknown)
        if automatic:
            is_new = key not in ("", source.seen_conflicts)
            reading._apply()
            if not is_new:
                reading._close("applied")
            source.seen_conflicts = key
        return reading

    def _fill(self, values, days, unknown):
        """Show these lines; without any change there is nothing to review."""
        self.day_ids.unlink()
        self.event_ids.unlink()
        common = {"import_id": self.id}
        self.env["gr.calendar.import.day"].create([common | line for line in days])
        self.env["gr.calendar.import.event"].create([common | row for row in unknown])
        changed = any(line["kind"] != KEEP for line in days)
        self.write(values | {"state": "review" if changed or unknown else "none"})

    @api.model
    def _compare(self, source, content, automatic=False):
        """Return values of a reading, of its dates, and of its unknown events."""
        years = source._get_years()
        calendar = read_calendar(content)
        first, last = min(years.mapped("date_start")), max(years.mapped("date_end"))
        events = expand(calendar, first, last, ZoneInfo(source.tz))
        years = self._get_filled_years(years, events, calendar.problems)
        rules = self.env["gr.calendar.rule"]._get_rules(source)
        wishes = wish(events, rules, first, last, source.site_id.id or None)
        known = source._get_days(years)
        changes = plan(
            {
                key: wanted
                for key, wanted in wishes.days.items()
                if any(_is_in(key[1], year) for year in years)
            },
            {key: source._describe_day(day) for key, day in known.items()},
            source._get_today(),
            automatic,
        )
        if automatic:
            changes = self._hold_mass(source, changes, known)
        values = {
            "date_start": first,
            "date_end": last,
            "event_count": len(events),
            "ignored_count": wishes.ignored,
            "problems": self._count_problems(calendar.problems),
        }
        Line = self.env["gr.calendar.import.day"]
        days = [Line._values(change, known) for change in changes]
        Event = self.env["gr.calendar.import.event"]
        return values, days, [Event._values(row) for row in wishes.unmatched]

    def _get_filled_years(self, years, events, problems):
        """Return the years that the calendar speaks of; days of others stay.

        :raise UnreadableCalendar: ``cal_no_events``, most likely last year's calendar
        """
        filled = years.filtered(
            lambda year: any(
                event.dates(year.date_start, year.date_end) for event in events
            )
        )
        if not filled:
            raise UnreadableCalendar.of("cal_no_events")
        for year in years - filled:
            problems.add("cal_year_empty", year=year.name)
        return filled

    def _hold_mass(self, source, changes, known):
        """Let a person look when a calendar takes back much of what it had set."""
        rule, today = self.env["gr.rule"].rule, source._get_today()
        share = rule("sync.hold.share", source.company_id, today) / 100
        floor = rule("sync.hold.floor", source.company_id, today)
        coming = [change for change in changes if change.date >= today]
        owned = sum(
            day.calendar_source_id == source and day.date >= today
            for day in known.values()
        )
        if not is_mass_withdrawal(coming, owned, share, floor):
            return changes
        return [
            change
            if change.kind == KEEP or change.conflict
            else change._replace(conflict=MASS)
            for change in changes
        ]

    def _count_problems(self, problems):
        """Return ``[code, params, count]`` of each, the worst first."""
        found = {}
        for problem in problems:
            code, params, count = found.get(problem.code, (problem.code, None, 0))
            found[problem.code] = (code, params or dict(problem.params), count + 1)
        ranks = {severity: rank for rank, severity in enumerate(SEVERITIES)}
        severities = {problem.code: problem.severity for problem in problems}
        return sorted(
            map(list, found.values()), key=lambda line: ranks[severities[line[0]]]
        )

    @api.model
    def _get_conflict_key(self, days, today):
        """Return one text for what a person has to decide, empty for nothing."""
        names = ("site_id", "conflict", "kind", "from_type", "to_type")
        waiting = sorted(
            " ".join([str(line["date"]), *(str(line[name] or "") for name in names)])
            for line in days
            if line["conflict"] and line["date"] >= today
        )
        if not waiting:
            return ""
        return hashlib.sha256("\n".join(waiting).encode()).hexdigest()

    # DECIDE

    def _check_operator(self):
        """Let only operators go on; readings are written by these methods alone."""
        self.check_access("create")
        return self.sudo()

    def action_compare(self):
        """Compare again what was read, with the rules and days as they are now."""
        for reading in self._check_operator()._check_open():
            source = reading.source_id
            reading._fill(*self.sudo()._compare(source, source._get_stored()))
            source._succeed("review" if reading.state == "review" else "ok")

    def _check_open(self):
        for reading in self:
            if reading.state != "review":
                raise UserError(
                    self.env._("“%s” was decided already.", reading.display_name)
                )
        return self

    def action_apply(self):
        """Apply what is not in conflict, and what a person chose to overwrite."""
        for reading in self._check_operator()._check_open():
            reading.source_id.lock_for_update()
            reading._apply()
            reading._close("applied")
            reading.source_id.write({"follows": True, "state": "ok"})

    def action_drop(self):
        """Change nothing; the calendar is not followed until a reading is applied."""
        for reading in self._check_operator()._check_open():
            reading._close("dropped")
            reading.source_id.write({"follows": False, "state": "ok"})

    def _close(self, state):
        """Remember what was decided, so that nobody is asked the same again."""
        self.state = state
        source = self.source_id
        self.day_ids.filtered(lambda line: line._waits()).state = "kept"
        source.seen_conflicts = self._get_conflict_key(
            [line._get_key() for line in self.day_ids if line.state != "done"],
            source._get_today(),
        )
        source.activity_feedback(["mail.mail_activity_data_todo"])

    def _apply(self):
        self.ensure_one()
        lines = self.day_ids.filtered(lambda line: line._waits() and line._may())
        lines._apply(self.source_id._get_days(self.source_id._get_all_years()))

    def action_view_days(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_district.gr_calendar_import_day_action"
        )
        return action | {
            "domain": [("import_id", "=", self.id)],
            "context": {"initial_date": fields.Date.to_string(self.date_start)},
        }

    @api.autovacuum
    def _gc_readings(self):
        """Forget old readings; days know their calendar without them."""
        oldest = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search([("create_date", "<", oldest), ("state", "!=", "review")]).unlink()


def _is_in(day, year):
    return year.date_start <= day <= year.date_end
