from odoo import fields, models
from odoo.fields import Domain

from .. import data_map, flow

SHOWN, ATTENTION, YOURS = "shown", "attention", "yours"
TRACKERS = ("google_analytics_key", "plausible_shared_key")


class GrPostureEvidence(models.AbstractModel):
    """Counts what a clause of the privacy posture can point to, now, in one district.

    Each method is called by sudo and returns ``(standing, sentence, action)``: the
    action, of this addon, lists what was counted.
    """

    _name = "gr.posture.evidence"
    _description = "Evidence of the Privacy Posture"

    def _count(self, model, district, *conditions):
        domain = Domain("company_id", "in", [False, district.id])
        return self.env[model].search_count(domain & Domain(list(conditions)))

    def _check_texts(self, district):
        published = self.env["gr.consent.text"].search(
            [("company_id", "=", district.id), ("state", "=", "published")]
        )
        purposes = self.env["gr.consent.purpose"]
        purposes = purposes.search([("company_id", "in", [False, district.id])])
        without = purposes - published.purpose_id
        sentence = self.env._(
            "%(texts)s texts in %(languages)s languages; %(without)s of %(all)s"
            " purposes have none",
            texts=len(published),
            languages=len(published.language_id),
            without=len(without),
            all=len(purposes),
        )
        return ATTENTION if without else SHOWN, sentence, "gr_consent_text_action"

    def _check_consents(self, district):
        lines = self.env["gr.consent.standing"]._read_group(
            [
                ("company_id", "=", district.id),
                ("purpose_id.code", "in", ("elearning", "third_party")),
            ],
            ["state"],
            ["__count"],
        )
        counts = dict(lines)
        unsettled = sum(counts.get(s, 0) for s in ("conflict", "expired", "outdated"))
        sentence = self.env._(
            "%(given)s allowed, %(no)s refused or withdrawn, %(unsettled)s to be"
            " settled",
            given=counts.get("given", 0),
            no=counts.get("refused", 0) + counts.get("withdrawn", 0),
            unsettled=unsettled,
        )
        standing = ATTENTION if unsettled or not counts else SHOWN
        return standing, sentence, "gr_consent_standing_action"

    def _check_rights(self, district):
        is_open = ("state", "in", flow.open_states(flow.RECORDS))
        late = self._count(
            "gr.records.request", district, is_open, ("due_date", "<", "today")
        )
        failed = self._count("gr.consent.effect", district, ("state", "=", "failed"))
        sentence = self.env._(
            "%(all)s requests and %(challenges)s challenges, %(late)s requests overdue;"
            " %(effects)s effects of decisions, %(failed)s failed",
            all=self._count("gr.records.request", district),
            challenges=self._count("gr.amendment.request", district),
            late=late,
            effects=self._count("gr.consent.effect", district),
            failed=failed,
        )
        standing = ATTENTION if late or failed else SHOWN
        return standing, sentence, "gr_records_request_action"

    def _check_data_map(self, _district):
        lines = [
            line for line in data_map.model_lines().values() if line.model in self.env
        ]
        known = {line.model for line in lines}
        described = [key for key in data_map.field_lines() if key[0] in known]
        sentence = self.env._(
            "%(fields)s fields in %(kinds)s kinds of records, each with its purpose",
            fields=len(described),
            kinds=len(lines),
        )
        return SHOWN, sentence, "processing_action"

    def _check_security(self, _district):
        keys = self.env["gr.seal.key"].search([("name", "!=", False)])
        sentence = self.env._(
            "%(sealed)s encrypted values and files, %(keys)s keys; %(events)s events in"
            " the log of the last 30 days",
            sealed=sum(keys.mapped("value_count")),
            keys=len(keys),
            events=self.env["gr.audit.event"].search_count(
                [("at", ">=", "today -30d")]
            ),
        )
        bad = keys.filtered(lambda key: key.status in ("missing", "lost"))
        return ATTENTION if bad else SHOWN, sentence, "processing_action"

    def _check_retention(self, district):
        classes = self.env["gr.retention.class"]._get_by_model(district)
        kept = {
            line.model
            for line in data_map.model_lines().values()
            if line.model in classes
        }
        due = self._count("gr.retention.review", district, ("state", "=", "due"))
        sentence = self.env._(
            "%(sorted)s kinds of records have a class; %(due)s lines wait for a"
            " decision",
            sorted=len(kept),
            due=due,
        )
        return ATTENTION if due else SHOWN, sentence, "gr_retention_review_action"

    def _check_trackers(self, district):
        if "website" not in self.env:
            return SHOWN, self.env._("There is no website"), "processing_action"
        sites = self.env["website"].search([("company_id", "=", district.id)])
        tracked = sites.filtered(
            lambda site: any(site[key] for key in TRACKERS if key in site._fields)
        )
        sentence = self.env._(
            "%(tracked)s of %(sites)s websites have a tracker set",
            tracked=len(tracked),
            sites=len(sites),
        )
        return ATTENTION if tracked else SHOWN, sentence, "processing_action"

    def _check_sales(self, district):
        sold = self._count(
            "gr.disclosure",
            district,
            ("kind", "=", "disclosed"),
            ("party_kind_id.is_for_profit", "=", True),
            ("basis_id.code", "!=", "consent"),
        )
        sentence = self.env._(
            "%s disclosures to profit-making parties without a consent", sold
        )
        return ATTENTION if sold else SHOWN, sentence, "gr_disclosure_action"

    def _check_disclosures(self, district):
        wrong = self._count("gr.disclosure", district, ("kind", "=", "unauthorized"))
        sentence = self.env._(
            "%(all)s disclosures with their basis, %(wrong)s without a right",
            all=self._count("gr.disclosure", district, ("kind", "=", "disclosed")),
            wrong=wrong,
        )
        return ATTENTION if wrong else SHOWN, sentence, "gr_disclosure_action"

    def _check_deletion(self, district):
        is_open = ("state", "in", ("draft", "planned"))
        late = self._count("gr.erasure", district, is_open, ("due_date", "<", "today"))
        sentence = self.env._(
            "%(done)s erasures done, %(open)s open, %(late)s overdue",
            done=self._count("gr.erasure", district, ("state", "=", "done")),
            open=self._count("gr.erasure", district, is_open),
            late=late,
        )
        return ATTENTION if late else SHOWN, sentence, "gr_erasure_action"

    def _check_archives(self, district):
        given = self._count(
            "gr.records.request",
            district,
            ("kind", "=", "portability"),
            ("state", "=", "delivered"),
        )
        sentence = self.env._("%s archives delivered", given)
        return SHOWN, sentence, "gr_records_request_action"

    def _check_incidents(self, district):
        year = fields.Date.today().year
        drills = self._count(
            "gr.privacy.incident",
            district,
            ("is_drill", "=", True),
            ("detected_date", ">=", f"{year}-01-01"),
        )
        real = ("is_drill", "=", False)
        sentence = self.env._(
            "%(open)s incidents open, %(all)s in all; %(drills)s drills this year",
            open=self._count(
                "gr.privacy.incident", district, real, ("state", "!=", "closed")
            ),
            all=self._count("gr.privacy.incident", district, real),
            drills=drills,
        )
        return SHOWN if drills else ATTENTION, sentence, "gr_privacy_incident_action"

    def _check_notice(self, district):
        notices = self.env["gr.annual.notice"].search(
            [("company_id", "=", district.id), ("state", "=", "published")]
        )
        served = sum(notices.mapped("served_count"))
        adults = max(notices.mapped("adult_count"), default=0)
        sentence = self.env._(
            "%(served)s of %(adults)s adults have the annual notice",
            served=served,
            adults=adults,
        )
        is_done = notices and served >= adults
        return SHOWN if is_done else ATTENTION, sentence, "gr_annual_notice_action"

    def _check_contract(self, _district):
        sentence = self.env._("The signed contract, kept by the district")
        return YOURS, sentence, "processing_action"
