from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from ..const import GRADES

# What a version is about: a change to one of these keeps the old values as a version.
FACTS = frozenset(
    {"site_id", "school_year_id", "grade", "date_start", "date_end", "primary",
     "exit_reason", "active"}
)  # fmt: skip


class GrStudentEnrollment(models.Model):
    """Student at a school for a grade and dates, in two times.

    ``date_start`` to ``date_end`` say when it was so in the world; ``recorded_at`` to
    ``superseded_at`` say when we believed it. The record keeps its id: a change writes
    the old values to an archived version that points to it.
    """

    _name = "gr.student.enrollment"
    _description = "School Enrollment"
    _inherit = ["gr.student.record.mixin", "gr.period.mixin", "gr.external.ref.mixin"]
    _order = "date_start desc, id desc"
    _check_company_auto = True
    _guarded = frozenset({"recorded_at", "superseded_at", "version_of_id"})

    site_id = fields.Many2one(
        "gr.site",
        string="School",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    local_id = fields.Char(related="student_id.local_id")
    school_year_id = fields.Many2one(
        "gr.school.year", index="btree_not_null", check_company=True
    )
    grade = fields.Selection(GRADES)
    date_start = fields.Date(required=True)
    primary = fields.Boolean(default=True, help="Off: a second school of the student")
    exit_reason = fields.Selection(
        [
            ("transfer", "Moved to another school"),
            ("left", "Left the district"),
            ("promoted", "End of the school year"),
            ("merged", "The site merged or split"),
            ("absent", "No longer in the district system"),
        ]
    )
    active = fields.Boolean(default=True)
    recorded_at = fields.Datetime(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: fields.Datetime.now(),
    )
    superseded_at = fields.Datetime(readonly=True, copy=False, index="btree_not_null")
    version_of_id = fields.Many2one(
        "gr.student.enrollment", readonly=True, copy=False, index="btree_not_null"
    )
    version_ids = fields.One2many(
        "gr.student.enrollment",
        "version_of_id",
        string="Earlier Versions",
        context={"active_test": False},
        readonly=True,
    )

    _current_idx = models.Index(
        "(site_id, student_id) WHERE superseded_at IS NULL AND active"
    )
    _check_version = models.Constraint(
        "CHECK ((superseded_at IS NULL) = (version_of_id IS NULL))",
        "Only an earlier version has been superseded.",
    )

    @api.depends("student_id", "site_id", "date_start")
    def _compute_display_name(self):
        for enrollment in self:
            enrollment.display_name = (
                f"{enrollment.student_id.name}, {enrollment.site_id.name}"
            )

    @api.constrains("student_id", "site_id", "date_start", "date_end", "active")
    def _check_overlap(self):
        """A student is at one school once at a time (two schools are fine)."""
        live = self.filtered(lambda line: line.active and not line.superseded_at)
        siblings = self.search(
            [("student_id", "in", live.student_id.ids), ("active", "=", True)]
        )
        by_place = siblings.grouped(lambda line: (line.student_id, line.site_id))
        for line in live:
            for other in by_place[line.student_id, line.site_id] - line:
                if (not line.date_end or other.date_start <= line.date_end) and (
                    not other.date_end or line.date_start <= other.date_end
                ):
                    raise ValidationError(
                        self.env._(
                            "%(student)s is enrolled at %(site)s twice on the same"
                            " days. End one enrollment before the other starts.",
                            student=line.student_id.name,
                            site=line.site_id.name,
                        )
                    )

    def write(self, vals):
        if not self.env.su and self.filtered("superseded_at"):
            raise AccessError(self.env._("An earlier version cannot be changed."))
        if FACTS & vals.keys():
            changing = self.filtered(lambda line: line._changes(vals))
            changing._keep_versions()
            if changing:
                # sudo: the time of knowledge is nobody's to write
                super(GrStudentEnrollment, changing.sudo()).write(
                    {"recorded_at": self.env.cr.now().replace(microsecond=0)}
                )
        return super().write(vals)

    def _changes(self, vals):
        return any(
            self._fields[name].convert_to_cache(vals[name], self)
            != self._fields[name].convert_to_cache(self[name], self)
            for name in FACTS & vals.keys()
        )

    def _keep_versions(self):
        """Copy what is believed now into archived versions.

        What was archived was believed by nobody, so it leaves no version.
        """
        now = self.env.cr.now().replace(microsecond=0)
        self.sudo().create(  # history is kept whoever makes the change
            [
                {
                    **line._get_facts(),
                    "student_id": line.student_id.id,
                    "active": False,
                    "recorded_at": line.recorded_at,
                    "superseded_at": now,
                    "version_of_id": line.id,
                }
                for line in self.filtered("active")
            ]
        )

    def _get_facts(self):
        self.ensure_one()
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in FACTS - {"active"}
        }

    @api.model
    def _get_as_of_domain(self, day, known_at=None):
        """Return the domain of what held on ``day`` as we believed it ``known_at``.

        :param date day: the day in the world
        :param datetime known_at: the moment of our knowledge; None: now
        """
        domain = self._get_current_domain(day)
        if known_at is None:
            return domain & Domain("active", "=", True)
        return (
            domain
            & Domain("active", "in", [True, False])
            & Domain("recorded_at", "<=", known_at)
            & (
                Domain("superseded_at", ">", known_at)
                | (Domain("superseded_at", "=", False) & Domain("active", "=", True))
            )
        )
