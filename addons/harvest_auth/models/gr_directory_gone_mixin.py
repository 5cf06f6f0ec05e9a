import logging
from datetime import timedelta

from odoo import api, fields, models

from ..directory import search
from ..directory.verdict import judge
from ..exceptions import IdentityRefused
from ..own_cursor import own_cursor

_logger = logging.getLogger(__name__)


class GrDirectoryGoneMixin(models.AbstractModel):
    """Who left the directory loses access here; but never everybody at once."""

    _name = "gr.directory.gone.mixin"
    _description = "Directory: Who Is Gone"

    most_percent = fields.Integer(
        "Most That May Go at Once (%)",
        default=10,
        required=True,
        tracking=True,
        help="If more of the linked accounts are missing at once, nobody is locked out"
        " until an administrator has looked.",
    )
    check_date = fields.Datetime("Last Comparison", readonly=True, copy=False)
    check_problem = fields.Selection(
        [
            ("directory_empty", "It names nobody"),
            ("directory_mass", "Too many are missing"),
            ("unreachable", "It could not be asked"),
        ],
        string="Problem",
        readonly=True,
        copy=False,
    )
    missing_count = fields.Integer("Missing Accounts", readonly=True, copy=False)

    def _end_if_disabled(self, login):
        """An account that they switched off has no session here from now on."""
        try:
            account = search.look_up(self._get_settings(), login)
        except IdentityRefused:
            return
        if account.is_disabled:
            # An own cursor: the refused sign-in may be rolled back.
            with own_cursor(self.env) as cr:
                directory = self.with_env(self.env(cr=cr))
                directory._find_identities([account.subject])._end_access()

    def _find_identities(self, subjects):
        return self.identity_ids.search(
            [("directory_id", "=", self.id), ("subject", "in", list(subjects))]
        )

    @api.model
    def _cron_compare(self):
        """Ask each directory who is active, and end the access of all others."""
        directories = self.search([("state", "=", "enabled")])
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=len(directories))
        for directory in directories:
            directory._compare()
            if not progress(1):
                break

    def _compare(self, most_percent=None):
        """Compare once; a directory that does not answer ends nobody's access."""
        linked = self.identity_ids.search(
            [("directory_id", "=", self.id), ("user_id.active", "=", True)]
        )
        try:
            active = search.active_subjects(self._get_settings())
        except IdentityRefused as error:
            _logger.warning("gr.directory %s not compared: %s", self.id, error)
            self._note_comparison("unreachable", self.missing_count)
            return
        share = self.most_percent if most_percent is None else most_percent
        verdict = judge(set(linked.mapped("subject")), active, share)
        if not verdict.problem:
            linked.filtered(lambda i: i.subject in verdict.gone)._end_access()
        self._note_comparison(verdict.problem, len(verdict.gone))

    def _note_comparison(self, problem, missing):
        is_news = problem and problem != self.check_problem
        self.write(
            {
                "check_date": fields.Datetime.now(),
                "check_problem": problem or False,
                "missing_count": missing if problem else 0,
            }
        )
        if is_news:
            self._leave_task()

    def _leave_task(self):
        """Leave a task for whoever set the directory up."""
        self.activity_schedule(
            "mail.mail_activity_data_warning",
            date_deadline=fields.Date.context_today(self) + timedelta(days=1),
            summary=self.env._("Nobody was locked out: look at the directory"),
            note=dict(self._fields["check_problem"]._description_selection(self.env))[
                self.check_problem
            ],
            user_id=(self.write_uid if self.write_uid.active else self.create_uid).id,
        )

    def action_confirm_missing(self):
        """End the access of all that are missing now; an administrator has looked."""
        self.ensure_one()
        self.check_access("write")
        self.sudo()._compare(most_percent=100)  # guarded; who may write decides
