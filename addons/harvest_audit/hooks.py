from odoo.tools.misc import file_open

# What the newest function of the schema is called; who has it has all of them.
NEWEST = "harvest_audit.reseal_keys(jsonb)"


def pre_init_hook(env):
    """Make the tables; an administrator may have made and separated them before."""
    ensure_schema(env.cr)


def ensure_schema(cr):
    """Bring the log's schema up to date, unless it is an administrator's by now."""
    cr.execute(
        "SELECT pg_get_userbyid(nspowner) <> current_user FROM pg_namespace"
        " WHERE nspname = 'harvest_audit'"
    )
    found = cr.fetchone()
    if is_current(cr) or (found and found[0]):
        return
    with file_open("harvest_audit/sql/schema.sql") as stream:
        cr.execute(stream.read())


def is_current(cr):
    """Whether the schema has all that this version of the addon calls."""
    cr.execute("SELECT to_regprocedure(%s)", [NEWEST])
    return cr.fetchone()[0] is not None
