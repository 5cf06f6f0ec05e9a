from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..sis import RosterError, mapping

DATE_LABELS = [
    ("iso", "2026-08-31"),
    ("mdy", "8/31/2026"),
    ("dmy", "31/8/2026"),
    ("ymd", "2026/8/31"),
    ("mdy-", "8-31-2026"),
    ("dmy.", "31.8.2026"),
]


class GrSyncMappingField(models.Model):
    """What fills one column; several lines of a column that is a list are joined."""

    _name = "gr.sync.mapping.field"
    _description = "Column of a Mapping"
    _inherit = ["gr.guarded.mixin"]
    _fixed = frozenset({"mapping_id"})
    _order = "mapping_id, sequence, id"
    _rec_name = "column"

    mapping_id = fields.Many2one(
        "gr.sync.mapping", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="mapping_id.company_id", string="District", store=True, index=True
    )
    sequence = fields.Integer(default=10)
    column = fields.Char("Column of the Roster", required=True)
    is_needed = fields.Boolean("Needed", compute="_compute_is_needed")
    kind = fields.Selection(
        [
            ("column", "Column"),
            ("constant", "Always the Same"),
            ("template", "Put Together"),
        ],
        string="Filled By",
        required=True,
        default="column",
    )
    source = fields.Char(
        "From",
        help="The source's column, or path such as name.first; the value itself; or a"
        " text with columns in braces: p-{PARENT_EMAIL}. A text with an empty column"
        " is empty.",
    )
    values_text = fields.Text(
        "Spellings", help="One a line: what is sent = ours. Example: M = male"
    )
    date_format = fields.Selection(
        DATE_LABELS,
        string="Dates Look Like",
        help="Which part is what is never guessed: without it other dates than"
        " 2026-08-31 are refused.",
    )
    separator = fields.Char(
        "List Separated By", help="When one cell holds several values, for example ;"
    )

    @api.depends("column", "mapping_id.table")
    def _compute_is_needed(self):
        for line in self:
            table = line.mapping_id.table
            version = line.mapping_id._get_version() if table else ""
            needed = mapping.needed_columns(table, version) if table else ()
            line.is_needed = line.column in needed

    @api.constrains("column", "mapping_id")
    def _check_column(self):
        for line in self:
            known = mapping.columns_of(line.mapping_id.table)
            if line.column not in known:
                raise ValidationError(
                    self.env._(
                        "%(column)s is no column of %(table)s. These are: %(known)s",
                        column=line.column,
                        table=line.mapping_id.table,
                        known=", ".join(known),
                    )
                )

    @api.constrains("values_text")
    def _check_values(self):
        for line in self:
            try:
                mapping.parse_values(line.values_text or "")
            except RosterError as error:
                raise ValidationError(
                    line.mapping_id._describe(error.problem)
                ) from None

    def _as_json(self):
        """Return one field of a table mapping (``sis.mapping``)."""
        self.ensure_one()
        return {
            "column": self.column,
            "kind": self.kind,
            "source": self.source,
            "values": mapping.parse_values(self.values_text or ""),
            "date": self.date_format or "",
            "separator": self.separator or "",
        }

    @api.model
    def _values_from_json(self, given):
        values = given.get("values", {})
        return {
            "column": given["column"],
            "kind": given["kind"],
            "source": given["source"],
            "values_text": "\n".join(
                f"{sent} = {ours}" for sent, ours in values.items()
            ),
            "date_format": given.get("date") or False,
            "separator": given.get("separator") or False,
        }
