import logging

from odoo import models
from odoo.http import request

from .. import recording
from ..exceptions import AuditUnavailable

_logger = logging.getLogger(__name__)


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _post_dispatch(cls, response):
        """Write down what was looked at before anybody is shown it, or refuse."""
        answer = super()._post_dispatch(response)
        try:
            recording.collector_of(request.env).flush()
        except Exception as error:
            _logger.exception("The event log cannot be written: the answer is withheld")
            raise AuditUnavailable(
                request.env._(
                    "Student records are closed for now, because the log of who reads "
                    "them cannot be written. Nothing was changed. Try again in a few "
                    "minutes, and tell your administrator if it stays."
                )
            ) from error
        return answer
