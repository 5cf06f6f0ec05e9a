from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models

from ..const import BUSY_RUN_STATES

UTC = ZoneInfo("UTC")


class GrSyncScheduleMixin(models.AbstractModel):
    """When a connection reads by itself, and who hears of it when it does not.

    One cron asks every quarter of an hour which systems are due. A system is read
    inside its window (the district's clock), never twice at a time, and not while it is
    paused. An incident is told once, to its owner, by an activity and by mail; it ends
    with the next run that goes through.
    """

    _name = "gr.sync.schedule.mixin"
    _description = "Schedule of a District System"

    is_scheduled = fields.Boolean("Read by Itself")
    interval_hours = fields.Integer("Every (hours)", default=24, required=True)
    window_start = fields.Float(
        "From", default=20.0, help="The district's time; from equal to until: any hour"
    )
    window_end = fields.Float("Until", default=6.0)
    full_days = fields.Integer(
        "Whole Roster Every (days)",
        default=7,
        required=True,
        help="In between, only what changed is asked for, where the system can tell.",
    )
    apply_directly = fields.Boolean(
        "Apply without Waiting",
        default=True,
        help="Runs by schedule apply what is not held; a held site waits for a person.",
    )
    next_run = fields.Datetime("Next Reading", readonly=True, copy=False)
    is_paused = fields.Boolean("Paused", readonly=True, copy=False, tracking=True)
    pause_reason = fields.Char(readonly=True, copy=False)
    owner_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Is told when a run fails, a site is held, or nothing comes any more.",
    )
    silence_hours = fields.Integer(
        "Silence after (hours)",
        default=48,
        required=True,
        help="Without a successful run for so long, the responsible person is told.",
    )
    last_success = fields.Datetime(readonly=True, copy=False)
    last_full = fields.Datetime("Last Whole Roster", readonly=True, copy=False)
    alert = fields.Selection(
        [
            ("refused", "A run failed"),
            ("held", "Sites held"),
            ("silence", "Silence"),
            ("unproved", "Not proved"),
        ],
        readonly=True,
        copy=False,
        help="What the responsible person was told last, until it is over",
    )

    _check_hours = models.Constraint(
        "CHECK (interval_hours > 0 AND full_days > 0 AND silence_hours > 0)",
        "Intervals have to be above zero.",
    )
    _check_window = models.Constraint(
        "CHECK (window_start BETWEEN 0 AND 24 AND window_end BETWEEN 0 AND 24)",
        "Hours of the day go from 0 to 24.",
    )

    # WHEN

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        connections._plan()
        return connections

    def write(self, vals):
        result = super().write(vals)
        if {"is_scheduled", "window_start", "window_end", "time_zone"} & vals.keys():
            self._plan()
        return result

    def _plan(self):
        """Say when a system that begins to be read by itself is read first."""
        now = fields.Datetime.now()
        for connection in self.filtered("is_scheduled"):
            if not connection.next_run or connection.next_run > now:
                # sudo: only the product writes it
                connection.sudo().next_run = connection._next_opening(now)

    def _in_window(self, moment):
        """Whether a moment (naive UTC) lies in the window; it may span midnight."""
        self.ensure_one()
        local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.time_zone))
        hour = local.hour + local.minute / 60
        start, end = self.window_start, self.window_end
        if start == end:
            return True
        return start <= hour < end if start < end else hour >= start or hour < end

    def _get_planned(self, now):
        """Return when what begins now was planned for.

        The cron comes a little later. Counted from then, a reading would wander through
        the window, a quarter of an hour each day, and skip the night at its end.
        """
        planned = self.next_run or now
        late = now - planned > timedelta(hours=self.interval_hours)
        return now if late else planned

    def _next_time(self, moment):
        """Return the first moment (naive UTC) inside the window after the interval."""
        self.ensure_one()
        return self._next_opening(moment + timedelta(hours=self.interval_hours))

    def _next_opening(self, moment):
        """Return the moment itself inside the window, else when the window opens."""
        self.ensure_one()
        if self._in_window(moment):
            return moment
        zone = ZoneInfo(self.time_zone)
        local = moment.replace(tzinfo=UTC).astimezone(zone)
        hours, minutes = divmod(round(self.window_start * 60) % (24 * 60), 60)
        opening = datetime.combine(local.date(), time(hours, minutes), zone)
        if opening < local:
            opening = datetime.combine(
                local.date() + timedelta(days=1), time(hours, minutes), zone
            )
        return opening.astimezone(UTC).replace(tzinfo=None)

    def _is_full_due(self, moment):
        """Whether the whole roster is asked for, rather than what changed."""
        self.ensure_one()
        return not self.last_full or moment >= self.last_full + timedelta(
            days=self.full_days
        )

    @api.model
    def _cron_read(self):
        """Start what is due; look for silence."""
        now = fields.Datetime.now()
        scheduled = self.search([("is_scheduled", "=", True)])
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(scheduled))
        for connection in scheduled:
            connection = connection.with_company(connection.company_id)
            if connection._is_due(now):
                connection.next_run = connection._next_time(
                    connection._get_planned(now)
                )
                connection._start_run("schedule")
            connection._watch_silence(now)
            if not cron._commit_progress(1):
                break

    def _is_due(self, now):
        return (
            not self.is_paused
            and (not self.next_run or self.next_run <= now)
            and self._in_window(now)
            and not self.run_ids.filtered(lambda run: run.state in BUSY_RUN_STATES)
        )

    def _start_run(self, trigger, **values):
        """Make a run and queue its first stage.

        Nothing is applied by itself before a person has applied something: an
        unanswered first preview is not overtaken at night.

        :return: the run
        """
        self.ensure_one()
        by_itself = self.apply_directly and bool(self.last_success)
        run = self.env["gr.sync.run"].create(
            {
                "connection_id": self.id,
                "trigger": trigger,
                "is_full": False,  # unless the whole roster is due
                "apply_directly": trigger == "schedule" and by_itself,
                **values,
            }
        )
        run._delay_read()
        return run

    def action_read_now(self):
        """Ask the system now; a person looks at the preview before it is applied."""
        self.ensure_one()
        run = self._check_operator()._start_run("manual")
        return {
            "type": "ir.actions.act_window",
            "res_model": "gr.sync.run",
            "res_id": run.id,
            "view_mode": "form",
        }

    def action_pause(self):
        self._check_operator()._pause(self.env._("By %s", self.env.user.name))

    def _pause(self, reason):
        self.write({"is_paused": True, "pause_reason": reason})

    def action_resume(self):
        self._check_operator().write(
            {
                "is_paused": False,
                "pause_reason": False,
                "next_run": fields.Datetime.now(),
            }
        )

    # ALERTS

    def _watch_silence(self, now):
        """Tell when nothing came for too long; a paused system is silent on purpose."""
        self.ensure_one()
        since = self.last_success or self.create_date
        limit = timedelta(hours=self.silence_hours)
        if not self.is_paused and not self.alert and now - since > limit:
            self._tell("silence")

    def _tell(self, alert, run=None):
        """Tell the responsible person of an incident once; Odoo mails the activity."""
        self.ensure_one()
        if self.alert == alert:
            return
        self.alert = alert
        owner = self.owner_id or self.create_uid
        record = (run or self).with_context(lang=owner.lang)
        text = self.with_context(lang=owner.lang)._get_alert_text(run)
        record.activity_schedule(
            "mail.mail_activity_data_todo", summary=text, user_id=owner.id
        )

    def _get_alert_text(self, run):
        if self.alert == "refused":
            return run.with_context(lang=self.env.lang).error or ""
        if self.alert == "held":
            return self.env._(
                "Please decide: %(sites)s site(s) held, %(persons)s person(s) in doubt",
                sites=run.held_count,
                persons=run.identity_count,
            )
        since = fields.Datetime.context_timestamp(
            self.with_context(tz=self.time_zone), self.last_success or self.create_date
        )
        return self.env._(
            "Nothing has come from %(system)s since %(since)s. Test the connection.",
            system=self.name,
            since=since.strftime("%Y-%m-%d %H:%M"),
        )

    def _all_is_well(self):
        """A run went through: the incident is over, its activities are done."""
        self.ensure_one()
        if self.alert:
            for record in (self, *self.run_ids):
                record.activity_ids.filtered("automated").action_feedback()
        self.write({"alert": False, "last_success": fields.Datetime.now()})
