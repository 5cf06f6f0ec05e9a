"""The statements that put up and take down the wall of one table (PostgreSQL's RLS).

PostgreSQL 15, "Row Security Policies" (ddl-rowsecurity): ``FORCE`` makes the policy
hold for the table's owner, which is the role that Odoo connects as. A superuser and a
role with ``BYPASSRLS`` are never held.
"""

from odoo.tools import SQL

POLICY = "harvest_district"
SETTING = "harvest.districts"  # ids of companies, comma separated; unset: nothing


def put_up(table: str, column: str) -> list[SQL]:
    """Return the statements after which only rows of the open districts exist.

    Rows without a district are everybody's, as in the record rules.
    """
    names = {"table": SQL.identifier(table), "policy": SQL.identifier(POLICY)}
    within = SQL(
        "%(column)s IS NULL OR %(column)s = ANY "
        "(string_to_array(current_setting(%(setting)s, true), ',')::int[])",
        column=SQL.identifier(column),
        setting=SQL("'%s'", SQL(SETTING)),
    )
    return [
        *take_down(table),
        SQL(
            "CREATE POLICY %(policy)s ON %(table)s USING (%(within)s) "
            "WITH CHECK (%(within)s)",
            within=within,
            **names,
        ),
        SQL("ALTER TABLE %(table)s ENABLE ROW LEVEL SECURITY", **names),
        SQL("ALTER TABLE %(table)s FORCE ROW LEVEL SECURITY", **names),
    ]


def take_down(table: str) -> list[SQL]:
    """Return the statements after which PostgreSQL does not look at districts."""
    names = {"table": SQL.identifier(table), "policy": SQL.identifier(POLICY)}
    return [
        SQL("DROP POLICY IF EXISTS %(policy)s ON %(table)s", **names),
        SQL("ALTER TABLE %(table)s NO FORCE ROW LEVEL SECURITY", **names),
        SQL("ALTER TABLE %(table)s DISABLE ROW LEVEL SECURITY", **names),
    ]
