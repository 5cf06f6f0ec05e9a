"""``./harvest keys``: the keys that values and files are encrypted with.

Exit status: 0 well, 1 refused.
"""

import argparse
import sys

from odoo.exceptions import UserError


def run(env, argv: list[str]) -> int:
    """Entry point of the launcher; ``env`` is the superuser's."""
    options = _parse(argv)
    try:
        return options.run(env, options)
    except UserError as error:
        _out(f"error: {error}", sys.stderr)
        return 1


def _parse(argv):
    parser = argparse.ArgumentParser(prog="harvest keys", description=__doc__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, text, command in (
        ("status", "how many values and files each key has encrypted", _status),
        ("rotate", "encrypt with a new key from now on", _rotate),
        (
            "reseal",
            "re-encrypt what older keys have encrypted, and wait for it",
            _reseal,
        ),
    ):
        commands.add_parser(name, help=text, description=text).set_defaults(run=command)
    text = "take a key off the key file that nothing is encrypted with any more"
    retire = commands.add_parser("retire", help=text, description=text)
    retire.add_argument("key")
    retire.set_defaults(run=_retire)
    return parser.parse_args(argv)


def _status(env, _options=None) -> int:
    for key in env["gr.seal.key"].search([]):
        status = dict(key._fields["status"]._description_selection(env))[key.status]
        _out(f"{key.name}  {status:<20} {key.value_count:>9}  {key.progress:5.1f} %")
    return 0


def _rotate(env, _options) -> int:
    key_id = env["gr.seal.key"]._rotate()
    _out(f"{key_id} encrypts from now on. Back up the key file now, apart from the")
    _out("database. Older values are re-encrypted in the background; to wait for it:")
    _out("./harvest keys reseal")
    return 0


def _reseal(env, _options) -> int:
    env["gr.seal.key"]._cron_reseal()
    return _status(env)


def _retire(env, options) -> int:
    key = env["gr.seal.key"].search([("name", "=", options.key)])
    if not key:
        _out(f"error: this database knows no key {options.key}", sys.stderr)
        return 1
    key._retire()
    _out(f"{key.name} is off the key file. Keep the key files of your backups: each")
    _out("backup is opened by the key file of its time.")
    return 0


def _out(text, stream=None):
    (stream or sys.stdout).write(f"{text}\n")
