"""Health notes, court papers and files in a life with keys; for ``test_encryption``.

Plants words in every sealed place, reads and writes them in threads while keys are
rotated, retires the old keys, tries to write with a wrong key, and prints, as JSON,
what happened. Everything commits, and every SQL statement goes to the log.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import random
import sys
import threading
import traceback
from collections import Counter
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from odoo.api import SUPERUSER_ID, Environment
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

from scripts import odoo_env

NOTES = 240
PUPILS = 100  # each has a key of the event log's
ROWS_A_BATCH = 30  # small, so that a rotation takes many transactions
ROTATIONS, MOST_ROTATIONS = 3, 20
ENOUGH_WRITES = 25  # a busy machine needs more rotations for it
READERS, WRITERS = 3, 2


class Story:
    """One database, and what was seen in it."""

    def __init__(self, database: str, word: str) -> None:
        self.registry = Registry(database)
        self.word = word
        self.told: Counter = Counter()
        self.errors: list[str] = []
        self.stop = threading.Event()
        self.flags: list[int] = []

    def run(self, step) -> object:
        """Do something in a transaction of its own, as a request would."""
        with self.registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            result = retrying(partial(step, env), env)
            cr.commit()
            return result

    def plant(self, env) -> None:
        """Put the word where a child's record is confidential, and a control."""
        district = env["res.company"].create({"name": f"CONTROL-{self.word}"})
        student = env["gr.student"].create(
            {"first_name": "Ana", "company_id": district.id}
        )
        env["gr.student"].create(
            [
                {"first_name": f"P{number}", "company_id": district.id}
                for number in range(PUPILS)
            ]
        )
        # Systems that sign children in: their secrets, and a key pair of ours.
        provider = {"name": "District", "company_id": district.id}
        env["gr.saml.provider"].create(provider)._ensure_keys()
        env["gr.oidc.provider"].create(
            {**provider, "issuer": "https://idp.example.org", "client_id": "c"}
        ).secret = self.word
        env["gr.external.suppression"]._get_secret(district)
        env["gr.guardianship"].create(
            {
                "student_id": student.id,
                "partner_id": env["res.partner"].create({"name": "Adult"}).id,
                "court_limit": "no_contact",
                "court_case": f"Case {self.word}",
                "court_note": f"Note {self.word}",
                "court_document": base64.b64encode(f"Paper {self.word}".encode()),
                "court_document_name": f"{self.word}.txt",
            }
        )
        env["ir.attachment"].create(
            {
                "name": "health.txt",
                "raw": f"Indexed {self.word}",
                "res_model": "gr.student",
                "res_id": student.id,
            }
        )
        self.flags = (
            env["gr.student.flag"]
            .create(
                [
                    {
                        "student_id": student.id,
                        "kind": "allergy",
                        "note": f"{self.word} {number}",
                        "instructions": f"Do {self.word}",
                    }
                    for number in range(NOTES)
                ]
            )
            .ids
        )

    def search(self, env) -> None:
        found = env["gr.guardianship"].search(
            [("court_case", "=", f"case {self.word}")]
        )
        self.told["found"] = len(found)

    def read(self) -> None:
        while not self.stop.is_set():
            notes = self.run(
                lambda env: env["gr.student.flag"].browse(self.flags).mapped("note")
            )
            self.told["reads"] += len(notes)
            self.told["wrong"] += sum(self.word not in (note or "") for note in notes)

    def write(self) -> None:
        dice = random.Random(4417)
        while not self.stop.is_set():
            value = f"{self.word} {dice.random()}"
            chosen = dice.sample(self.flags, 3)
            self.run(
                lambda env, ids=chosen, note=value: (
                    env["gr.student.flag"].browse(ids).write({"note": note})
                )
            )
            self.told["writes"] += 1

    def guard(self, work) -> None:
        try:
            work()
        except Exception:  # noqa: BLE001  # told to the test
            self.errors.append(traceback.format_exc())

    def rotate(self) -> None:
        """Rotate again and again while others read and write."""
        work = [self.read] * READERS + [self.write] * WRITERS
        threads = [threading.Thread(target=self.guard, args=(each,)) for each in work]
        for thread in threads:
            thread.start()
        try:
            for number in range(MOST_ROTATIONS):
                if self.errors or (
                    number >= ROTATIONS and self.told["writes"] > ENOUGH_WRITES
                ):
                    break
                self.guard(lambda: self.run(lambda env: env["gr.seal.key"]._rotate()))
                self.guard(self.reseal)
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()

    def reseal(self) -> None:
        with self.registry.cursor() as cr:
            Environment(cr, SUPERUSER_ID, {})["gr.seal.key"]._cron_reseal()

    def retire(self) -> None:
        """Re-seal what was held before, then take the old keys off the ring."""
        self.reseal()
        self.run(
            lambda env: (
                env["gr.seal.key"]
                .search([])
                .filtered(lambda key: key.status == "older")
                .action_retire()
            )
        )

    def describe(self, env) -> dict:
        env.registry.clear_cache()
        return {
            "counts": env["gr.seal.key"]._count_values(),
            "leftovers": self.find_leftovers(env),
            "lost_values": self.count_lost(env.cr),
            "notes": sum(
                self.word in note
                for note in env["gr.student.flag"].browse(self.flags).mapped("note")
            ),
        }

    def find_leftovers(self, env) -> list[str]:
        """Return the tables where anything is still sealed with an older key."""
        from odoo.addons.harvest_crypto import keyring, resealing

        active = keyring.load().active
        return [
            table
            for key in env["gr.seal.key"].search([("name", "!=", active)])
            for table in resealing.find_sealed_with(env, key.name)
        ]

    def count_lost(self, cr) -> int:
        """Return how many old and new values in the event log do not open."""
        from odoo.addons.harvest_audit import subject_keys

        cr.execute("SELECT sealed FROM harvest_audit.event WHERE sealed IS NOT NULL")
        events = [sealed for (sealed,) in cr.fetchall()]
        self.told["sealed_events"] = len(events)
        return sum(
            len(json.loads(sealed)) - len(subject_keys.open_values(cr, sealed))
            for sealed in events
        )

    def write_without_key(self) -> str:
        """Write with the ring of somebody else; return what the person is told."""
        os.environ["HARVEST_KEY_FILE"] += ".other"
        try:
            self.run(
                lambda env: (
                    env["gr.student.flag"]
                    .browse(self.flags)
                    .write({"severity": "life", "note": f"{self.word} partial"})
                )
            )
        except UserError as error:
            return str(error)
        return ""


def main() -> int:
    parser = odoo_env.parser(__doc__)
    parser.add_argument("--word", required=True)
    parser.add_argument("--log", required=True)
    options = parser.parse_args()
    odoo_env.configure(options.config, options.database, ["--logfile", options.log])
    logging.getLogger("odoo.sql_db").setLevel(logging.DEBUG)
    from odoo.addons.harvest_crypto import resealing

    resealing.BATCH_ROWS = ROWS_A_BATCH
    story = Story(options.database, options.word)
    story.run(story.plant)
    story.run(story.search)
    story.rotate()
    story.retire()
    result = story.run(story.describe)
    result["refusal"] = story.write_without_key()
    result |= {"told": story.told, "errors": story.errors}
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
