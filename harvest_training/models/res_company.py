from odoo import fields, models

from ..notices import AT_ONCE, MODES


class ResCompany(models.Model):
    """How a district writes to learners, and when one is at risk.

    The risks are those of ``gr.training.report``.
    """

    _inherit = "res.company"

    gr_training_notice_mode = fields.Selection(
        MODES,
        string="Training Mail",
        required=True,
        default=AT_ONCE,
        help="How learners are told, unless they have chosen themselves",
    )
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
