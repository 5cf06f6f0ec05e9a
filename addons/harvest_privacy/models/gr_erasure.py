from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import flow, retention

OPEN_CASES = {
    "gr.records.request": flow.RECORDS,
    "gr.amendment.request": flow.AMENDMENT,
}
REASONS = [
    ("hold", "A hold, an open request or an open incident"),
    ("unsorted", "No retention class yet"),
    ("forever", "Must be kept for ever"),
    ("in_use", "The child is still at school or in a program"),
    ("too_early", "Must be kept until then"),
    ("over", "Its time is over"),
    ("copy", "A copy; the original is in the district's system"),
]
OUTCOMES = [
    (retention.ERASED, "Deleted"),
    (retention.ANONYMISED, "Made Anonymous"),
    (retention.RESTRICTED, "Put Away"),
    (retention.REFUSED, "Kept"),
]


class GrErasure(models.Model):
    """The erasure of one student: planned, shown, approved, then done at once.

    The plan answers item by item; doing it plans again in the same transaction and
    stops when the answers are not the ones that were approved.
    """

    _name = "gr.erasure"
    _description = "Erasure"
    _inherit = [
        "gr.student.record.mixin",
        "gr.privacy.clock.mixin",
        "gr.erasure.work.mixin",
        "mail.thread",
    ]
    _order = "id desc"
    _check_company_auto = True
    _machine = flow.ERASURE
    # About the record, not of it; it is the evidence of what became of it.
    _gr_not_of_record = True
    _guarded = frozenset(
        {"name", "state", "planned_date", "done_date", "done_by_id", "item_ids"}
    )
    _fixed = frozenset({"student_id", "company_id"})

    name = fields.Char("Reference", readonly=True, copy=False)
    reason = fields.Selection(
        [
            ("request", "The family asks (erasure)"),
            ("retention", "Its time is over (retention)"),
            ("contract", "The contract with the district ended"),
        ],
        required=True,
        default="request",
        tracking=True,
    )
    received_date = fields.Date(
        "Asked on", required=True, default=fields.Date.context_today
    )
    due_date = fields.Date("Answer due", compute="_compute_due_date", store=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("planned", "Planned"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
        copy=False,
    )
    planned_date = fields.Datetime("Planned", readonly=True, copy=False)
    done_date = fields.Datetime("Done on", readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", "Done by", readonly=True, copy=False)
    class_ids = fields.Many2many(
        "gr.retention.class",
        string="Only",
        readonly=True,
        help="What a retention review approved; empty: the whole record",
    )
    item_ids = fields.One2many("gr.erasure.item", "erasure_id", "Answers", copy=False)
    touched_count = fields.Integer("Records to Touch", compute="_compute_touched_count")

    @api.model_create_multi
    def create(self, vals_list):
        erasures = super().create(vals_list)
        sequence = self.env["ir.sequence"].sudo()  # sudo: everybody counts on
        for erasure in erasures.sudo():  # sudo: the reference is guarded
            erasure.name = sequence.next_by_code("gr.erasure")
        return erasures

    @api.depends("received_date", "company_id")
    def _compute_due_date(self):
        for erasure in self:
            erasure.due_date = (
                erasure.company_id
                and self._get_deadline(
                    "rights.answer.months", erasure.company_id, erasure.received_date
                )[0]
            )

    @api.depends("item_ids.outcome", "item_ids.count")
    def _compute_touched_count(self):
        for erasure in self:
            erasure.touched_count = sum(
                item.count for item in erasure.item_ids if item.outcome != "refused"
            )

    def action_plan(self):
        """Answer item by item what would become of it; nothing is touched."""
        for erasure in self:
            erasure.check_access("write")
            # sudo: answers are guarded; the plan looks at all, shown are counts only
            plan = erasure.sudo()
            plan.item_ids.unlink()
            plan.item_ids = [
                fields.Command.create(values) for values in plan._get_answers()
            ]
            if erasure.state == "draft":
                erasure._move("planned")
            plan.planned_date = fields.Datetime.now()

    def _get_action(self):
        """Return the action that shows these erasures."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_privacy.gr_erasure_action"
        )
        return action | {"domain": [("id", "in", self.ids)], "context": {}}

    def action_cancel(self):
        self._move("cancelled")

    def action_execute(self):
        """Do what was planned, all of it or nothing."""
        for erasure in self:
            if erasure.state != "planned":
                raise UserError(self.env._("Plan the erasure first."))
            erasure.check_access("write")
            work = erasure.sudo()  # sudo: it erases what the clerk may not even read
            answers = work._get_answers()
            if work._digest(answers) != work._digest(work.item_ids.read(work._SHOWN)):
                raise UserError(
                    self.env._(
                        "What is kept about the student has changed since the plan was"
                        " made. Plan again and look at the answers."
                    )
                )
            self.env["gr.privacy.audit"]._log("erasure", erasure, erasure.student_id)
            work._execute()
            erasure._move(
                "done", done_date=fields.Datetime.now(), done_by_id=self.env.uid
            )

    _SHOWN = ("model", "outcome", "reason", "count")

    def _digest(self, answers):
        return sorted(tuple(answer[name] for name in self._SHOWN) for answer in answers)

    # THE ANSWERS

    def _get_answers(self):
        """Return the values of all items of the plan."""
        self.ensure_one()
        student, district = self.student_id, self.company_id
        today = fields.Date.context_today(self)
        classes = self.env["gr.retention.class"]._get_by_model(district)
        is_held = self._is_held()
        Collector = self.env["gr.records.collector"]
        answers = []
        for model, domain in Collector._get_sources(student).items():
            records = Collector._find(model, domain)
            if not records:
                continue
            line = classes.get(model)
            if self.class_ids and line not in self.class_ids._origin:
                continue
            trigger = self._get_trigger(line)
            disposable = line and line._get_disposable_from(district, trigger)
            verdict = retention.decide(
                line and line._get_terms(), disposable, today, is_held=is_held
            )
            answers.append(
                {
                    "model": model,
                    "name": self.env["ir.model"]._get(model).name,
                    "count": len(records),
                    "outcome": verdict.outcome,
                    "reason": verdict.reason,
                    "until_date": verdict.reason == "too_early" and disposable,
                    "class_id": line and line.id,
                    "authority": line and line.rule_id.authority,
                }
            )
        return answers

    def _get_trigger(self, line):
        """Return the day from which a class's time runs, or None: not yet."""
        if not line:
            return None
        if line.trigger == "made":
            return self.student_id.create_date.date()
        return self._get_left_date()

    def _get_left_date(self):
        """Return the last day at school or in a program, or None while it goes on."""
        student = self.student_id.with_context(active_test=False)
        today = fields.Date.context_today(self)
        stays = student.enrollment_ids.filtered("active")
        places = student.program_enrollment_ids.filtered(
            lambda place: place.state in ("requested", "waitlisted", "enrolled")
        )
        ends = [*stays.mapped("date_end"), *places.mapped("date_end")]
        if not all(ends) or any(end >= today for end in ends):
            return None
        over = student.program_enrollment_ids.mapped("date_end")
        return max(filter(None, [*ends, *over]), default=student.create_date.date())

    def _is_held(self):
        student = self.student_id
        if self.env["gr.retention.hold"].search_count(
            [("student_id", "=", student.id), ("date_end", "=", False)]
        ):
            return True
        # 34 CFR 99.10(e): nothing is destroyed while a request is open
        return any(
            self.env[model].search_count(
                Domain("student_id", "=", student.id)
                & Domain("state", "in", flow.open_states(machine))
            )
            for model, machine in OPEN_CASES.items()
        ) or bool(
            self.env["gr.privacy.incident.person"].search_count(
                Domain("student_id", "=", student.id)
                & Domain("incident_id.state", "!=", "closed")
                & Domain("incident_id.is_drill", "=", False)
            )
        )
