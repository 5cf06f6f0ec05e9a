"""Whether an export needs somebody to confirm who they are, asked before it."""

from odoo.http import Controller, request, route


class ExportConfirmation(Controller):
    @route("/harvest/export/confirm", type="jsonrpc", auth="user")
    def confirm(self, model, domain=None, ids=None):
        """Answer when the export may go on; else Odoo's identity check is shown."""
        records = request.env[model]
        count = len(ids) if ids else records.search_count(domain or [])
        records._gr_check_export(count)
        return True
