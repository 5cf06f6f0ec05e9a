"""The event log belongs to a role of its own: the application cannot change it."""

from __future__ import annotations

from scripts.launcher.database import Databases
from scripts.launcher.postgres import ADMIN

SQL = "addons/harvest_audit/sql"
REMEDY = f"run {SQL}/separate.sql as a superuser; docs/operations.md tells how"


def installed(databases: Databases, database: str) -> bool:
    """Whether a database has an event log."""
    sql = "SELECT to_regclass('harvest_audit.event') IS NOT NULL"
    return databases.query(sql, database) == ["t"]


def separated(databases: Databases, database: str) -> bool:
    """Whether the log is out of the application's reach."""
    sql = (
        "SELECT NOT pg_has_role(current_user, relowner, 'MEMBER') FROM pg_class"
        " WHERE oid = 'harvest_audit.event'::regclass"
    )
    return databases.query(sql, database) == ["t"]


def separate(databases: Databases, database: str) -> None:
    """Bring the log's functions up to date and give it to its own role.

    Only in the private cluster, where we may: on another server an administrator does,
    and ``./harvest doctor`` says so.
    """
    if not databases.server.private or not installed(databases, database):
        return
    folder = databases.ground.root / SQL
    for name in ("schema.sql", "separate.sql"):
        databases.query((folder / name).read_text("utf-8"), database, role=ADMIN)
