import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from odoo import api, fields, models

from ..const import GC_LIMIT, PARAM_RETENTION, XAPI_VERSION
from ..lrs import cmi5
from ..lrs.errors import Refused
from ..lrs.statements import check_statement, is_same, parse_timestamp
from ..lrs.verbs import (
    ABANDONED,
    BLOCK_TYPE,
    CMI5_CATEGORY,
    COURSE_TYPE,
    EXTENSIONS,
    INITIALIZED,
    LAUNCHED,
    MOVE_ON_CATEGORY,
    REASON,
    SATISFIED,
    SESSION_ID,
    TERMINATED,
    VOIDED,
    WAIVED,
)

BAD_REQUEST, FORBIDDEN, CONFLICT = 400, 403, 409


class GrXapiStatement(models.Model):
    """A statement of xAPI: what a course said about an opaque learner.

    Statements are added and, after the time of retention, forgotten; never changed,
    but for being voided by another one.
    """

    _name = "gr.xapi.statement"
    _description = "xAPI Statement"
    _rec_name = "verb"
    _order = "id desc"

    statement_id = fields.Char(required=True)
    registration_id = fields.Many2one(
        "gr.courseware.registration", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="registration_id.company_id", string="District", store=True, index=True
    )
    partner_id = fields.Many2one(related="registration_id.partner_id", string="Learner")
    launch_id = fields.Many2one(
        "gr.courseware.launch", index="btree_not_null", ondelete="set null"
    )
    unit_id = fields.Many2one(
        "gr.courseware.unit",
        string="Lesson",
        index="btree_not_null",
        ondelete="restrict",
    )
    verb = fields.Char(required=True)
    activity = fields.Char(index=True)
    stored = fields.Datetime(required=True)
    # Odoo's dates end at the second; since and until of a query do not.
    stored_epoch = fields.Float(required=True, aggregator=None)
    is_cmi5 = fields.Boolean()
    is_voided = fields.Boolean(string="Voided")
    raw = fields.Json(required=True)
    raw_text = fields.Text(string="Statement as Sent", compute="_compute_raw_text")

    _statement_uniq = models.Constraint(
        "UNIQUE(statement_id)", "A statement is stored once."
    )

    def _compute_raw_text(self):
        for statement in self:
            statement.raw_text = json.dumps(statement.raw, indent=4, ensure_ascii=False)

    @api.model
    def _receive(self, launch, statements):
        """Store what a package sent, all of it or nothing.

        :param statements: decoded JSON, one or many, not trusted
        :return: list of statement ids
        :raise Refused: 400 not valid, 403 not allowed here, 409 known and different
        """
        registration = launch.registration_id
        registration._lock(len(statements))
        ids = []
        for statement in statements:
            check_statement(statement)
            statement.setdefault("id", str(uuid4()))
            statement["id"] = statement["id"].lower()
            if statement["id"] in ids:
                raise Refused(BAD_REQUEST, "The same id is twice in one request.")
            ids.append(statement["id"])
            if not self._is_known(registration, statement):
                self._check_actor(registration, statement)
                self._accept(launch, statement)
        return ids

    def _is_known(self, registration, statement):
        known = self.search([("statement_id", "=", statement["id"])])
        if not known:
            return False
        same = known.registration_id == registration
        if not same or not is_same(known.raw, statement):
            raise Refused(CONFLICT, "Another statement has this id.")
        return True

    def _check_actor(self, registration, statement):
        """A key speaks for its own learner and registration only."""
        actor = registration._get_actor()
        if statement["actor"].get("account") != actor["account"]:
            raise Refused(FORBIDDEN, "The actor is not the learner of this launch.")
        said = statement.get("context", {}).get("registration", "")
        if said and said.lower() != registration.registration:
            raise Refused(FORBIDDEN, "The registration is not that of this launch.")
        # An author's tool may add what the learner typed; names are not kept.
        statement["actor"] = actor

    def _accept(self, launch, statement):
        verb = statement["verb"]["id"]
        if launch.unit_id.kind == "au" and verb != VOIDED:
            cmi5.check(statement, launch._get_session())
        self._store(launch.registration_id, statement, launch, launch.unit_id)
        if verb == VOIDED:
            self._void(launch.registration_id, statement["object"]["id"])
        else:
            launch._follow(statement)

    def _void(self, registration, statement_id):
        target = self.search([("statement_id", "=", statement_id.lower())])
        if target.registration_id - registration:
            raise Refused(FORBIDDEN, "The statement is not of this registration.")
        if target.verb == VOIDED:
            raise Refused(BAD_REQUEST, "A voiding statement cannot be voided.")
        target.is_voided = True

    def _store(self, registration, statement, launch=None, unit=None):
        now = datetime.now(UTC)
        stored = now.isoformat(timespec="microseconds").replace("+00:00", "Z")
        raw = {
            "timestamp": stored,
            **statement,
            "stored": stored,
            "authority": self._get_authority(registration),
            "version": XAPI_VERSION,
        }
        return self.create(
            {
                "statement_id": statement["id"],
                "registration_id": registration.id,
                "launch_id": launch.id if launch else False,
                "unit_id": unit.id if unit else False,
                "verb": statement["verb"]["id"],
                "activity": statement["object"].get("id"),
                "stored": now.replace(tzinfo=None, microsecond=0),
                "stored_epoch": now.timestamp(),
                "is_cmi5": cmi5.is_defined(statement),
                "raw": raw,
            }
        )

    def _get_authority(self, registration):
        account = {"homePage": registration.home_page, "name": "harvest"}
        return {"objectType": "Agent", "account": account}

    # ------------------------------------------------------------------
    # What the LMS says (cmi5 9.3)
    # ------------------------------------------------------------------

    def _say(self, registration, verb, obj, context, result=None, launch=None):
        categories = [{"id": CMI5_CATEGORY}]
        if verb in (WAIVED, SATISFIED):
            categories.append({"id": MOVE_ON_CATEGORY})
        activities = context.get("contextActivities", {})
        statement = {
            "id": str(uuid4()),
            "actor": registration._get_actor(),
            "verb": {"id": verb, "display": {"en": verb.rsplit("/", 1)[1]}},
            "object": {"objectType": "Activity", **obj},
            "context": {
                **context,
                "registration": registration.registration,
                "contextActivities": {**activities, "category": categories},
            },
        }
        if result:
            statement["result"] = result
        unit = launch.unit_id if launch else None
        return self._store(registration, statement, launch, unit)

    def _say_launched(self, launch):
        registration, unit = launch.registration_id, launch.unit_id
        context = launch._get_context()
        said = {"launchmode": launch.mode, "moveon": unit.move_on}
        said["launchurl"] = unit.href  # without the keys of the real address
        if unit.has_mastery:
            said["masteryscore"] = unit.mastery
        context["extensions"] |= {EXTENSIONS + name: said[name] for name in said}
        activity = {"id": registration._get_activity(unit)}
        self._say(registration, LAUNCHED, activity, context, launch=launch)

    def _say_abandoned(self, launch):
        """Say that a session began and was never ended, as far as it did."""
        mine = self.search([("launch_id", "=", launch.id), ("is_cmi5", "=", True)])
        verbs = set(mine.mapped("verb"))
        if launch.is_over or INITIALIZED not in verbs or TERMINATED in verbs:
            return
        launch.is_over = True
        moments = [parse_timestamp(one.raw["stored"]) for one in mine]
        lasted = (max(moments) - min(moments)).total_seconds()
        activity = {"id": launch.registration_id._get_activity(launch.unit_id)}
        result = {"duration": f"PT{lasted:.2f}S"}
        context = launch._get_context()
        self._say(launch.registration_id, ABANDONED, activity, context, result, launch)

    def _say_waived(self, attempt):
        registration, unit = attempt.registration_id, attempt.unit_id
        context = {"extensions": {SESSION_ID: str(uuid4())}}
        activity = {"id": registration._get_activity(unit)}
        result = {"success": True, "completion": True}
        result["extensions"] = {REASON: "Administrative"}
        self._say(registration, WAIVED, activity, context, result)

    def _say_satisfied(self, registration, done):
        """Say once which blocks, and whether the course, are satisfied (9.3.9)."""
        units = registration.package_id.unit_ids
        blocks = {block for unit in units for block in unit.blocks or []}
        wanted = {
            block: BLOCK_TYPE
            for block in blocks
            if units.filtered(lambda unit: block in (unit.blocks or [])) <= done  # noqa: B023
        }
        if done == units:
            wanted[registration.package_id.identifier] = COURSE_TYPE
        own = [("registration_id", "=", registration.id), ("verb", "=", SATISFIED)]
        said = set(self.search(own).mapped("activity"))
        base = f"{registration.home_page}/harvest/xapi/packages"
        for identifier, kind in wanted.items():
            activity = f"{base}/{registration.package_id.id}#{identifier}"
            if activity not in said:
                self._say_one_satisfied(registration, activity, identifier, kind)

    def _say_one_satisfied(self, registration, activity, identifier, kind):
        context = {
            "contextActivities": {"grouping": [{"id": identifier}]},
            "extensions": {SESSION_ID: str(uuid4())},
        }
        obj = {"id": activity, "definition": {"type": kind}}
        self._say(registration, SATISFIED, obj, context)

    @api.autovacuum
    def _gc_statements(self):
        """Forget statements after the time that the district set; 0 keeps them."""
        parameters = self.env["ir.config_parameter"].sudo()  # sudo: only read
        days = int(parameters.get_param(PARAM_RETENTION) or 0)
        if not days:
            return None
        before = fields.Datetime.now() - timedelta(days=days)
        old = self.search([("stored", "<", before)], limit=GC_LIMIT)
        old.unlink()
        return len(old), self.search_count([("stored", "<", before)], limit=1)
