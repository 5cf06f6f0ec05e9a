import logging

from odoo import api, models
from odoo.tools import SQL, str2bool

from ..cursor import open_districts
from ..policy import POLICY, put_up, take_down

_logger = logging.getLogger(__name__)

PARAMETER = "harvest_rls.on"


class GrRls(models.AbstractModel):
    """The second wall: PostgreSQL shows a transaction the rows of its districts only.

    It holds where record rules do not: ``sudo()``, raw SQL, a forgotten rule. It is
    off by default, and switched by the system parameter ``harvest_rls.on``.
    """

    _name = "gr.rls"
    _description = "Wall in the Database"

    @api.model
    def _get_tables(self):
        """Return table -> column of the district, of all models of the suite.

        From the registry: a new model stands behind the wall without a line here.
        """
        return {
            model._table: "company_id"
            for name, model in self.env.registry.items()
            if (name.startswith("gr.") or model._original_module.startswith("harvest"))
            and model._auto
            and not model._abstract
            and not model._transient
            and (field := model._fields.get("company_id"))
            and field.store
        }

    @api.model
    def _is_on(self):
        # sudo: a setting of the system, asked for whoever is there
        value = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        return str2bool(value or "", default=False)

    @api.model
    def _get_drift(self):
        """Return the tables that are not as the setting says: name -> what is wrong."""
        guarded = self._get_guarded()
        tables = set(self._get_tables()) if self._is_on() else set()
        drift = dict.fromkeys(tables - guarded, "no wall")
        unwanted = dict.fromkeys(guarded - tables, "a wall that nobody wants")
        return drift | unwanted

    def _get_guarded(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT c.relname
                   FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
                   WHERE p.polname = %s AND c.relrowsecurity AND c.relforcerowsecurity
                     AND c.relnamespace = current_schema::regnamespace""",
                POLICY,
            )
        )
        return {table for (table,) in rows}

    @api.model
    def _apply(self):
        """Bring the database to what the setting says; cheap when nothing is to do."""
        drift = self._get_drift()
        if not drift:
            return
        if not self._is_on():
            self._take_down()
            return
        tables = self._get_tables()
        for table in sorted(drift):
            column = tables.get(table)
            self._execute(put_up(table, column) if column else take_down(table))
        _logger.info("The wall stands around %d tables", len(tables))

    @api.model
    def _take_down(self):
        guarded = sorted(self._get_guarded())
        for table in guarded:
            self._execute(take_down(table))
        _logger.info("The wall is down: %d tables", len(guarded))

    def _execute(self, statements):
        for statement in statements:
            self.env.cr.execute(statement)

    @api.model
    def _open_all(self, why):
        """Open every district for this cursor, for work that is the whole system's.

        :param str why: goes to the log
        """
        # By SQL: who asks may not read the other districts as records.
        rows = self.env.execute_query(SQL("SELECT id FROM res_company"))
        _logger.debug("All %d districts are open: %s", len(rows), why)
        open_districts(self.env.cr, [number for (number,) in rows])

    @api.model
    def _open_for(self, uid):
        """Open the districts of this user for this cursor; of nobody, none."""
        # By SQL: it is asked before anybody may read anything.
        rows = self.env.execute_query(
            SQL("SELECT cid FROM res_company_users_rel WHERE user_id = %s", uid or 0)
        )
        open_districts(self.env.cr, [number for (number,) in rows])

    def _register_hook(self):
        """After an installation or upgrade: new tables get their wall."""
        super()._register_hook()
        if self._is_on():
            self._apply()
