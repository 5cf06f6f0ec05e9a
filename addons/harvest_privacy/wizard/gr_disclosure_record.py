from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from .. import disclosing as d


class GrDisclosureRecord(models.TransientModel):
    """Disclose records: checks basis, consent and opt-outs, and writes the log.

    What is refused says why and what would help, and is logged as a refused request.
    """

    _name = "gr.disclosure.record"
    _description = "Disclose Records"
    _inherit = ["gr.disclosure.facts.mixin"]

    student_ids = fields.Many2many(
        "gr.student", string="Students", domain="[('company_id', '=', company_id)]"
    )
    corrects_id = fields.Many2one("gr.disclosure", readonly=True)
    basis_authority = fields.Char(related="basis_id.authority")
    by_consent = fields.Boolean(related="basis_id.by_consent")
    is_directory = fields.Boolean(related="basis_id.is_directory")
    needs_court_document = fields.Boolean(related="basis_id.needs_court_document")
    needs_agreement = fields.Boolean(related="basis_id.needs_agreement")
    needs_certification = fields.Boolean(related="basis_id.needs_certification")
    needs_threat = fields.Boolean(related="basis_id.needs_threat")
    notice_days = fields.Integer(related="basis_id.notice_days")
    problem_text = fields.Text("What Stands Against It", compute="_compute_problems")
    barred_student_ids = fields.Many2many(
        "gr.student", compute="_compute_problems", string="Not These Students"
    )
    is_free = fields.Boolean(compute="_compute_problems")

    @api.depends(lambda self: ["student_ids", *self._get_facts()])
    def _compute_problems(self):
        for dialogue in self:
            texts, barred = dialogue._find_problems()
            dialogue.problem_text = "\n".join(texts)
            dialogue.barred_student_ids = barred
            dialogue.is_free = bool(
                dialogue.student_ids and dialogue.basis_id and not texts and not barred
            )

    @api.model
    def _get_facts(self):
        return self.env["gr.disclosure"]._get_fact_names()

    def _find_problems(self):
        """Return ``(sentences, students whose records may not go out)``."""
        self.ensure_one()
        if not self.basis_id or not self.party_kind_id:
            return [], self.student_ids.browse()
        today = fields.Date.context_today(self)
        request = self._as_request(today)
        texts = [self._get_remedies()[code] for code in d.problems(request)]
        named = self.record_category_ids or self.is_directory
        if self.student_ids and not named:
            texts.append(self.env._("Name the records that are asked for."))
        barred = self._find_barred(request, today)
        for code, students in barred.items():
            texts.append(
                self._get_remedies()[code] + " " + ", ".join(students.mapped("name"))
            )
        return texts, self.student_ids.browse().union(*barred.values())

    def _find_barred(self, request, day):
        """Return ``{problem code: students}``."""
        students = self.student_ids._origin
        consented, told = students.browse(), {}
        if self.by_consent and self.purpose_id:
            consented = students._gr_filter_consent(self.purpose_id, day)
        if self.is_directory:
            told = students._gr_directory_map(day, self.party_kind_id)
        barred = {}
        for student in students:
            for code in d.pupil_problems(
                request,
                consented=student in consented,
                released=told[student.id].mapped("code") if told else (),
            ):
                barred[code] = barred.get(code, students.browse()) | student
        return barred

    def _get_remedies(self):
        """Return for each problem what is wrong, by which rule, and what helps."""
        basis, kind = self.basis_id, self.party_kind_id
        return {
            d.PARTY_BARRED: self.env._(
                "This party never gets records (%s). Record the refused request.",
                kind.authority,
            ),
            d.COURT_ORDER_ONLY: self.env._(
                "Nothing is disclosed to this party without a judge's warrant,"
                " subpoena or order (%s). Record the refused request, and tell the"
                " superintendent at once.",
                kind.authority,
            ),
            d.BASIS_NOT_FOR_PARTY: self.env._(
                "This basis is for: %(kinds)s (%(authority)s). Choose the basis that"
                " fits this party, or ask the family for consent.",
                kinds=", ".join(basis.party_kind_ids.mapped("name")),
                authority=basis.authority,
            ),
            d.NO_INTEREST: self.env._(
                "Write down the party's legitimate interest (34 CFR 99.32(a)(3))."
            ),
            d.NOT_IDENTIFIED: self.env._(
                "Verify who it is, and say how (34 CFR 99.31(c)). Call the agency back"
                " at a number that you looked up yourself."
            ),
            d.NO_COURT_DOCUMENT: self.env._(
                "Attach the order or subpoena (%s). Have counsel read it first.",
                basis.authority,
            ),
            d.NO_AGREEMENT: self.env._(
                "Attach the written agreement that is in force (%s).", basis.authority
            ),
            d.NO_CERTIFICATION: self.env._(
                "Attach the party's written certification that it will not disclose"
                " further (%s).",
                basis.authority,
            ),
            d.NO_THREAT: self.env._(
                "Describe the articulable and significant threat (34 CFR 99.36)."
            ),
            d.NO_PURPOSE: self.env._("Choose the purpose that families consented to."),
            d.NO_NOTICE: self.env._(
                "Tell the family first, at least %(days)s days before (%(rule)s), and"
                " enter the day.",
                days=basis.notice_days,
                rule=basis.notice_authority,
            ),
            d.NOTICE_TOO_SHORT: self.env._(
                "The family was told less than %(days)s days ago (%(rule)s). Wait.",
                days=basis.notice_days,
                rule=basis.notice_authority,
            ),
            d.PROFIT: self.env._(
                "Directory information does not go to this party (EC 49073(a)). Ask"
                " the families for consent."
            ),
            d.NOT_NOTICED: self.env._("Choose which directory information is told."),
            d.NO_CONSENT: self.env._(
                "No consent counts today for these students. Ask their families, or"
                " leave them out:"
            ),
            d.OPTED_OUT: self.env._(
                "Not all of this is directory information of these students: the"
                " family refused, or there is no notice in force, or it names no such"
                " audience. Leave them out, or ask for consent:"
            ),
        }

    def action_leave_out(self):
        """Go on without the students whose records may not go out."""
        self.ensure_one()
        self.student_ids -= self.barred_student_ids
        return self._reopen()

    def action_disclose(self):
        self.ensure_one()
        texts, barred = self._find_problems()
        if texts or barred or not self.student_ids:
            raise UserError(
                "\n".join(texts) or self.env._("Choose the students first.")
            )
        kind = "corrects" if self.corrects_id else "disclosed"
        return self._open(self._record(kind))

    def action_refuse(self):
        """Log the request that was not granted; the law wants it in the log, too."""
        self.ensure_one()
        texts, _barred = self._find_problems()
        reason = "\n".join(texts) or self.env._("Refused by the keeper of the records.")
        return self._open(self._record("refused", refusal=reason))

    def action_record_unauthorized(self):
        """Log what went out without right; the log does not hide it."""
        self.ensure_one()
        texts, _barred = self._find_problems()
        return self._open(self._record("unauthorized", refusal="\n".join(texts)))

    def _record(self, kind, **values):
        """Write the entry, one line for each student, and the letter."""
        students = self.student_ids
        students.check_access("read")
        if students.company_id - self.company_id:
            raise UserError(
                self.env._("These students belong to another district. Switch to it.")
            )
        now = fields.Datetime.now()
        disclosed = kind != "refused"
        # sudo: entries are made here alone, after the checks
        entry = (
            self.env["gr.disclosure"]
            .sudo()
            .create(
                self._get_values()
                | {
                    "kind": kind,
                    "corrects_id": self.corrects_id.id,
                    "disclosed_at": disclosed and now,
                    "student_count": len(students),
                    "is_statutory": self.basis_id.is_statutory or kind != "disclosed",
                    "inform_by": disclosed and self._get_inform_by(now),
                    "recorded_by_id": self.env.uid,
                    "line_ids": self._get_lines(kind),
                    **values,
                }
            )
        )
        entry._seal(with_letter=kind in ("disclosed", "corrects"))
        self.env["gr.privacy.audit"]._log(
            "disclosure",
            entry,
            students,
            outcome="ok" if disclosed else "refused",
            purpose=self.basis_id.code,
        )
        return entry.with_env(self.env)

    def _get_values(self):
        values = {}
        for name in self._get_facts():
            value, field = self[name], self._fields[name]
            if field.type == "many2one":
                value = value.id
            elif field.type == "many2many":
                value = [Command.set(value.ids)]
            values[name] = value
        return values

    def _get_lines(self, kind):
        """Return one line a student, with the consents that permit it."""
        purpose = self.by_consent and kind == "disclosed" and self.purpose_id
        keys = {}
        if purpose:
            Standing = self.env["gr.consent.standing"].sudo()  # decisions as evidence
            today = fields.Date.context_today(self)
            keys = Standing._settle(self.student_ids, purpose, today)
        return [
            Command.create(
                {
                    "student_id": student.id,
                    "consent_ids": [Command.set(keys[student.id].keys if keys else [])],
                }
            )
            for student in self.student_ids
        ]

    def _get_inform_by(self, now):
        hours = self.basis_id.inform_hours
        return hours and now + timedelta(hours=hours)

    def _open(self, entry):
        return {
            "type": "ir.actions.act_window",
            "res_model": "gr.disclosure",
            "res_id": entry.id,
            "view_mode": "form",
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Disclose Records"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
