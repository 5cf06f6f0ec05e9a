from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SlideSlide(models.Model):
    """A course package as content: it completes itself, nobody marks it by hand."""

    _inherit = "slide.slide"

    slide_category = fields.Selection(
        selection_add=[("package", "Course Package")],
        ondelete={"package": "set default"},
    )
    slide_type = fields.Selection(
        selection_add=[("package", "Course Package")], ondelete={"package": "set null"}
    )
    gr_package_id = fields.Many2one(
        "gr.courseware.package",
        string="Course Package",
        index="btree_not_null",
        ondelete="restrict",
    )
    nbr_package = fields.Integer(
        "Number of Course Packages", compute="_compute_slides_statistics", store=True
    )

    @api.constrains("slide_category", "gr_package_id", "question_ids")
    def _check_gr_package(self):
        for slide in self.filtered(lambda one: one.slide_category == "package"):
            if not slide.gr_package_id:
                raise ValidationError(
                    self.env._(
                        "Choose the course package of “%(name)s”.", name=slide.name
                    )
                )
            if slide.question_ids:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is a course package, which asks its own questions."
                        " Put the quiz into a content of its own.",
                        name=slide.name,
                    )
                )

    @api.depends("slide_category")
    def _compute_slide_type(self):
        result = super()._compute_slide_type()
        self.filtered(
            lambda one: one.slide_category == "package"
        ).slide_type = "package"
        return result

    @api.depends("slide_type")
    def _compute_slide_icon_class(self):
        packages = self.filtered(lambda one: one.slide_type == "package")
        packages.slide_icon_class = "fa-cubes"
        return super(SlideSlide, self - packages)._compute_slide_icon_class()

    def _compute_mark_complete_actions(self):
        packages = self.filtered(lambda one: one.slide_category == "package")
        packages.can_self_mark_completed = False
        packages.can_self_mark_uncompleted = False
        return super(SlideSlide, self - packages)._compute_mark_complete_actions()
