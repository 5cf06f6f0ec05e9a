from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

# Known to this process only, so that no client can send it.
_EVENT = object()


class GrStaffHistoryMixin(models.AbstractModel):
    """A credential becomes history by being verified. What follows are events of ours:
    renewed by a later one, written on the resume, revoked with a reason.
    """

    _name = "gr.staff.history.mixin"
    _description = "History of a Staff Credential"

    def write(self, vals):
        if self.env.context.get("gr_credential_event") is not _EVENT:
            self._check_history()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        self._check_history()

    def _check_history(self):
        """Refuse to change what has been verified, whoever asks."""
        if any(credential.state != "draft" for credential in self):
            raise UserError(
                self.env._(
                    "What has been verified is history and stays as it is. Register a"
                    " new one, or revoke this one with a reason."
                )
            )

    def _write_event(self, vals):
        # sudo: guarded fields, after the caller has checked who asks
        self.sudo().with_context(gr_credential_event=_EVENT).write(vals)

    def action_verify(self):
        """Take note that somebody has seen the proof. It is history from now on."""
        self.check_access("write")
        drafts = self.filtered(lambda one: one.state == "draft")
        drafts._check_may_verify()
        drafts._check_issuer()
        drafts._verify()
        return True

    @api.model
    def _register_seen(self, source, vals_list):
        """Record what the product itself has seen, verified: a course completed here.

        :param str source: a value of the field ``source``
        :param vals_list: values of ``create``, each with ``source_model`` and
            ``source_id``; what that source has given already is not doubled
        :return: the new credentials
        """
        # sudo, as the system: nobody verifies the own, and here nobody does
        system = self.with_user(SUPERUSER_ID).sudo()
        known = {
            (one.source_model, one.source_id, one.requirement_id.id)
            for one in system.search(
                [
                    ("source_id", "in", [vals["source_id"] for vals in vals_list]),
                    (
                        "source_model",
                        "in",
                        [vals["source_model"] for vals in vals_list],
                    ),
                ]
            )
        }
        created = system.create(
            [
                {**vals, "source": source}
                for vals in vals_list
                if (vals["source_model"], vals["source_id"], vals["requirement_id"])
                not in known
            ]
        )
        created.action_verify()
        return created.with_env(self.env)

    def _check_may_verify(self):
        """Only B and C verify, and nobody the own record."""
        user = self.env.user
        allowed = self.env.su or any(
            user.has_group(f"harvest_base.group_harvest_{role}")
            for role in ("operations", "program")
        )
        if not allowed:
            raise AccessError(
                self.env._("Ask the compliance manager or the site coordinator.")
            )
        # sudo: who the person is, to compare
        if not self.env.su and user in self.sudo().employee_id.user_id:
            raise AccessError(
                self.env._(
                    "Nobody verifies the own credentials. Ask a colleague of role B or"
                    " C."
                )
            )

    def _check_issuer(self):
        for credential in self:
            requirement = credential.requirement_id
            if not (
                credential.exempt or requirement._accepts_issuer(credential.issuer)
            ):
                raise UserError(
                    self.env._(
                        "“%(name)s” is accepted only from: %(issuers)s. This one is"
                        " from “%(issuer)s”. Ask for an accepted card.",
                        name=requirement.name,
                        issuers=", ".join(requirement.accepted_issuers.splitlines()),
                        issuer=credential.issuer or "–",
                    )
                )

    def _verify(self):
        # sudo: who the people are; what the system sees while somebody works on the
        # own record, the system has verified
        own = self.env.user in self.sudo().employee_id.user_id
        self._write_event(
            {
                "state": "verified",
                "verified_by_id": SUPERUSER_ID if own else self.env.uid,
                "verified_at": fields.Datetime.now(),
            }
        )
        self._supersede_earlier()
        self._write_resume()
        # sudo: a projection; it says the same whoever has it counted
        self.env["gr.staff.clearance"].sudo()._refresh(self.sudo().employee_id)

    def _supersede_earlier(self):
        """Mark the rows that these renew. Their dates still count for their time."""
        codes = {(one.employee_id.id, one.code, one.site_id.id) for one in self}
        # sudo: history of the same people, also where this user sees only a part
        earlier = self.sudo().search(
            [
                ("employee_id", "in", self.employee_id.ids),
                ("code", "in", self.mapped("code")),
                ("state", "=", "verified"),
            ]
        )
        newest = {}
        for one in earlier.sorted(lambda one: (one.issued, one.id)):
            newest[one.employee_id.id, one.code, one.site_id.id] = one.id
        old = earlier.filtered(
            lambda one: (
                (key := (one.employee_id.id, one.code, one.site_id.id)) in codes
                and newest[key] != one.id
            )
        )
        old._write_event({"state": "superseded"})

    def _write_resume(self):
        """Add a line of its own to the resume; earlier lines are left alone."""
        training = self.env.ref("hr_skills.resume_type_training", False)
        shown = self.filtered(
            lambda one: one.requirement_id.on_resume and not one.resume_line_id
        )
        # sudo: the resume is the person's; this line is the suite's to add
        lines = (
            self.env["hr.resume.line"]
            .sudo()
            .create([one._prepare_resume_line(training) for one in shown])
        )
        for credential, line in zip(shown, lines, strict=True):
            credential._write_event({"resume_line_id": line.id})

    def _prepare_resume_line(self, training):
        self.ensure_one()
        details = " · ".join(filter(None, (self.issuer, self.number)))
        return {
            "employee_id": self.employee_id.id,
            "name": self.requirement_id.name,
            "date_start": self.issued,
            "date_end": self.expires,
            "description": details,
            "line_type_id": training and training.id,
        }

    def _revoke(self, day, reason):
        """Take back what was verified; it stops to count on ``day``."""
        if any(one.state not in ("verified", "superseded") for one in self):
            raise UserError(self.env._("Only what has been verified can be revoked."))
        self._write_event(
            {"state": "revoked", "revoked_on": day, "revoked_reason": reason}
        )
        self.env["gr.staff.clearance"].sudo()._refresh(self.sudo().employee_id)
        # sudo (above): a projection, and who the people are
