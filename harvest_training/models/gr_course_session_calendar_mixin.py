from odoo import fields, models
from odoo.fields import Command

# What an invitation tells; a change of it is told again.
INVITATION = {
    "name",
    "description",
    "date_start",
    "date_end",
    "tz",
    "site_id",
    "room",
    "online_url",
    "trainer_id",
}


class GrCourseSessionCalendarMixin(models.AbstractModel):
    """The session in the calendars of the trainer and the learners.

    Odoo invites, attaches the ICS file and tells of changes. The session leads: what
    somebody moves in the calendar is put right with the next change here. Contacts of
    children are never invited, since every employee sees who is.
    """

    _name = "gr.course.session.calendar.mixin"
    _description = "Meeting of a Session"

    calendar_event_id = fields.Many2one(
        "calendar.event",
        string="Meeting",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def write(self, vals):
        result = super().write(vals)
        if INVITATION & vals.keys():
            self._sync_calendar()
        return result

    def _sync_calendar(self):
        """Make, change or remove the meeting of each session, where it differs."""
        for session in self.sudo():  # sudo: the meeting is the system's, for all booked
            event = session.calendar_event_id
            if session.state == "done" or session.has_begun:
                continue  # what was is not invited to
            if session.state != "open":
                session._drop_event()
            elif event:
                changes = session._get_event_changes()
                if changes:
                    event.with_context(**session._get_event_context()).write(changes)
            else:
                session.calendar_event_id = (
                    self.env["calendar.event"]
                    .sudo()  # sudo: as above
                    .with_context(**session._get_event_context())
                    .create(session._get_event_values())
                )

    def _get_event_context(self):
        return {
            "tz": self.tz,
            "skip_contact_description": True,
            "mail_create_nosubscribe": True,
            "mail_notify_author": True,
        }

    def _get_event_values(self):
        self.ensure_one()
        trainer = self.trainer_id.user_ids[:1]
        organizer = trainer or self.program_id.coordinator_id or self.env.user
        return {
            "name": self.name,
            "description": self.description,
            "start": self.date_start,
            "stop": self.date_end,
            "location": self._get_place_label(),
            "videocall_location": self.online_url,
            "user_id": organizer.id,
            "privacy": "private",
            "partner_ids": [Command.set(self._get_invited().ids)],
        }

    def _get_event_changes(self):
        """Return the values of the meeting that differ from the session."""
        event = self.calendar_event_id
        values = self._get_event_values()
        invited = values.pop("partner_ids")
        changes = {
            name: value
            for name, value in values.items()
            if (event[name].id if name == "user_id" else event[name] or False)
            != (value or False)
        }
        if {"start", "stop"} & changes.keys():
            changes |= {"start": values["start"], "stop": values["stop"]}
        if event.partner_ids != self._get_invited():
            changes["partner_ids"] = invited
        return changes

    def _get_place_label(self):
        self.ensure_one()
        site = self.site_id
        parts = (site.name, self.room, site.street, site.city)
        return ", ".join(filter(None, parts)) or self.online_url

    def _get_invited(self):
        """Return the contacts that may be written to: trainer and grown-up learners."""
        learners = self.attendee_ids.filtered(
            lambda line: (
                line.state == "registered" and line.student_id.learner_type != "pupil"
            )
        ).student_id.partner_id
        grown_up = learners.filtered(lambda p: p.email and not p.gr_is_student)
        return self.trainer_id.filtered("email") | grown_up

    def _drop_event(self):
        self.calendar_event_id.unlink()

    def _cancel_calendar(self):
        """Tell the trainer and remove the meeting; learners get a notice of ours."""
        template = self.env.ref("harvest_training.mail_template_session_cancelled")
        for session in self.sudo():  # sudo: the meeting is the system's
            if session.trainer_id.email and not session.has_begun:
                template.send_mail(session.id)
            session._drop_event()
