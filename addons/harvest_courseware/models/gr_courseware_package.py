import base64
import binascii
import io
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..const import LIMIT_PARAMS, STANDARDS
from ..explain import explain
from ..packages import (
    Archive,
    Limits,
    Package,
    PackageError,
    open_archive,
    read_package,
)


class Upload(NamedTuple):
    """An uploaded package that was read and found good."""

    data: bytes
    archive: Archive
    package: Package


class GrCoursewarePackage(models.Model):
    """A course made with an authoring tool, that plays as content of an Odoo course.

    The ZIP is kept as it came, and its files are served out of it. A new version
    replaces what is served; what learners did stays.
    """

    _name = "gr.courseware.package"
    _description = "Course Package"
    _inherit = ["gr.guarded.mixin"]
    _order = "name, id"

    _guarded = frozenset(
        {
            "attachment_id",
            "description",
            "file_count",
            "identifier",
            "size",
            "standard",
            "unit_ids",
            "upload_date",
            "version",
        }
    )

    name = fields.Char(
        string="Title", required=True, help="Empty takes the title of the package."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        string="District",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    file = fields.Binary(
        string="Package (ZIP)",
        compute="_compute_file",
        inverse="_inverse_file",
        help="SCORM 1.2, cmi5 or xAPI, as the authoring tool exports it.",
    )
    file_name = fields.Char()
    attachment_id = fields.Many2one("ir.attachment", readonly=True, copy=False)
    standard = fields.Selection(STANDARDS, readonly=True)
    identifier = fields.Char(readonly=True)
    description = fields.Text(readonly=True)
    version = fields.Integer(readonly=True, copy=False, help="Counts the uploads.")
    upload_date = fields.Datetime(readonly=True, copy=False, string="Uploaded On")
    size = fields.Integer(string="Size (KB)", readonly=True, aggregator=None)
    file_count = fields.Integer(string="Files", readonly=True, aggregator=None)
    unit_ids = fields.One2many("gr.courseware.unit", "package_id", string="Lessons")
    slide_ids = fields.One2many("slide.slide", "gr_package_id", string="Contents")
    state = fields.Selection(
        [("ready", "Ready"), ("used", "In a Course")], compute="_compute_state"
    )
    learner_count = fields.Integer(compute="_compute_learner_count")

    def _compute_file(self):
        """The field takes an upload; the archive is not sent back."""
        self.file = False

    def _inverse_file(self):
        """``create`` and ``write`` take the file before it gets here."""

    @api.depends("slide_ids")
    def _compute_state(self):
        for package in self:
            package.state = "used" if package.sudo().slide_ids else "ready"
            # sudo: whether it is used, whoever may read the course

    def _compute_learner_count(self):
        counts = dict(
            self.env["gr.courseware.registration"]._read_group(
                [("package_id", "in", self.ids), ("is_preview", "=", False)],
                ["package_id"],
                ["__count"],
            )
        )
        for package in self:
            package.learner_count = counts.get(package, 0)

    @api.model_create_multi
    def create(self, vals_list):
        uploads = []
        for vals in vals_list:
            upload = self._read_upload(vals.pop("file", None))
            vals["name"] = vals.get("name") or upload.package.title
            uploads.append(upload)
        packages = super().create(vals_list)
        for package, upload in zip(packages, uploads, strict=True):
            package._install(upload)
        return packages

    def write(self, vals):
        vals = dict(vals)
        file = vals.pop("file", None)
        upload = self._read_upload(file) if file else None
        result = super().write(vals)
        if upload:
            self.ensure_one()._install(upload)
        return result

    def copy_data(self, default=None):
        """A copy is an upload of the same archive."""
        return [
            {
                **vals,
                "file": base64.b64encode(package.sudo().attachment_id.raw),
                # sudo: the reader of the package copies it
                "name": (default or {}).get("name")
                or self.env._("%(name)s (copy)", name=package.name),
            }
            for package, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        registrations = self.env["gr.courseware.registration"].sudo()
        # sudo: what learners did is never lost, whoever may see it
        used = registrations.search_count(
            [("package_id", "in", self.ids), ("is_preview", "=", False)], limit=1
        )
        if used or self.sudo().slide_ids:  # sudo: the same
            raise ValidationError(
                self.env._(
                    "A package that is in a course, or that learners have opened,"
                    " cannot be deleted. Archive it instead."
                )
            )

    def action_preview(self):
        """Open the player, without a record of what happens in it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/harvest/courseware/preview/{self.id}",
            "target": "new",
        }

    def action_view_registrations(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "harvest_courseware.gr_courseware_registration_action"
        )
        action["domain"] = [("package_id", "=", self.id), ("is_preview", "=", False)]
        return action

    def _get_limits(self):
        """Return the sizes that this database allows."""
        parameters = self.env["ir.config_parameter"].sudo()  # sudo: only read
        values = {}
        for key, (name, unit) in LIMIT_PARAMS.items():
            text = parameters.get_param(key) or ""
            if text.isdecimal() and int(text):
                values[name] = int(text) * unit
        return Limits(**values)

    def _read_upload(self, file):
        """Return the ``Upload`` of a base64 file, or tell what is wrong with it."""
        if not file:
            raise ValidationError(self.env._("Choose the ZIP file of the course."))
        limits = self._get_limits()
        try:
            data = self._decode(file, limits)
            archive = open_archive(io.BytesIO(data), limits)
            package = read_package(archive, limits)
            archive.verify()
        except binascii.Error as error:
            raise ValidationError(
                self.env._("The upload broke off. Upload the file again.")
            ) from error
        except PackageError as error:
            raise ValidationError(explain(self.env, error)) from error
        return Upload(data, archive, package)

    def _decode(self, file, limits):
        if len(file) > limits.archive * 4 / 3 + 4:  # of base64
            raise PackageError("archive_too_large", limit=limits.archive)
        return base64.b64decode(file, validate=True)

    def _install(self, upload):
        """Serve the upload from now on, as a new version."""
        self.ensure_one()
        found = upload.package
        itself = self.sudo()  # sudo: guarded fields, after a write that was allowed
        attachment = itself.env["ir.attachment"].create(
            {
                "name": self.file_name or f"{self.name}.zip",
                "raw": upload.data,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        itself.write(
            {
                "attachment_id": attachment.id,
                "standard": found.standard,
                "identifier": found.identifier,
                "description": found.description,
                "version": self.version + 1,
                "upload_date": fields.Datetime.now(),
                "size": -(-found.size // 1024),
                "file_count": found.files,
            }
        )
        itself.env["gr.courseware.unit"]._replace(itself, found.units)

    @api.autovacuum
    def _gc_archives(self):
        """Forget archives that were replaced and that no open launch plays."""
        launches = self.env["gr.courseware.launch"]._get_open_attachments()
        packages = self.with_context(active_test=False)
        current = packages.search([("attachment_id", "!=", False)]).attachment_id
        old = self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", False),
                ("id", "not in", (launches | current).ids),
            ]
        )
        old.unlink()
