from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

OVER = "over"  # the engine's reason: its time is over
OPEN_PLACES = ("requested", "waitlisted", "enrolled")


class GrRetentionReview(models.Model):
    """One kind of record of one student whose time is over, and what a person decides.

    The list is found by itself; nothing goes by itself. Who approves hands the records
    to an erasure, which shows its plan and is done by a person. A hold or a
    postponement says why.
    """

    _name = "gr.retention.review"
    _description = "Retention Review"
    _inherit = ["gr.student.record.mixin"]
    _order = "due_date, student_id, id"
    _check_company_auto = True
    _fixed = frozenset({"student_id", "company_id", "class_id"})
    _guarded = frozenset(
        {
            "student_id", "class_id", "count", "due_date", "authority", "is_over",
            "state", "postponed_until", "reason", "decided_by_id", "decided_date",
            "erasure_id", "hold_id",
        }
    )  # fmt: skip
    # About the record, not of it; what became of it is evidence.
    _gr_not_of_record = True

    class_id = fields.Many2one(
        "gr.retention.class", "Kind of Record", required=True, ondelete="cascade",
        index=True, readonly=True,
    )  # fmt: skip
    category = fields.Selection(related="class_id.category", store=True)
    action = fields.Selection(related="class_id.action")
    site_id = fields.Many2one(
        "gr.site",
        "Last School",
        compute="_compute_site_id",
        compute_sudo=True,  # a name for who may read the student
    )
    count = fields.Integer("Records", readonly=True)
    due_date = fields.Date("May Go Since", readonly=True)
    authority = fields.Char("By Which Rule", readonly=True)
    is_over = fields.Boolean(readonly=True, help="Found again at the last look")
    state = fields.Selection(
        [
            ("due", "To Decide"),
            ("approved", "Approved, Not Erased Yet"),
            ("held", "On Hold"),
            ("postponed", "Postponed"),
            ("done", "Erased"),
            ("gone", "Not Due Any More"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
    )
    reason = fields.Char(readonly=True)
    postponed_until = fields.Date(readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_date = fields.Datetime("Decided on", readonly=True)
    erasure_id = fields.Many2one(
        "gr.erasure", readonly=True, ondelete="set null", index="btree_not_null"
    )
    hold_id = fields.Many2one(
        "gr.retention.hold", readonly=True, ondelete="set null", index="btree_not_null"
    )

    _pair_uniq = models.Constraint(
        "UNIQUE (student_id, class_id)", "There is one line for each kind of record."
    )

    @api.depends("student_id", "class_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.student_id.name}: {line.class_id.name}"

    @api.depends("student_id.enrollment_ids")
    def _compute_site_id(self):
        for line in self:
            stays = line.student_id.with_context(active_test=False).enrollment_ids
            line.site_id = stays.sorted("date_start")[-1:].site_id

    @api.depends("erasure_id.state", "hold_id.date_end", "postponed_until", "is_over")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for line in self:
            erasure = line.erasure_id
            if erasure.state == "done":
                line.state = "done"
            elif erasure.state in ("draft", "planned"):
                line.state = "approved"
            elif line.hold_id and not line.hold_id.date_end:
                line.state = "held"
            elif line.postponed_until and line.postponed_until > today:
                line.state = "postponed"
            else:
                line.state = "due" if line.is_over else "gone"

    # FINDING

    @api.model
    def _cron_find(self):
        """Look once a week at everybody who has left."""
        left = self.env["gr.student"].with_context(active_test=False)
        students = left.search(self._get_left_domain())
        self.env["ir.cron"]._commit_progress(remaining=len(students))
        for student in students:
            self._look_at(student)
            if not self.env["ir.cron"]._commit_progress(1):
                return
        # A postponement that ended is no change that the database notices.
        self.search([("state", "=", "postponed")])._compute_state()

    @api.model
    def _get_left_domain(self):
        """Return the domain of students without a school and a place today."""
        goes_on = Domain("date_end", "=", False) | Domain("date_end", ">=", "today")
        stays = Domain("active", "=", True) & goes_on
        places = Domain("state", "in", OPEN_PLACES) & goes_on
        return Domain("enrollment_ids", "not any", stays) & Domain(
            "program_enrollment_ids", "not any", places
        )

    def action_find(self):
        """Look now, at the students of the own districts."""
        self.check_access("write")
        students = self.env["gr.student"].with_context(active_test=False)
        for student in students.search(self._get_left_domain()):
            self._look_at(student)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _look_at(self, student):
        """Bring the lines of one student up to date."""
        lines = self.sudo()  # guarded; the erasure's own plan says what is over
        found = {line.class_id: line for line in lines._of(student)}
        over = lines._get_over(student)
        for retention_class, values in over.items():
            line = found.get(retention_class)
            if not line:
                fixed = {"student_id": student.id, "class_id": retention_class.id}
                lines.create(fixed | values)
            elif line.state == "done":  # newer records of the same kind
                line.write(values | {"erasure_id": False, "decided_by_id": False})
            else:
                line.write(values)
        for retention_class, line in found.items():
            if retention_class not in over and line.state in ("due", "postponed"):
                line.is_over = False

    @api.model
    def _of(self, student):
        return self.search([("student_id", "=", student.id)])

    @api.model
    def _get_over(self, student):
        """Return ``{class: values}`` of what the engine says is over."""
        plan = self.env["gr.erasure"].new({"student_id": student.id})
        classes = self.env["gr.retention.class"]
        over = {}
        for answer in plan._get_answers():
            if answer["reason"] != OVER:
                continue
            line = classes.browse(answer["class_id"])
            trigger = plan._get_trigger(line)
            over[line] = {
                "count": answer["count"],
                "authority": answer["authority"],
                "due_date": line._get_disposable_from(student.company_id, trigger),
                "is_over": True,
            }
        return over

    # DECIDING

    def action_approve(self):
        """Hand the records to one planned erasure a student; a person does those."""
        self._check_decidable()
        erasures = self.env["gr.erasure"]
        for student, lines in self.grouped("student_id").items():
            erasure = erasures.create(
                {
                    "student_id": student.id,
                    "reason": "retention",
                    "class_ids": lines.class_id.ids,
                }
            )
            erasure.action_plan()
            lines._decide(erasure_id=erasure.id, reason=False)
            erasures |= erasure
        return erasures._get_action()

    def action_decide(self):
        """Open the dialogue of a hold or a postponement, which asks for the reason."""
        self._check_decidable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not Now"),
            "res_model": "gr.retention.decide",
            "view_mode": "form",
            "target": "new",
            "context": {"default_review_ids": self.ids},
        }

    def _check_decidable(self):
        self.check_access("write")
        late = self.filtered(lambda line: line.state not in ("due", "postponed"))
        if late:
            raise UserError(
                self.env._(
                    "“%(line)s” is decided, or not due any more. Choose lines that are"
                    " to decide.",
                    line=late[0].display_name,
                )
            )

    def _decide(self, **values):
        # sudo: guarded fields; who may was checked by the caller
        self.sudo().write(
            {
                "decided_by_id": self.env.uid,
                "decided_date": fields.Datetime.now(),
                "postponed_until": False,
                **values,
            }
        )
