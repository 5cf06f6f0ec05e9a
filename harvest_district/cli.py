"""``./harvest sync FILE``: read, show and apply a roster from the command line.

Exit status: 0 applied or nothing to do, 1 refused, 2 applied but sites are held.
"""

import argparse
import sys
from pathlib import Path

EXIT_REFUSED = 1
EXIT_HELD = 2


def run(env, argv: list[str]) -> int:
    """Entry point of the launcher; ``env`` is the superuser's."""
    args = _parse(argv)
    connection = _find_by_name(env, args) or _get_connection(env, args)
    sync_run = env["gr.sync.run"].create(
        {"connection_id": connection.id, "trigger": "command", "is_full": args.full}
        | ({"as_of": args.as_of} if args.as_of else {})
    )
    _read(sync_run, args)
    _commit(env)
    _print_preview(sync_run)
    if sync_run.state == "refused":
        return EXIT_REFUSED
    if sync_run.state == "review" and not args.preview:
        sync_run._apply_all(_print_progress)
        _out(f"\n{sync_run.done_count} changes applied, {sync_run.error_count} errors.")
    _print_held(sync_run)
    return EXIT_HELD if sync_run.held_count else 0


def _read(sync_run, args):
    """Read the named file, the drop folder of the system, or ask the system."""
    connection = sync_run.connection_id
    source = Path(args.file)
    if not source.exists() and connection.name == args.file:
        if connection.is_pullable:
            while sync_run._next_step():
                _commit(sync_run.env)
            return
        if not connection.path:
            raise SystemExit(f"“{args.file}” has no drop folder: name a file.")
        source = Path(connection.path)
    sync_run.file_name = source.name
    sync_run._read_source(str(source))


def _commit(env):
    env.cr.commit()  # pylint: disable=invalid-commit  # a command is a transaction


def _parse(argv):
    parser = argparse.ArgumentParser(prog="harvest sync", description=__doc__)
    parser.add_argument(
        "file", help="OneRoster zip file or folder, or the name of a district system"
    )
    parser.add_argument(
        "--connection",
        default="",
        help="name of the district system (default: the only one)",
    )
    parser.add_argument(
        "--new", action="store_true", help="make the named district system"
    )
    parser.add_argument("--company", default="", help="name of the district")
    parser.add_argument(
        "--full", action="store_true", help="ask for everything, not only what changed"
    )
    parser.add_argument("--as-of", default="", help="the day of the file, YYYY-MM-DD")
    parser.add_argument(
        "--preview", action="store_true", help="show what would change, apply nothing"
    )
    return parser.parse_args(argv)


def _find_by_name(env, args):
    """Return the system that is named instead of a file, or an empty recordset."""
    if args.connection or Path(args.file).exists():
        return env["gr.sync.connection"]
    return env["gr.sync.connection"].search([("name", "=", args.file)], limit=1)


def _get_connection(env, args):
    """Return the named system, the only one, or a new one for files."""
    company = env.company
    if args.company:
        company = env["res.company"].search([("name", "=", args.company)], limit=1)
        if not company:
            raise SystemExit(f"There is no district named “{args.company}”.")
    Connection = env["gr.sync.connection"]
    mine = Connection.search([("company_id", "=", company.id)])
    if args.connection:
        named = mine.filtered(lambda found: found.name == args.connection)[:1]
        if not named and not args.new:
            raise SystemExit(
                f"There is no district system named “{args.connection}”. A second one"
                " for the same schools makes every child twice; if it truly is another"
                " system, say --new."
            )
        return named or _make(env, args.connection, company)
    if len(mine) > 1:
        names = ", ".join(mine.mapped("name"))
        raise SystemExit(f"Say which system with --connection: {names}")
    return mine or _make(env, "OneRoster files", company)


def _make(env, name, company):
    return env["gr.sync.connection"].create({"name": name, "company_id": company.id})


def _print_preview(sync_run):
    if sync_run.error:
        _out(f"Refused: {sync_run.error}")
    for problem in sync_run.problem_ids[:20]:
        place = ", ".join(
            str(part)
            for part in (
                problem.file,
                problem.row and f"row {problem.row}",
                problem.column,
            )
            if part
        )
        _out(f"  {problem.severity}: {place}: {problem.message} {problem.remedy}")
    if sync_run.problem_count > 20:
        _out(f"  … {sync_run.problem_count} problems in all")
    if sync_run.state == "refused":
        return
    if not sync_run.change_count:
        _out(f"No changes ({sync_run.count_unchanged} records are the same).")
        return
    _out(
        f"{sync_run.count_create} new, {sync_run.count_update} changed,"
        f" {sync_run.count_restore} back, {sync_run.count_archive} leaving,"
        f" {sync_run.count_unchanged} the same."
    )
    head = ("site", "now", "new", "changed", "back", "leaving", "after", "changes")
    rows = [
        (
            line.name, line.student_before, line.student_new, line.student_changed,
            line.student_back, line.student_leaving, line.student_after,
            line.change_count,
        )
        for line in sync_run.site_line_ids
    ]  # fmt: skip
    width = max(len(str(row[0])) for row in [head, *rows])
    for row in [head, *rows]:
        _out(f"{row[0]:<{width}}" + "".join(f"{cell:>9}" for cell in row[1:]))


def _print_held(sync_run):
    for line in sync_run.site_line_ids.filtered("is_held"):
        _out(f"HELD {line.name}: {line.hold_reason}. Decide in the backend.")


def _print_progress(done, total):
    sys.stdout.write(f"\rapplied {done} of {total}")
    sys.stdout.flush()


def _out(text):
    sys.stdout.write(text + "\n")
