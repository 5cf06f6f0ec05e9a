"""Does the wall in the database (``addons/harvest_rls``) stand around every table?"""

from __future__ import annotations

from scripts.launcher.database import Databases

# Stored models of the suite with a district. A database without any wall is as it was
# set up; one with some tables outside of it was upgraded by another way than ours.
OUTSIDE = r"""
WITH tables AS (
    SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS guarded
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid
        AND a.attname = 'company_id' AND NOT a.attisdropped
    JOIN ir_model m ON replace(m.model, '.', '_') = c.relname AND NOT m.transient
    WHERE c.relkind IN ('r', 'p') AND c.relname LIKE 'gr\_%'
        AND c.relnamespace = current_schema::regnamespace
)
SELECT name FROM tables
WHERE NOT guarded AND EXISTS (SELECT FROM tables WHERE guarded)
ORDER BY name
"""


def tables_outside(databases: Databases, database: str) -> list[str]:
    """Return the tables of ``database`` that its wall forgot; none without a wall."""
    return databases.query(OUTSIDE, database)
