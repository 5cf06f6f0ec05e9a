from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.harvest_audit.const import OUTSIDE

from ..const import FAMILY_ACCESS_DAYS
from ..standing import GIVEN, MISSING, REFUSED, WITHDRAWN


class GrStudentFamilyMixin(models.AbstractModel):
    """What the pages of a family show of a child's privacy, and what they change.

    The caller is the adult's own user. Each method asks again whether this adult may
    see the record; then it reads with sudo, because families have no right on the
    tables, and tells only what is about the child or the adult's own.
    """

    _name = "gr.student.family.mixin"
    _description = "Student: Privacy in the Eyes of the Family"

    def _gr_own_adult(self):
        """Return the current user's own row among the child's adults, sudoed.

        :raise AccessError: this user is no adult who may see the record today
        """
        self.ensure_one()
        self.check_access("read")
        adult = (
            self.env["gr.guardianship"]
            .sudo()  # the own row only
            .search(
                [
                    ("student_id", "=", self.id),
                    ("partner_id", "=", self.env.user.partner_id.id),
                ],
                limit=1,
            )
        )
        if not adult.records_allowed:
            raise AccessError(
                self.env._("This record is not yours to see. Ask the school office.")
            )
        return adult

    # CONSENTS

    def _gr_family_consents(self):
        """Return where the child stands with each purpose that has a text to read.

        :return: ``purpose``, ``text`` (records, sudoed), ``state`` (of the child
            today), ``until``, ``own`` (this adult's last decision, maybe none) and
            ``choices`` (decisions that this adult can make now)
        :rtype: list[dict]
        """
        adult = self._gr_own_adult()
        return [
            self._gr_family_consent(purpose, adult)
            for purpose in self._gr_family_purposes()
        ]

    def _gr_family_purposes(self):
        # sudo: purposes and published texts are no secret
        texts = self.env["gr.consent.text"].sudo()
        company = self.sudo().company_id  # the district's name is no secret
        asked = texts.search(
            [("company_id", "=", company.id), ("state", "=", "published")]
        ).purpose_id.filtered("active")
        own_codes = set(asked.filtered("company_id").mapped("code"))
        return asked.filtered(
            lambda one: one.company_id or one.code not in own_codes
        ).sorted()

    def _gr_family_consent(self, purpose, adult):
        # sudo: see the class
        standing = self.sudo().consent_standing_ids.filtered(
            lambda line: line.purpose_id == purpose
        )
        own = (
            self.env["gr.consent"]
            .sudo()
            .search(
                [
                    ("student_id", "=", self.id),
                    ("purpose_id", "=", purpose.id),
                    ("guardianship_id", "=", adult.id),
                ],
                limit=1,
            )
        )
        return {
            "purpose": purpose,
            "text": self._gr_family_text(purpose),
            "state": standing.state or MISSING,
            "until": standing.date_end,
            "own": own,
            "choices": self._gr_family_choices(own),
        }

    def _gr_family_text(self, purpose):
        """Return the text in the language that the page is read in, or in another."""
        Text = self.env["gr.consent.text"]
        language = self.env["gr.language"].search(
            [("code", "=", (self.env.lang or "en")[:2])], limit=1
        )
        return Text._find_for(purpose, self.sudo().company_id, language)

    @api.model
    def _gr_family_choices(self, own):
        if own.decision == GIVEN and own.state_now == "counts":
            return [WITHDRAWN]
        if own.decision in (REFUSED, WITHDRAWN):
            return [GIVEN]
        return [GIVEN, REFUSED]

    def _gr_family_decide(self, purpose, decision):
        """Record what this adult decided on the page; what follows, follows at once.

        :raise UserError: this adult may not decide; says by which rule, and who may
        """
        adult = self._gr_own_adult()
        if purpose not in self._gr_family_purposes():
            raise AccessError(self.env._("There is nothing to decide about this."))
        return (
            self.env["gr.consent"]
            .sudo()  # families have no right on the table; who decides is checked there
            .create(
                {
                    "student_id": self.id,
                    "purpose_id": purpose.id,
                    "guardianship_id": adult.id,
                    "text_id": self._gr_family_text(purpose).id,
                    "decision": decision,
                    "method": "portal",
                }
            )
        )

    def _gr_family_effects(self, purpose):
        """Return what the product did since the standing last changed, newest first."""
        self._gr_own_adult()
        effects = self.env["gr.consent.effect"].sudo()  # see the class
        mine = Domain([("student_id", "=", self.id), ("purpose_id", "=", purpose.id)])
        last = effects.search(mine, limit=1)
        return effects.search(mine & Domain("consent_id", "=", last.consent_id.id))

    # DIRECTORY INFORMATION

    def _gr_family_directory(self):
        """Return what may be told of the child, and this adult's own last answer.

        :return: ``notice`` (in force or coming, maybe none), ``noticed`` and ``told``
            (categories), ``own`` (the last choice, maybe none)
        """
        adult = self._gr_own_adult()
        company = self.sudo().company_id  # no secret
        notices = self.env["gr.directory.notice"].sudo()  # what is told to everybody
        notice = notices.search(
            [
                ("company_id", "=", company.id),
                ("date_end", ">=", "today"),
            ],
            order="date_start",
            limit=1,
        )
        choices = self.env["gr.directory.choice"].sudo()  # see the class
        return {
            "notice": notice,
            "noticed": notice.category_ids,
            "told": self._gr_directory_information(),
            "own": choices.search([("guardianship_id", "=", adult.id)], limit=1),
        }

    def _gr_family_choose_directory(self, *, allows, categories):
        """Record a choice of this adult.

        :param categories: ``gr.directory.category``; none: all of them
        :raise UserError: this adult may not decide
        """
        adult = self._gr_own_adult()
        return (
            self.env["gr.directory.choice"]
            .sudo()  # families have no right on the table; who decides is checked there
            .create(
                {
                    "student_id": self.id,
                    "guardianship_id": adult.id,
                    "decision": "allow" if allows else "refuse",
                    "category_ids": categories.ids,
                    "method": "portal",
                }
            )
        )

    # REQUESTS, DISCLOSURES

    def _gr_family_requests(self):
        """Return this adult's own requests for the record, the newest first; sudoed."""
        adult = self._gr_own_adult()
        requests = self.env["gr.records.request"].sudo()  # see the class
        return requests.search(
            [("guardianship_id", "=", adult.id)], order="received_date desc, id desc"
        )

    def _gr_family_ask(self, kind):
        """Enter a request of this adult for the record; its clock begins today.

        :param str kind: one of ``FAMILY_REQUESTS``
        """
        adult = self._gr_own_adult()
        requests = self.env["gr.records.request"].sudo()  # see the class
        asked = requests.create(
            {
                "student_id": self.id,
                "guardianship_id": adult.id,
                "kind": kind,
                "identity_method": "portal",
                "user_id": False,
            }
        )
        asked._tell_managers()
        return asked

    def _gr_family_disclosures(self):
        """Return who asked for or got the record (34 CFR 99.32(c)(1)); sudoed."""
        self._gr_own_adult()
        return self.sudo()._gr_get_disclosures()  # families may see the whole log

    # WHO LOOKED

    def _gr_family_sees_access(self):
        """Whether the district shows families who looked at the record."""
        self.ensure_one()
        return self.sudo().company_id.gr_family_access != "none"  # no secret

    def _gr_family_access(self):
        """Return who looked at or changed the record, by day, the newest first.

        What other adults of the family did is left out: where and when somebody reads
        is nothing that a parent learns of the other.

        :return: ``{day: [{"who", "organization", "acts": {act: kinds of record}}, …]}``
        """
        self._gr_own_adult()
        if not self._gr_family_sees_access():
            return {}
        since = fields.Datetime.now() - timedelta(days=FAMILY_ACCESS_DAYS)
        days = {}
        for row in self._gr_access_history(since):
            is_other_adult = row["user"].share and row["user"] != self.env.user
            if is_other_adult and row.get("purpose") != OUTSIDE:
                continue
            if row["model"] == "gr.audit.event":
                continue
            people = days.setdefault(row["day"], {})
            acts = people.setdefault(
                (self._gr_family_label(row), row["organization"]), {}
            )
            acts.setdefault(row["action"], set()).add(row["kind"] or "")
        return {
            day: [
                {
                    "who": who,
                    "organization": organization,
                    "acts": {act: sorted(filter(None, acts[act])) for act in acts},
                }
                for (who, organization), acts in people.items()
            ]
            for day, people in days.items()
        }

    def _gr_family_label(self, row):
        user = row["user"]
        role = row["role"].rpartition(": ")[2]  # without the letter of the role
        if user == self.env.user:
            return self.env._("You")
        shows_names = self.sudo().company_id.gr_family_access == "name"  # no secret
        if shows_names and user and not user._is_superuser():
            return f"{user.name}, {role}"
        return role
