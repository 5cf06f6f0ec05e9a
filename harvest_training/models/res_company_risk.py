from odoo import fields, models


class ResCompany(models.Model):
    """When a district calls a learner at risk (``gr.training.report``, ``risk``)."""

    _inherit = "res.company"

    gr_training_due_days = fields.Integer(
        "Due Soon (Days)",
        default=30,
        help="A learner without activity is at risk when the training is due within"
        " so many days",
    )
    gr_training_idle_days = fields.Integer(
        "No Activity (Days)",
        default=14,
        help="After so many days in which a learner did nothing",
    )
    gr_training_pace_points = fields.Integer(
        "Behind the Pace (Points)",
        default=20,
        help="A learner is behind when progress is more than so many percentage points"
        " below the share of the time that has gone by",
    )

    _check_gr_training_risk = models.Constraint(
        "CHECK (LEAST(gr_training_due_days, gr_training_idle_days,"
        " gr_training_pace_points) >= 0)",
        "Days and points that call a learner at risk cannot be negative.",
    )
