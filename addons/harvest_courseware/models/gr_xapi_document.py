import base64
import hashlib
import json

from odoo import api, fields, models

from ..lrs.errors import Refused

BAD_REQUEST, CONFLICT, PRECONDITION_FAILED = 400, 409, 412
JSON_TYPE = "application/json"


class GrXapiDocument(models.Model):
    """A document that a course keeps: state, agent profile, activity profile.

    ``scope`` says whose it is: a registration, or for agent profiles the learner's
    opaque id. An activity profile is the registration's too: no learner's course
    can leave anything for another's.
    """

    _name = "gr.xapi.document"
    _description = "Document of a Course"
    _rec_name = "document"
    _order = "id"

    kind = fields.Selection(
        [
            ("state", "State"),
            ("agent", "Agent profile"),
            ("activity", "Activity profile"),
        ],
        required=True,
    )
    scope = fields.Char(required=True)
    activity = fields.Char(required=True, default="")
    document = fields.Char(required=True)
    content = fields.Binary(attachment=False)
    content_type = fields.Char(required=True)
    etag = fields.Char(required=True)
    updated = fields.Datetime(required=True)

    _document_uniq = models.Constraint(
        "UNIQUE(kind, scope, activity, document)", "A document is kept once."
    )

    @api.model
    def _prepare_domain(self, key):
        """:param key: dict of kind, scope, activity, and document if one is meant"""
        return [(name, "=", value) for name, value in key.items()]

    def _get_bytes(self):
        return base64.b64decode(self.content or b"")

    @api.model
    def _put(self, key, data, content_type):
        """Keep a document, instead of the one before."""
        vals = {
            "content": base64.b64encode(data),
            "content_type": content_type,
            "etag": hashlib.sha1(data, usedforsecurity=False).hexdigest(),  # of xAPI
            "updated": fields.Datetime.now(),
        }
        found = self.search(self._prepare_domain(key))
        if found:
            found.write(vals)
        else:
            found = self.create(key | vals)
        return found

    @api.model
    def _merge(self, key, data, content_type):
        """POST: merge the top level of two JSON objects (xAPI-Communication 2.2)."""
        found = self.search(self._prepare_domain(key))
        if not found:
            return self._put(key, data, content_type)
        try:
            old, new = json.loads(found._get_bytes()), json.loads(data)
        except ValueError as error:
            raise Refused(BAD_REQUEST, "Both documents have to be JSON.") from error
        types = {found.content_type.split(";")[0], content_type.split(";")[0]}
        if (
            types != {JSON_TYPE}
            or not isinstance(old, dict)
            or not isinstance(new, dict)
        ):
            raise Refused(BAD_REQUEST, "Both documents have to be JSON objects.")
        return self._put(key, json.dumps(old | new).encode(), JSON_TYPE)

    @api.model
    def _check_etag(self, key, if_match, if_none_match, is_required):
        """Raise ``Refused`` when the document is not the one that the course knows.

        :param is_required: profiles want a precondition, state does not (2.2, 3.1)
        """
        found = self.search(self._prepare_domain(key))
        etags = {value.strip(' "') for value in (if_match or "").split(",")}
        if if_match and not (
            found and (found.etag in etags or if_match.strip() == "*")
        ):
            raise Refused(PRECONDITION_FAILED, "The document has changed meanwhile.")
        if if_none_match and found and if_none_match.strip(' "') in ("*", found.etag):
            raise Refused(PRECONDITION_FAILED, "The document is there already.")
        if is_required and found and not if_match and not if_none_match:
            raise Refused(CONFLICT, "Read the document, and send its ETag as If-Match.")

    @api.model
    def _put_launch_data(self, launch):
        """Write LMS.LaunchData before a cmi5 unit starts (10)."""
        unit, registration = launch.unit_id, launch.registration_id
        data = {
            "contextTemplate": launch._get_context(),
            "launchMode": launch.mode,
            "moveOn": unit.move_on,
        }
        if unit.has_mastery:
            data["masteryScore"] = unit.mastery
        if unit.launch_data:
            data["launchParameters"] = unit.launch_data
        if unit.entitlement_key:
            data["entitlementKey"] = {"courseStructure": unit.entitlement_key}
        key = {
            "kind": "state",
            "scope": registration.registration,
            "activity": registration._get_activity(unit),
            "document": "LMS.LaunchData",
        }
        self._put(key, json.dumps(data).encode(), JSON_TYPE)
