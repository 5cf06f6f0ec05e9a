import base64
import logging
from datetime import UTC, datetime

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from .. import anchor, archive, places, store, verify
from ..const import ANCHOR_MAIL, MONTHS_AHEAD, ONLINE_RULE

_logger = logging.getLogger(__name__)


class GrAuditUpkeepMixin(models.AbstractModel):
    """What the log needs by itself: anchors, months made ahead, months archived."""

    _name = "gr.audit.upkeep.mixin"
    _description = "Upkeep of the Event Log"

    @api.model
    def _cron_anchor(self):
        """Sign where every stream stands, outside the database, once a day."""
        path, note = self._write_anchor()
        # sudo: a system parameter
        address = self.env["ir.config_parameter"].sudo().get_param(ANCHOR_MAIL)
        if address:
            self._mail_anchor(address, path.name, note)

    @api.model
    def _write_anchor(self):
        database = self.env.cr.dbname
        with store.connection(database) as cr:
            heads = verify.links(cr.connection, "head")
        key = anchor.private_key(places.key())
        return anchor.export(places.anchors(database), database, heads, key)

    @api.model
    def _mail_anchor(self, address, name, note):
        # sudo: mail of the system; a note holds hashes, nobody's data
        self.env["mail.mail"].sudo().create(
            {
                "subject": self.env._("Anchor of the event log: %(name)s", name=name),
                "body_html": self.env._(
                    "Keep this file where nobody can change it. It proves later that"
                    " the event log was not rewritten."
                ),
                "email_to": address,
                "attachment_ids": [
                    fields.Command.create(
                        {"name": name, "datas": base64.b64encode(note.encode())}
                    )
                ],
            }
        )

    @api.model
    def _cron_upkeep(self):
        """Make the next months' partitions; take old months to the archive."""
        now = datetime.now(UTC)
        with store.connection(self.env.cr.dbname) as cr:
            for months in range(MONTHS_AHEAD + 1):
                moment = now + relativedelta(months=months, day=1)
                cr.execute("SELECT harvest_audit.ensure_month(%s)", [moment])
        today = fields.Date.context_today(self)
        days = self.env["gr.rule"].rule(ONLINE_RULE, self.env.company, today)
        limit = today - relativedelta(days=days)
        for month in self._months_before(limit):
            self._archive_month(month)

    @api.model
    def _months_before(self, limit):
        """First days of the months online that ended before a date, in order."""
        self.env.cr.execute(
            "SELECT min(at AT TIME ZONE 'UTC')::date FROM harvest_audit.event"
        )
        first = self.env.cr.fetchone()[0]
        while first and first + relativedelta(months=1, day=1) <= limit:
            yield first.replace(day=1)
            first += relativedelta(months=1, day=1)

    @api.model
    def _archive_month(self, month):
        """Write a month to a file, then detach it; an anchor knows how it ended."""
        database = self.env.cr.dbname
        self._write_anchor()
        end = month + relativedelta(months=1)
        path = places.archive(database) / f"{month:%Y-%m}{archive.SUFFIX}"
        with store.connection(database) as cr:
            count, digest = archive.write(path, verify.rows(cr.connection, month, end))
            cr.execute(
                "SELECT harvest_audit.detach(%s, %s, %s)", [month, count, digest]
            )
        _logger.info("%s events of %s went to the archive", count, f"{month:%Y-%m}")
