from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..sis import RosterError, mapping
from ..sis.adapters.custom import CustomSource
from ..sis.tables import TABLES

DELIMITERS = [(",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Bar")]


class GrSyncMapping(models.Model):
    """How rows of a source that is not OneRoster become rows of one of its tables."""

    _name = "gr.sync.mapping"
    _description = "Mapping of a District System"
    _inherit = ["gr.guarded.mixin"]
    _fixed = frozenset({"connection_id"})
    _order = "connection_id, sequence, id"

    name = fields.Char(required=True, help="For messages: what these rows are")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    connection_id = fields.Many2one(
        "gr.sync.connection",
        string="District System",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("adapter", "=", "custom")],
    )
    company_id = fields.Many2one(
        related="connection_id.company_id", string="District", store=True, index=True
    )
    table = fields.Selection(
        "_select_table", string="Fills", required=True, default="users"
    )
    kind = fields.Selection(
        [
            ("csv", "CSV File"),
            ("json", "JSON Interface"),
            ("sql", "Database Query"),
            ("fixed", "One Fixed Row"),
        ],
        string="Rows Come From",
        required=True,
        default="csv",
    )
    file_name = fields.Char("File", help="For example students.csv")
    delimiter = fields.Selection(DELIMITERS, default=",", required=True)
    path = fields.Char(help="Below the system's address, e.g. api/students")
    query = fields.Text(help="One SELECT statement; it is run read-only.")
    items = fields.Char(
        "List in the Answer",
        help="Where the rows are in the answer, such as data.students (JMESPath);"
        " empty when the answer is the list itself",
    )
    paging = fields.Selection(
        [
            ("none", "One Answer"),
            ("offset", "Number of Rows to Skip"),
            ("page", "Page Number"),
            ("cursor", "Mark of the Next Page"),
            ("link", "Address of the Next Page"),
        ],
        default="none",
        required=True,
    )
    page_param = fields.Char("Page Parameter", help="For example offset or page")
    size_param = fields.Char("Size Parameter", help="For example limit")
    page_size = fields.Integer(default=500)
    next_path = fields.Char(
        "Next Page in the Answer",
        help="Where the mark or address of the next page is (JMESPath); for an address"
        " empty means the header Link",
    )
    total_path = fields.Char(
        "Total in the Answer",
        help="Where the number of all rows is (JMESPath). Only when it is reached does"
        " absence count.",
    )
    filters = fields.Text(
        "Only Rows Where",
        help="One a line, all must be true. For example: STATUS = A; GRADE in K, 1, 2;"
        " LEFT is empty; EMAIL is not empty; CODE != X",
    )
    field_ids = fields.One2many("gr.sync.mapping.field", "mapping_id", copy=True)
    problem_text = fields.Text(compute="_compute_problem_text", string="To Do")

    @api.model
    def _select_table(self):
        labels = {
            "orgs": self.env._("Schools and District"),
            "academicSessions": self.env._("School Years and Terms"),
            "users": self.env._("Students, Families and Staff"),
            "roles": self.env._("Roles at Schools"),
            "guardianFlags": self.env._("Custody and Pick-Up"),
            "demographics": self.env._("Demographics"),
            "courses": self.env._("Courses"),
            "classes": self.env._("Classes"),
            "enrollments": self.env._("People in Classes"),
        }
        return [(table.name, labels[table.name]) for table in TABLES]

    @api.depends(
        *("name", "table", "kind", "file_name", "path", "query", "items", "filters"),
        *("field_ids.column", "field_ids.kind", "field_ids.source"),
        *("field_ids.values_text", "field_ids.date_format", "next_path", "total_path"),
    )
    @api.depends_context("lang")
    def _compute_problem_text(self):
        """What is still wrong with each mapping, in the reader's language."""
        for record in self:
            try:
                [one] = mapping.load([record._as_json()])
                found = mapping.check(one, record._get_version())
            except RosterError as error:
                found = [error.problem]
            record.problem_text = "\n".join(map(self._describe, found))

    @api.model
    def _describe(self, problem):
        """Return place, what is wrong and what to do of one problem."""
        describe = self.env["gr.sync.problem"]._translate
        message, remedy = describe(problem.code, problem.params)
        column = f"{problem.column}: " if problem.column else ""
        return f"{column}{message} {remedy}".strip()

    def _get_version(self):
        """Return the OneRoster version that the system's mappings amount to."""
        tables = self.connection_id.mapping_ids.mapped("table")
        return mapping.V12 if "roles" in tables else mapping.V11

    @api.onchange("table")
    def _onchange_table(self):
        """List the columns that can be filled; those that were filled stay."""
        kept = self.field_ids.filtered("source")
        self.field_ids = kept
        used = set(kept.mapped("column"))
        for column in mapping.columns_of(self.table) if self.table else ():
            if column not in used:
                self.field_ids += self.env["gr.sync.mapping.field"].new(
                    {"mapping_id": self, "column": column}
                )

    @api.constrains("filters", "items", "next_path", "total_path")
    def _check_expressions(self):
        for record in self:
            try:
                [one] = mapping.load([record._as_json() | {"fields": []}])
                mapping.Mapper(one)
            except RosterError as error:
                raise ValidationError(self._describe(error.problem)) from None

    # SETTINGS OF THE ADAPTER

    @api.model
    def _get_settings(self, connection):
        """Return the mapping of a district system as the custom adapter reads it."""
        records = self.search([("connection_id", "in", connection.ids)])
        return [record._as_json() for record in records]

    def _as_json(self):
        """Return one table mapping (``sis.mapping``)."""
        self.ensure_one()
        filters = map(str.strip, (self.filters or "").splitlines())
        return {
            "table": self.table,
            "label": self.name or self.table,
            "origin": self._get_origin(),
            "filters": [line for line in filters if line],
            "fields": [
                line._as_json()
                for line in self.field_ids
                if line.source and line.column
            ],
        }

    def _get_origin(self):
        names = {"csv": self.file_name, "json": self.path, "sql": self.query}
        origin = {"kind": self.kind, "name": (names.get(self.kind) or "").strip()}
        if self.kind == "csv":
            origin["delimiter"] = self.delimiter
        elif self.kind == "json":
            origin |= {
                "items": self.items or "",
                "paging": self.paging,
                "page_param": self.page_param or "",
                "size_param": self.size_param or "",
                "size": self.page_size,
                "next": self.next_path or "",
                "total": self.total_path or "",
            }
        return origin

    @api.model
    def _values_from_json(self, data):
        """Return what creates the record of one table mapping, such as a template's."""
        origin = data["origin"]
        name = origin.get("name", "")
        return {
            "name": data["label"],
            "table": data["table"],
            "kind": origin["kind"],
            "file_name": name if origin["kind"] == "csv" else False,
            "path": name if origin["kind"] == "json" else False,
            "query": name if origin["kind"] == "sql" else False,
            "filters": "\n".join(data.get("filters", ())),
            "field_ids": [
                fields.Command.create(
                    self.env["gr.sync.mapping.field"]._values_from_json(given)
                )
                for given in data["fields"]
            ],
        }

    # TRY OUT

    def _get_sample(self):
        """Return the engine's ``Sample`` of this mapping.

        :raise RosterError: the source cannot be read
        """
        self.ensure_one()
        source = self.connection_id._make_source()
        if not isinstance(source, CustomSource):
            raise ValidationError(
                self.env._(
                    "Choose “Another system” as the way in of %s first.",
                    self.connection_id.name,
                )
            )
        [one] = mapping.load([self._as_json()])
        return source.sample(one)

    def action_sample(self):
        """Show the first rows of the source and what becomes of them."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sample of %s", self.name),
            "res_model": "gr.sync.sample",
            "view_mode": "form",
            "target": "new",
            "context": {"default_mapping_id": self.id},
        }
