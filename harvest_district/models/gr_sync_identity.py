from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .. import identities
from ..sis import kinds


class GrSyncIdentity(models.Model):
    """Two entries that may be one person, or one id that may be two: a person decides.

    Nothing is ever merged by itself (interop hazard 11). Until the decision, what the
    entries would change waits; everything else of the roster is applied.
    """

    _name = "gr.sync.identity"
    _description = "Possible Same Person"
    _inherit = ["gr.guarded.mixin", "gr.audited.part.mixin"]
    _order = "state, id desc"
    _rec_name = "new_text"
    _guarded = frozenset({"state", "decided_by_id", "decided_at"})

    connection_id = fields.Many2one(
        "gr.sync.connection", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", store=True, index=True
    )
    run_id = fields.Many2one("gr.sync.run", index=True, ondelete="set null")
    case = fields.Selection(
        [
            ("same", "New id, known person?"),
            ("twin", "Two ids, one person?"),
            ("reused", "Known id, another person?"),
        ],
        required=True,
        readonly=True,
    )
    by = fields.Selection(
        [
            ("ssid", "Same state id"),
            ("identifier", "Same number and birth date"),
            ("birthdate", "Other birth date and name"),
        ],
        string="Because",
        required=True,
        readonly=True,
    )
    external_id = fields.Char("Its ID There", required=True, readonly=True)
    known_external_id = fields.Char("Known ID There", readonly=True)
    student_id = fields.Many2one(
        "gr.student", string="Known Student", readonly=True, index="btree_not_null"
    )
    sent = fields.Json(groups=fields.NO_ACCESS)
    new_text = fields.Text("The Roster Says", compute="_compute_texts")
    known_text = fields.Text("Known Here", compute="_compute_texts")
    state = fields.Selection(
        [
            ("open", "To Decide"),
            ("one", "One Person"),
            ("two", "Two Persons"),
        ],
        required=True,
        default="open",
        readonly=True,
    )
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)

    _case_uniq = models.UniqueIndex(
        "(connection_id, external_id, COALESCE(known_external_id, ''),"
        " COALESCE(student_id, 0))",
        "This question has been asked already.",
    )

    @api.depends("sent", "student_id")
    def _compute_texts(self):
        # sudo: names are for who may decide; what was sent is for nobody
        for question in self.sudo():
            sent = question.sent or {}
            question.new_text = self._describe(sent.get("new") or {})
            known = question.student_id
            question.known_text = self._describe(
                {
                    "name": known.name,
                    "birthdate": str(known.birthdate or ""),
                    "ssid": known.ssid,
                    "number": known.local_id,
                    "school": known.site_id.name,
                    "grade": known.grade,
                }
                if known
                else sent.get("known") or {}
            )

    @api.model
    def _describe(self, facts):
        """Return ``Ana García · born 2018-01-02 · 03 · Oak · state id 990…``."""
        parts = [
            facts.get("name"),
            facts.get("birthdate")
            and self.env._("born %(day)s", day=facts["birthdate"]),
            facts.get("grade"),
            facts.get("school"),
            facts.get("number") and self.env._("no. %(no)s", no=facts["number"]),
            facts.get("ssid") and self.env._("state id %(id)s", id=facts["ssid"]),
        ]
        return " · ".join(part for part in parts if part)

    # ASK

    @api.model
    def _ask(self, run):
        """Find doubtful persons among the staged changes, and hold what hangs on them.

        Called while the stage tables are there. A question that was decided holds
        nothing any more.
        """
        found = identities.find_doubts(self.env.cr, run)
        known = self.search([("connection_id", "=", run.connection_id.id)])
        by_key = {question._get_key(): question for question in known}
        for doubt in found:
            question = by_key.get(doubt.key)
            if not question:
                question = self.create(
                    {
                        "connection_id": run.connection_id.id,
                        "case": doubt.case,
                        "by": doubt.by,
                        "external_id": doubt.external_id,
                        "known_external_id": doubt.known_external_id or False,
                        "student_id": doubt.student_id,
                        "sent": {"new": doubt.new, "known": doubt.known},
                    }
                )
                by_key[doubt.key] = question
            question.run_id = run
        waiting = self.browse(by_key[doubt.key].id for doubt in found).filtered(
            lambda question: question.state == "open"
        )
        waiting._hold(run)
        return waiting

    def _get_key(self):
        self.ensure_one()
        return (
            self.external_id,
            self.known_external_id or "",
            self.student_id.id or 0,
        )

    def _hold(self, run):
        """Hold every change of the persons in question."""
        ids = {*self.mapped("external_id")}
        ids |= {known for known in self.mapped("known_external_id") if known}
        if ids:
            reason = self.env._("Waits for a decision: may be one person or two.")
            identities.hold(self.env.cr, run.id, ids, reason)
            self.env["gr.sync.change"].invalidate_model()

    # DECIDE

    def action_one_person(self):
        """It is one person: the roster's entry goes to the student who is known."""
        for question in self._take_open():
            if question.case == "reused":
                continue  # the id keeps its student; the change is a correction
            question._link()
        self._decide("one")

    def action_two_persons(self):
        """They are two: both stay; a reused id is taken from the one who had it."""
        for question in self._take_open():
            if question.case == "reused":
                identities.rename(
                    self.env.cr,
                    question._get_space(),
                    question.external_id,
                    f"{question.external_id}~{question.id}",
                )
        self._decide("two")

    def _take_open(self):
        """Return the questions that may be decided, as the system."""
        self.connection_id._check_operator()
        self.env.flush_all()
        return self.sudo().filtered(lambda question: question.state == "open")

    def _get_space(self):
        return self.connection_id.id_space, self.connection_id.tenant

    def _link(self):
        """Give the new id to the known student."""
        self.ensure_one()
        space = self._get_space()
        if self.case == "same" and self.known_external_id:
            identities.rename(
                self.env.cr, space, self.known_external_id, self.external_id
            )
        else:
            student = self.student_id or self._get_twin()
            identities.link(self.env, space, self.company_id, self.external_id, student)
        self.env["gr.external.ref"].invalidate_model()

    def _get_twin(self):
        links = self.env["gr.external.ref"]._find(
            *self._get_space(), kinds.STUDENT, "gr.student"
        )
        twin = self.env["gr.student"].browse(links.get(self.known_external_id, []))
        if not twin:
            raise UserError(
                self.env._(
                    "Apply the roster first: the other entry of %(name)s is not here"
                    " yet.",
                    name=self.new_text,
                )
            )
        return twin

    def _decide(self, state):
        questions = self.sudo().filtered(lambda question: question.state == "open")
        questions.write(
            {
                "state": state,
                "decided_by_id": self.env.user.id,
                "decided_at": fields.Datetime.now(),
            }
        )
        for run in questions.run_id:
            if not run.identity_count:
                run._read_again()

    @api.autovacuum
    def _gc_sent(self):
        """What was sent is forgotten once it was decided."""
        self.env.cr.execute(
            SQL(
                "UPDATE gr_sync_identity SET sent = NULL"
                " WHERE state <> 'open' AND sent IS NOT NULL"
            )
        )
        self.invalidate_model(["sent"])
