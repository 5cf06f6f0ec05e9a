from datetime import timedelta

from odoo import Command, api, fields, models

from ..const import KEEP_DAYS_RULE, PROPOSAL_STATES
from ..proposing import LISTED, NO, YES, Key, find_wishes
from ..sis import kinds
from ..writers import MODELS


class GrSyncProposal(models.Model):
    """A fact of ours that the district's system has otherwise: it should be told.

    What people own here is never overwritten by a roster; instead the difference is
    listed until both sides agree. Found while proving; it closes by itself.
    """

    _name = "gr.sync.proposal"
    _description = "Proposal to a District System"
    _inherit = ["gr.audited.part.mixin"]
    _order = "state, id desc"
    _log_access = False

    connection_id = fields.Many2one(
        "gr.sync.connection",
        string="District System",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", string="District", store=True, index=True
    )
    kind = fields.Selection(
        [
            (kinds.STUDENT, "Student"),
            (kinds.ADULT, "Adult"),
            (kinds.GUARDIANSHIP, "Family link"),
        ],
        required=True,
    )
    student_id = fields.Many2one(
        "gr.student", index="btree_not_null", ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Adult", index="btree_not_null", ondelete="cascade"
    )
    name = fields.Char("Who", compute="_compute_name")
    external_id = fields.Char("Its ID There", required=True)
    field = fields.Char("Field Name", required=True)
    field_label = fields.Char("What", compute="_compute_texts")
    ours = fields.Char(required=True)
    theirs = fields.Char(required=True)
    ours_text = fields.Char("Here", compute="_compute_texts")
    theirs_text = fields.Char("There", compute="_compute_texts")
    state = fields.Selection(PROPOSAL_STATES, required=True, default="open")
    date = fields.Datetime("Found on", required=True, default=fields.Datetime.now)
    user_id = fields.Many2one("res.users", string="By", index="btree_not_null")
    date_decided = fields.Datetime("Decided on")

    _one_uniq = models.UniqueIndex(
        "(connection_id, kind, COALESCE(student_id, 0), COALESCE(partner_id, 0), field)"
        " WHERE state <> 'done'",
        "This difference is listed already.",
    )

    @api.depends("student_id", "partner_id")
    def _compute_name(self):
        for proposal in self:
            # sudo: the rule of the proposal has decided who may know of it
            people = proposal.sudo()
            names = (people.student_id.name, people.partner_id.name)
            proposal.name = " – ".join(filter(None, names))

    @api.depends("name", "field")
    def _compute_display_name(self):
        for proposal in self:
            proposal.display_name = f"{proposal.name}: {proposal.field_label}"

    @api.depends("kind", "field", "ours", "theirs")
    @api.depends_context("lang")
    def _compute_texts(self):
        for proposal in self:
            labels = proposal._get_value_labels()
            proposal.field_label = proposal._get_field_label()
            proposal.ours_text = labels.get(proposal.ours, proposal.ours) or "–"
            proposal.theirs_text = labels.get(proposal.theirs, proposal.theirs)

    def _get_field_label(self):
        if self.field == LISTED:
            return self.env._("Listed for the Student")
        field = self.env[MODELS[self.kind]]._fields.get(self.field)
        return field._description_string(self.env) if field else self.field

    def _get_value_labels(self):
        """Return the words for codes; names and numbers stay as they are."""
        if self.kind != kinds.GUARDIANSHIP:
            return {}
        if self.field == "relation":
            relation = self.env["gr.guardianship"]._fields["relation"]
            return dict(relation._description_selection(self.env))
        return {YES: self.env._("Yes"), NO: self.env._("No")}

    # FIND

    @api.model
    def _update(self, connection, snapshot):
        """List what differs now, and close what both sides agree on.

        What a person sent or dismissed is listed again only when it changed since.
        """
        # sudo: found by the system among all people; the rule says who may see it
        connection = connection.sudo()
        known = self.sudo().search(
            [("connection_id", "=", connection.id), ("state", "!=", "done")]
        )
        watched = known.grouped(lambda proposal: proposal._get_key())
        wishes, judged = find_wishes(connection, snapshot, watched)
        found = {(wish.key, wish.field): wish for wish in wishes}
        for proposal in known:
            key = proposal._get_key()
            if wish := found.pop((key, proposal.field), None):
                proposal._follow(wish)
            elif key in judged:
                proposal._set_state("done")
        self.sudo().create(
            [
                {
                    "connection_id": connection.id,
                    "kind": wish.key.kind,
                    "student_id": wish.key.student_id,
                    "partner_id": wish.key.partner_id,
                    "external_id": wish.external_id,
                    "field": wish.field,
                    "ours": wish.ours,
                    "theirs": wish.theirs,
                }
                for wish in found.values()
            ]
        )

    def _get_key(self):
        return Key(self.kind, self.student_id.id or 0, self.partner_id.id or 0)

    def _follow(self, wish):
        if (self.ours, self.theirs) != (wish.ours, wish.theirs):
            self.write({"ours": wish.ours, "theirs": wish.theirs, "state": "open"})

    @api.autovacuum
    def _gc_done(self):
        """Forget what both sides agreed on, with the payloads."""
        today = fields.Date.context_today(self)
        for district in self.env["res.company"].search([("gr_site_ids", "!=", False)]):
            days = self.env["gr.rule"].rule(KEEP_DAYS_RULE, district, today)
            self.search(
                [
                    ("company_id", "=", district.id),
                    ("state", "=", "done"),
                    ("date_decided", "<", today - timedelta(days=days)),
                ]
            ).unlink()

    # DECIDE

    def action_sent(self):
        """These were given to the district; they close when its system agrees."""
        self._decide("sent")

    def action_dismiss(self):
        """These are not proposed; they stay as they are on both sides."""
        self._decide("dismissed")

    def action_reopen(self):
        self._decide("open")

    def _decide(self, state):
        self.check_access("read")
        self.connection_id._check_operator()
        # sudo: written by these methods alone
        self.sudo().filtered(lambda proposal: proposal.state != "done")._set_state(
            state
        )

    def _set_state(self, state):
        self.write(
            {
                "state": state,
                "user_id": self.env.uid if state != "done" else False,
                "date_decided": fields.Datetime.now(),
            }
        )

    def action_export(self):
        """Download the chosen ones as CSV for the system's import."""
        export = self.env["gr.sync.proposal.export"].create(
            {"proposal_ids": [Command.set(self.ids)]}
        )
        return export.action_download()
