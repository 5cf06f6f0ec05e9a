from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

ENGLISH = "en"


class GrAnnualNotice(models.Model):
    """What a district tells its families once a year (34 CFR 99.7; EC 49063).

    A draft has a text in each language and ticks what the law asks for. Once published
    it goes to the adults of every pupil at school, and to those who come later, until
    the year is over.
    """

    _name = "gr.annual.notice"
    _description = "Annual Notice to Families"
    _inherit = ["gr.guarded.mixin", "mail.thread"]
    _order = "company_id, date_start desc, id desc"
    _check_company_auto = True
    _guarded = frozenset({"state", "published_on", "published_by_id"})

    name = fields.Char(required=True, help="For example the school year")
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date_start = fields.Date(
        "From", required=True, default=fields.Date.context_today, tracking=True
    )
    date_end = fields.Date(
        "Until", required=True, tracking=True, help="Who comes later gets the next one"
    )
    directory_notice_id = fields.Many2one(
        "gr.directory.notice",
        "Directory Information",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        tracking=True,
        help="Its categories are what the text names, and its first day ends the time"
        " to refuse.",
    )
    optout_until = fields.Date("Families Refuse until", compute="_compute_optout_until")
    topic_ids = fields.Many2many(
        "gr.annual.topic", string="The Texts Say", help="Tick what you have checked"
    )
    missing_topic_ids = fields.Many2many(
        "gr.annual.topic", string="Missing", compute="_compute_missing_topic_ids"
    )
    text_ids = fields.One2many("gr.annual.notice.text", "notice_id", "Texts")
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("ended", "Ended")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    published_on = fields.Date(readonly=True, copy=False)
    published_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    delivery_ids = fields.One2many("gr.annual.notice.delivery", "notice_id")
    adult_count = fields.Integer("Adults", compute="_compute_counts")
    served_count = fields.Integer("Served", compute="_compute_counts")
    letter_count = fields.Integer("Need a Letter", compute="_compute_counts")
    seen_count = fields.Integer("Opened", compute="_compute_counts")

    _check_period = models.Constraint(
        "CHECK (date_end >= date_start)", "The last day is before the first one."
    )

    @api.depends("directory_notice_id.date_start")
    def _compute_optout_until(self):
        for notice in self:
            begins = notice.directory_notice_id.date_start
            notice.optout_until = begins and begins - timedelta(days=1)

    @api.depends("topic_ids")
    def _compute_missing_topic_ids(self):
        wanted = self.env["gr.annual.topic"].search([("code", "!=", False)])
        for notice in self:
            notice.missing_topic_ids = wanted - notice.topic_ids

    @api.depends("delivery_ids.state")
    def _compute_counts(self):
        for notice in self:
            # sudo: figures only, which coordinators see, too; not who got it
            states = notice.sudo().delivery_ids.mapped("state")
            notice.letter_count = states.count("letter")
            notice.served_count = len(states) - notice.letter_count
            notice.seen_count = states.count("seen")
            notice.adult_count = notice._count_adults()

    # PUBLISHING

    def action_publish(self):
        """Put it in force; from now on its texts do not change."""
        self.check_access("write")
        for notice in self:
            notice._check_complete()
            # sudo: guarded from clients
            notice.sudo().write(
                {
                    "state": "published",
                    "published_on": fields.Date.context_today(self),
                    "published_by_id": self.env.uid,
                }
            )

    def _check_complete(self):
        if self.state != "draft":
            raise UserError(self.env._("Only a draft can be published."))
        if not self.text_ids:
            raise UserError(
                self.env._("Add the text in each language that your families speak.")
            )
        if self.missing_topic_ids:
            names = ", ".join(self.missing_topic_ids.mapped("name"))
            raise UserError(
                self.env._("The law asks for more; tick what the texts say: %s.", names)
            )
        if not self.directory_notice_id:
            raise UserError(
                self.env._(
                    "Choose the notice of directory information: families are told what"
                    " it names, and until when they may refuse (34 CFR 99.37(a))."
                )
            )

    def action_end(self):
        self.check_access("write")
        # sudo: guarded from clients
        self.sudo().filtered(lambda notice: notice.state == "published").write(
            {"state": "ended"}
        )

    # SENDING

    def action_send(self):
        """Send it to every adult who has not got it; without an address: a letter."""
        self.check_access("write")
        for notice in self:
            if notice.state != "published":
                raise UserError(self.env._("Publish the notice first."))
            notice._deliver()

    @api.model
    def _cron_deliver(self):
        """Each night: to adults of pupils who came since (EC 49063: on enrolment)."""
        today = fields.Date.context_today(self)
        published = self.search([("state", "=", "published")])
        over = published.filtered(lambda notice: notice.date_end < today)
        over.state = "ended"
        for notice in published - over:
            # It begins when somebody has sent it.
            if notice.delivery_ids:
                notice._deliver()

    def _get_adults_domain(self):
        """Return the links of adults who may see the record of a pupil at school."""
        return (
            self.env["gr.guardianship"]._get_records_allowed_domain()
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("student_id.learner_type", "=", "pupil")
            & Domain("student_id.site_id", "!=", False)
            & Domain("student_id.active", "=", True)
        )

    def _get_adults(self):
        # sudo: families of the whole district; what is shown are the deliveries
        links = self.env["gr.guardianship"].sudo()
        return links.search(self._get_adults_domain())

    def _count_adults(self):
        """Count without looking: no family finds the figure in the log of its child."""
        # sudo: families of the whole district; only the number is shown
        links = self.env["gr.guardianship"].sudo()
        [[count]] = links._read_group(
            self._get_adults_domain(), [], ["partner_id:count_distinct"]
        )
        return count

    def _deliver(self):
        self.ensure_one()
        deliveries = self.env["gr.annual.notice.delivery"].sudo()  # guarded
        has = self.sudo().delivery_ids.partner_id  # sudo: nobody gets it twice
        links = self._get_adults().filtered(lambda link: link.partner_id not in has)
        made = deliveries.create(
            [
                self._get_delivery(partner, own)
                for partner, own in links.grouped("partner_id").items()
            ]
        )
        deliveries._send_mails(made.filtered(lambda one: one.channel == "mail"))

    def _get_delivery(self, partner, links):
        by_mail = partner.email and any(links.mapped("receives_mail"))
        return {
            "notice_id": self.id,
            "partner_id": partner.id,
            "text_id": self._find_text(links.language_id[:1], partner.lang).id,
            "channel": "mail" if by_mail else "paper",
            "state": "sent" if by_mail else "letter",
        }

    def _find_text(self, language, lang):
        """Return the text in a language, or in that of the account, or in English."""
        texts = self.sudo().text_ids  # what everybody is told
        by_code = {text.language_id.code: text for text in texts}
        for code in (language.code, (lang or "")[:2], ENGLISH):
            if code in by_code:
                return by_code[code]
        return texts[:1]

    # THE FAMILY'S PAGE

    @api.model
    def _get_for_family(self, notice_id=None):
        """Return the notices in force in the districts of the current user's children.

        Sudoed: a notice is told to every family of the district.

        :param int notice_id: only this one
        """
        if not self.env["gr.student"].has_access("read"):
            return self.browse()
        children = self.env["gr.student"].search(self.env.user._gr_family_domain())
        districts = children.sudo().company_id  # no secret
        mine = Domain(
            [("state", "=", "published"), ("company_id", "in", districts.ids)]
        )
        if notice_id is not None:
            mine &= Domain("id", "=", notice_id)
        return self.sudo().search(mine)  # see above

    def _show_to_family(self):
        """Return the text for the current user, and write down that it was opened."""
        self.ensure_one()
        user = self.env.user
        deliveries = self.env["gr.annual.notice.delivery"].sudo()  # the own one
        own = deliveries.search(
            [("notice_id", "=", self.id), ("partner_id", "=", user.partner_id.id)]
        )
        text = self._find_text(self.env["gr.language"], self.env.lang)
        if not own:
            own = deliveries.create(
                {
                    "notice_id": self.id,
                    "partner_id": user.partner_id.id,
                    "text_id": text.id,
                    "channel": "portal",
                    "state": "sent",
                }
            )
        own._see()
        return text

    def _is_new_for_family(self):
        """Whether the current user has not opened it yet."""
        self.ensure_one()
        deliveries = self.env["gr.annual.notice.delivery"].sudo()  # the own one
        return not deliveries.search_count(
            [
                ("notice_id", "=", self.id),
                ("partner_id", "=", self.env.user.partner_id.id),
                ("seen_at", "!=", False),
            ]
        )
