from odoo import fields, models


class GrStudentDemographics(models.Model):
    """Race and ethnicity for the district's own reports, apart from the student.

    Birthplace and citizenship are never kept (Education Code 234.7).
    """

    _name = "gr.student.demographics"
    _description = "Student Demographics"
    _inherit = ["gr.student.record.mixin"]
    _rec_name = "student_id"

    hispanic = fields.Boolean("Hispanic or Latino")
    american_indian = fields.Boolean("American Indian or Alaska Native")
    asian = fields.Boolean()
    black = fields.Boolean("Black or African American")
    pacific_islander = fields.Boolean("Native Hawaiian or Other Pacific Islander")
    white = fields.Boolean()
    two_or_more = fields.Boolean("Two or More Races")

    _student_uniq = models.Constraint(
        "UNIQUE (student_id)", "This student has demographics already."
    )
