import json
from uuid import uuid4

from odoo import api, fields, models
from odoo.tools import hmac

from ..const import ACTOR_LENGTH, SCOPE_ACTOR
from ..lrs.cmi5 import is_satisfied


class GrCoursewareRegistration(models.Model):
    """A learner in a package that is content of a course: cmi5's registration.

    Written only by the player, on behalf of its learner. To the package the learner
    is an opaque id; no package learns a name.
    """

    _name = "gr.courseware.registration"
    _description = "Learner in a Course Package"
    _rec_name = "package_id"
    _order = "id desc"

    package_id = fields.Many2one(
        "gr.courseware.package", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="package_id.company_id", string="District", store=True, index=True
    )
    slide_id = fields.Many2one(
        "slide.slide", string="Content", index="btree_not_null", ondelete="set null"
    )
    channel_id = fields.Many2one(related="slide_id.channel_id", string="Course")
    partner_id = fields.Many2one(
        "res.partner",
        string="Learner",
        required=True,
        index=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        "res.users", string="Last Opened As", required=True, ondelete="restrict"
    )
    is_preview = fields.Boolean(help="Opened by staff to look at; nothing counts.")
    registration = fields.Char(required=True, default=lambda self: str(uuid4()))
    actor_name = fields.Char(required=True)
    home_page = fields.Char(required=True)
    statement_count = fields.Integer(aggregator=None)
    satisfied_date = fields.Datetime(string="Done On")
    attempt_ids = fields.One2many("gr.courseware.attempt", "registration_id")
    progress = fields.Integer(
        string="Lessons Done (%)", compute="_compute_progress", aggregator=None
    )

    _registration_uniq = models.Constraint("UNIQUE(registration)", "Twice the same id.")
    _slide_uniq = models.UniqueIndex(
        "(slide_id, partner_id) WHERE slide_id IS NOT NULL AND is_preview IS NOT TRUE",
        "A learner is in a content once.",
    )

    def _compute_progress(self):
        for registration in self:
            units = registration.package_id.unit_ids
            done = registration._get_done_units()
            registration.progress = round(100 * len(done) / len(units)) if units else 0

    @api.model
    def _open(self, package, slide, user, is_preview):
        """Return the registration of ``user``, made when there is none."""
        partner = user.partner_id
        found = self.search(
            [
                ("package_id", "=", package.id),
                ("slide_id", "=", slide.id),
                ("partner_id", "=", partner.id),
                ("is_preview", "=", is_preview),
            ],
            limit=1,
        )
        if found:
            found.user_id = user
            return found
        name = hmac(self.env(su=True), SCOPE_ACTOR, partner.id)[:ACTOR_LENGTH]
        return self.create(
            {
                "package_id": package.id,
                "slide_id": slide.id,
                "partner_id": partner.id,
                "user_id": user.id,
                "is_preview": is_preview,
                "actor_name": name,
                "home_page": self.get_base_url(),
            }
        )

    def _get_actor(self):
        """Return the learner as packages see it: an account, and never a name."""
        account = {"homePage": self.home_page, "name": self.actor_name}
        return {"objectType": "Agent", "account": account}

    def _get_actor_text(self):
        return json.dumps(self._get_actor(), separators=(",", ":"))

    def _get_activity(self, unit):
        """Return the id of a unit's activity; cmi5 wants one of ours (8.1.5)."""
        if unit.kind == "au":
            return f"{self.home_page}/harvest/xapi/activities/{unit.id}"
        return unit.identifier

    def _get_attempt(self, unit):
        """Return the attempt to go on with; a failed one is followed by another."""
        attempts = self.attempt_ids.filtered(lambda one: one.unit_id == unit)
        last = attempts.sorted("number")[-1:]
        if last and (last.status != "failed" or unit.kind != "sco"):
            return last
        return self.env["gr.courseware.attempt"].create(
            {
                "registration_id": self.id,
                "unit_id": unit.id,
                "number": last.number + 1,
                "version": self.package_id.version,
            }
        )

    def _get_done_units(self):
        done = self.attempt_ids.filtered("is_satisfied").unit_id
        free = self.package_id.unit_ids.filtered(
            lambda unit: unit.kind == "au" and is_satisfied(unit.move_on, False, False)
        )
        return self.package_id.unit_ids & (done | free)

    def _lock(self, count):
        """Let two requests of one learner follow each other.

        The second one's write fails for the database, and Odoo repeats the request.
        """
        self.statement_count += count
        self.flush_recordset(["statement_count"])

    def _refresh(self):
        """Complete the content when every lesson is done; take nothing back."""
        self.ensure_one()
        done = self._get_done_units()
        if self.is_preview:
            return
        statements = self.env["gr.xapi.statement"]
        if self.package_id.standard == "cmi5":
            statements._say_satisfied(self, done)
        if done == self.package_id.unit_ids:
            self.satisfied_date = self.satisfied_date or fields.Datetime.now()
            self._complete_slide()

    def _complete_slide(self):
        """Mark the content completed the way Odoo does, as the learner."""
        slide = self.slide_id.with_user(self.user_id)
        # Who left the course, or whose content was withdrawn, gets it at the next
        # launch; the package need not be played again.
        if not slide.has_access("read") or not slide.website_published:
            return
        if slide.channel_id.is_member:
            slide._action_mark_completed()
