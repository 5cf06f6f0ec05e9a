from odoo import fields, models


class GrCoursewareUnit(models.Model):
    """A lesson of a package: a SCO, an assignable unit, an activity.

    A lesson that a newer version does not have is archived: what learners did in it
    stays. They are known by the identifier that the author gave them.
    """

    _name = "gr.courseware.unit"
    _description = "Lesson of a Course Package"
    _order = "package_id, sequence, id"

    package_id = fields.Many2one(
        "gr.courseware.package", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="package_id.company_id", string="District")
    active = fields.Boolean(default=True)
    sequence = fields.Integer()
    identifier = fields.Char(required=True)
    name = fields.Char(string="Title", required=True)
    kind = fields.Selection(
        [
            ("sco", "SCORM lesson"),
            ("asset", "SCORM page"),
            ("au", "cmi5 unit"),
            ("activity", "xAPI activity"),
        ],
        required=True,
    )
    href = fields.Char(string="Starts With", required=True)
    query = fields.Char()
    has_mastery = fields.Boolean()
    mastery = fields.Float(
        digits=(6, 3),
        aggregator=None,
        help="Smallest passing score: points (0–100) in SCORM, scaled (0–1) in cmi5.",
    )
    move_on = fields.Char(
        string="Done When", help="cmi5: what a learner needs, to be done with it."
    )
    launch_method = fields.Char()
    launch_data = fields.Text()
    entitlement_key = fields.Char()
    blocks = fields.Json(help="Identifiers of the cmi5 blocks around it.")

    _identifier_uniq = models.Constraint(
        "UNIQUE(package_id, identifier)", "A lesson is in a package once."
    )

    def _replace(self, package, units):
        """Make the lessons of ``package`` those that were read (``packages.Unit``)."""
        known = self.with_context(active_test=False).search(
            [("package_id", "=", package.id)]
        )
        by_identifier = {unit.identifier: unit for unit in known}
        kept = self.browse()
        for sequence, unit in enumerate(units):
            vals = self._prepare_values(package, sequence, unit)
            record = by_identifier.get(unit.identifier)
            if record:
                record.write(vals)
            else:
                record = self.create(vals)
            by_identifier[unit.identifier] = record
            kept |= record
        (known - kept).active = False

    def _prepare_values(self, package, sequence, unit):
        return {
            "package_id": package.id,
            "active": True,
            "sequence": sequence,
            "identifier": unit.identifier,
            "name": unit.title,
            "kind": unit.kind,
            "href": unit.href,
            "query": unit.query,
            "has_mastery": unit.mastery is not None,
            "mastery": unit.mastery or 0,
            "move_on": unit.move_on,
            "launch_method": unit.launch_method,
            "launch_data": unit.launch_data,
            "entitlement_key": unit.entitlement_key,
            "blocks": list(unit.blocks),
        }

    def _get_mastery(self):
        """Return the smallest passing score, or None where there is none."""
        return self.mastery if self.has_mastery else None
