from odoo.tools.misc import file_open


def pre_init_hook(env):
    """Make the tables; an administrator may have made and separated them before."""
    env.cr.execute(
        "SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'harvest_audit' AND p.proname = 'append'"
    )
    if not env.cr.rowcount:
        with file_open("harvest_audit/sql/schema.sql") as stream:
            env.cr.execute(stream.read())
