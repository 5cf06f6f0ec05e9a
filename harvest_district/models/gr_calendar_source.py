import base64
import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.base.models.res_partner import _tz_get

from ..calendars import UnreadableCalendar, fetch_calendar
from ..calendars.plan import MINE, NOBODY, OTHERS, DayNow
from ..sis import MESSAGES, RosterError

_logger = logging.getLogger(__name__)

# A reading by itself is due after so many hours; less than whole days, since the cron
# does not start at the same second each time.
DUE_HOURS = {"daily": 20, "weekly": 6 * 24 + 20}
WHERE = {"kind", "url", "tz", "site_id"}


class GrCalendarSource(models.Model):
    """A calendar that somebody else keeps: where it is and what it is for.

    It is read as often as one likes. Days follow it by themselves only after a person
    has looked at one reading and applied it.
    """

    _name = "gr.calendar.source"
    _description = "Calendar Source"
    _inherit = ["gr.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "name, id"
    _check_company_auto = True
    _guarded = frozenset(
        {
            "state",
            "follows",
            "is_alerted",
            "last_fetch",
            "last_success",
            "etag",
            "last_modified",
            "problem_code",
            "problem_params",
            "seen_conflicts",
        }
    )

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    site_id = fields.Many2one(
        "gr.site",
        index="btree_not_null",
        check_company=True,
        help="Empty: the whole district. A site's own day wins over the district's.",
    )
    kind = fields.Selection(
        [("url", "Subscription"), ("file", "File")], required=True, default="url"
    )
    url = fields.Char(
        "Address",
        copy=False,
        groups="harvest_base.group_harvest_operations",
        help="The iCal address, https:// or webcal://. It may be a secret: who has it"
        " can read the calendar.",
    )
    file = fields.Binary("Calendar File", attachment=True, copy=False)
    file_name = fields.Char()
    tz = fields.Selection(
        _tz_get,
        string="Time Zone",
        required=True,
        default=lambda self: self.env.company.partner_id.tz or "America/Los_Angeles",
        help="Decides on which date an event is",
    )
    schedule = fields.Selection(
        [
            ("daily", "Every Day"),
            ("weekly", "Every Week"),
            ("manual", "Only by Hand"),
        ],
        string="Read",
        required=True,
        default="daily",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        required=True,
        default=lambda self: self.env.user,
        help="Is told when the calendar cannot be read, or a change needs a decision",
    )
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [
            ("new", "Not Read Yet"),
            ("review", "To Review"),
            ("ok", "Up to Date"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="new",
        copy=False,
    )
    follows = fields.Boolean(
        "Follows by Itself",
        readonly=True,
        copy=False,
        help="A person has applied a reading; later changes without a conflict are"
        " applied by themselves. Dropping a reading ends it.",
    )
    is_alerted = fields.Boolean(readonly=True, copy=False)
    last_fetch = fields.Datetime("Last Tried on", readonly=True, copy=False)
    last_success = fields.Datetime("Last Read on", readonly=True, copy=False)
    etag = fields.Char(groups=fields.NO_ACCESS, copy=False)
    last_modified = fields.Char(groups=fields.NO_ACCESS, copy=False)
    problem_code = fields.Char(readonly=True, copy=False)
    problem_params = fields.Json(readonly=True, copy=False)
    problem = fields.Char(compute="_compute_problem")
    seen_conflicts = fields.Char(groups=fields.NO_ACCESS, copy=False)
    import_ids = fields.One2many("gr.calendar.import", "source_id", string="Readings")
    review_id = fields.Many2one("gr.calendar.import", compute="_compute_review")
    day_ids = fields.One2many("gr.day", "calendar_source_id", string="Days")
    day_count = fields.Integer(compute="_compute_day_count")

    @api.depends("problem_code", "problem_params")
    @api.depends_context("lang")
    def _compute_problem(self):
        for source in self:
            source.problem = self._describe(source.problem_code, source.problem_params)

    @api.model
    def _describe(self, code, params):
        """Say in the reader's language what is wrong and what to do."""
        known = MESSAGES.get(code)
        if not known:
            return False
        # The table in sis/messages.py marks its texts for translation.
        words = [text and self.env._(text, **(params or {})) for text in known[1:]]
        return " ".join(filter(None, words))

    def _compute_review(self):
        waiting = self.env["gr.calendar.import"]._read_group(
            [("source_id", "in", self.ids), ("state", "=", "review")],
            ["source_id"],
            ["id:max"],
        )
        latest = dict(waiting)
        for source in self:
            source.review_id = latest.get(source)

    def _compute_day_count(self):
        counts = dict(
            self.env["gr.day"]._read_group(
                [("calendar_source_id", "in", self.ids)],
                ["calendar_source_id"],
                ["__count"],
            )
        )
        for source in self:
            source.day_count = counts.get(source, 0)

    @api.model_create_multi
    def create(self, vals_list):
        sources = super().create(vals_list)
        for district in sources.company_id:
            self.env["gr.calendar.rule"]._copy_for_district(district)
        return sources

    def write(self, vals):
        result = super().write(vals)
        if WHERE & vals.keys():
            # sudo: another address has other validators, and nobody has looked at it
            self.sudo().write({"etag": False, "last_modified": False, "follows": False})
        return result

    # READ

    def _check_operator(self):
        """Let only operators go on; what is read and applied is written by us alone."""
        self.check_access("write")
        return self.sudo()

    def action_read(self):
        """Read now, and show what would change."""
        self.ensure_one()
        source_sudo = self._check_operator()  # sudo: checked there
        try:
            content = source_sudo._get_content(ask_all=True)
            reading = self.env["gr.calendar.import"].sudo()._make(source_sudo, content)
        except RosterError as error:
            source_sudo._fail(error)
            return False
        source_sudo._succeed("review" if reading.state == "review" else "ok")
        return reading.with_env(self.env)._get_form()

    def _get_content(self, ask_all=False):
        """Return the calendar's bytes; a subscription is asked for, and kept.

        :param ask_all: ask for the whole calendar, also when it has not changed
        :raise RosterError: it cannot be had
        """
        self.ensure_one()
        if self.kind == "url" and self.url:
            validators = ("", "") if ask_all else (self.etag, self.last_modified)
            answer = fetch_calendar(self.url, *(text or "" for text in validators))
            if answer.content is not None:
                self.write(
                    {
                        "file": base64.b64encode(answer.content),
                        "file_name": "calendar.ics",
                        "etag": answer.etag,
                        "last_modified": answer.last_modified,
                        "last_fetch": fields.Datetime.now(),
                    }
                )
        return self._get_stored()

    def _get_stored(self):
        """Return the bytes that were read last.

        :raise RosterError: there are none
        """
        content = self.with_context(bin_size=False).file
        if not content:
            raise UnreadableCalendar.of("cal_no_source")
        return base64.b64decode(content)

    def _succeed(self, state):
        now = fields.Datetime.now()
        values = {
            "state": state,
            "last_fetch": now,
            "last_success": now,
            "problem_code": False,
            "problem_params": False,
        }
        if self.is_alerted:
            self.activity_unlink(["mail.mail_activity_data_warning"])
            values["is_alerted"] = False
        self.write(values)

    def _fail(self, error):
        """Remember what is wrong; days stay as they are."""
        # Ask for all of it next time: what came may be what cannot be used.
        self.write(
            {
                "state": "failed",
                "last_fetch": fields.Datetime.now(),
                "problem_code": error.code,
                "problem_params": dict(error.problem.params),
                "etag": False,
                "last_modified": False,
            }
        )
        _logger.info("Calendar source %s failed: %s", self.id, error.code)

    # BY ITSELF

    @api.model
    def _cron_read_sources(self):
        """Read what is due; a source that fails does not keep the others."""
        due = self._get_due()
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for source in due:
            source._read_by_itself()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _get_due(self):
        now = fields.Datetime.now()
        return self.search(
            Domain("kind", "=", "url")
            & Domain("follows", "=", True)
            & Domain.OR(
                Domain("schedule", "=", schedule)
                & (
                    Domain("last_fetch", "=", False)
                    | Domain("last_fetch", "<=", now - timedelta(hours=hours))
                )
                for schedule, hours in DUE_HOURS.items()
            )
        )

    def _read_by_itself(self):
        """Read, apply what may be applied, call for a person where one is needed."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                content = self._get_content()
                reading = self.env["gr.calendar.import"]._make(
                    self, content, automatic=True
                )
        except RosterError as error:
            self._fail(error)
            self._alert()
            return
        waits = bool(reading) and reading.state == "review"
        if waits:
            self._remind()
        self._succeed("review" if waits or self.review_id else "ok")

    def _alert(self):
        """Tell the responsible person once, not every day that it fails."""
        if self.is_alerted:
            return
        self.is_alerted = True
        source = self.with_context(lang=self.user_id.lang)
        # Odoo mails an activity to whom somebody else has given it.
        source.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=source.env._("The calendar “%s” cannot be read", self.name),
            note=source.problem,
            user_id=self.user_id.id,
        )

    def _remind(self):
        source = self.with_context(lang=self.user_id.lang)
        source.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=source.env._("Calendar changes wait for a decision"),
            user_id=self.user_id.id,
        )

    # DAYS

    def _get_today(self):
        return fields.Date.context_today(self.with_context(tz=self.tz))

    def _get_years(self):
        """Return the school years that are current or to come.

        :raise RosterError: ``cal_no_year``
        """
        years = self.env["gr.school.year"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("date_end", ">=", self._get_today()),
            ]
        )
        if not years:
            raise UnreadableCalendar.of("cal_no_year")
        return years

    def _get_all_years(self):
        return self.env["gr.school.year"].search(
            [("company_id", "=", self.company_id.id)]
        )

    def _get_days(self, years):
        """Return ``{(site id or None, date): gr.day}``, notes in their own language."""
        days = self.env["gr.day"].with_context(lang="en_US")
        found = days.search_fetch(
            [("school_year_id", "in", years.ids)],
            ["site_id", "date", "day_type", "note", "calendar_source_id"],
        )
        return {(day.site_id.id or None, day.date): day for day in found}

    def _describe_day(self, day):
        """Return a day as the engine sees it."""
        owner = day.calendar_source_id
        return DayNow(
            day_type=day.day_type,
            note=day.note or "",
            owner=(MINE if owner == self else OTHERS) if owner else NOBODY,
            pattern=day.pattern_type or "",
        )

    def action_take_back(self):
        """Give the days that are to come back to the weekly pattern; stop following."""
        for source in self._check_operator():
            today = source._get_today()
            source.day_ids.filtered(
                lambda day, today=today: day.date >= today
            )._restore_pattern()
            source.follows = False

    def action_view_days(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_base.gr_day_action"
        )
        return action | {"domain": [("calendar_source_id", "=", self.id)]}

    def action_view_imports(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_district.gr_calendar_import_action"
        )
        return action | {
            "domain": [("source_id", "=", self.id)],
            "context": {"default_source_id": self.id},
        }

    def action_view_review(self):
        self.ensure_one()
        if not self.review_id:
            raise UserError(
                self.env._(
                    "No change of this calendar waits for review. Read it first."
                )
            )
        return self.review_id._get_form()
