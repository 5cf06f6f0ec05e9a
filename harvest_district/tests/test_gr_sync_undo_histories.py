"""1,000 random change histories: as_of(t) is replay to t, rollback(apply(x)) is x."""

from datetime import date, datetime, time, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import BaseCursor
from odoo.tests import freeze_time, tagged

from ..models import gr_sync_apply_mixin
from .common import SyncCommon
from .engine.histories import YEAR_START, Replay, World

COUNT, TICKS, SEED = 1_000, 12, 20_260_915
FIRST = date(2026, 9, 15)
ROLLED_BACK = {0, 2, 5, 8, 11}  # ticks that are applied, rolled back, applied again

# What the roster says. References that a roll back has made inactive say nothing.
DIGESTS = {
    "students": """
        SELECT s.id, s.first_name, s.last_name, s.name, s.local_id, s.ssid,
               s.birthdate, s.gender, s.site_id, s.grade, s.household_id
          FROM gr_student s WHERE s.active AND s.company_id = %(company)s""",
    "enrollments": """
        SELECT id, student_id, site_id, grade, date_start, date_end, "primary",
               school_year_id, exit_reason
          FROM gr_student_enrollment
         WHERE active AND superseded_at IS NULL AND company_id = %(company)s""",
    "guardianships": """
        SELECT id, student_id, partner_id, relation, may_pickup, educational_rights,
               court_limit, date_start, date_end
          FROM gr_guardianship WHERE active AND company_id = %(company)s""",
    "adults": """
        SELECT p.id, p.name, p.email, p.phone, p.ref FROM res_partner p
          JOIN gr_external_ref r ON r.model = 'res.partner' AND r.res_id = p.id
         WHERE p.active AND r.kind = 'adult' AND r.company_id = %(company)s""",
    "demographics": """
        SELECT d.student_id, d.hispanic, d.white, d.asian
          FROM gr_student_demographics d JOIN gr_student s ON s.id = d.student_id
         WHERE s.active AND d.company_id = %(company)s""",
    "memberships": """
        SELECT m.id, m.group_id, m.student_id, m.partner_id, m.role, m.date_start,
               m.date_end
          FROM gr_group_member m JOIN gr_group g ON g.id = m.group_id
         WHERE m.active AND g.company_id = %(company)s""",
    "roles": """
        SELECT id, partner_id, site_id, role FROM gr_site_role
         WHERE active AND company_id = %(company)s""",
    "groups": """
        SELECT id, name, code, kind, parent_id, site_id, school_year_id, date_start,
               date_end FROM gr_group WHERE active AND company_id = %(company)s""",
    "sites": """
        SELECT id, name, code FROM gr_site WHERE active AND company_id = %(company)s""",
    "years": """
        SELECT id, name, code, date_start, date_end FROM gr_school_year
         WHERE active AND company_id = %(company)s""",
    "references": """
        SELECT kind, external_id, model, res_id, payload_hash, site_key, date_end,
               active FROM gr_external_ref
         WHERE company_id = %(company)s AND (active OR payload_hash IS NOT NULL)""",
}


@tagged("post_install", "-at_install")
class TestGrSyncUndoHistories(SyncCommon):
    def _at(self, moment):
        """Let server and database have one time: every tick has its own moment."""
        self.clock.move_to(moment)

    def _refresh_current(self):
        """The nightly job: enrollments that began or ended since the last export."""
        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", return_value=60):
            self.env["gr.student"]._cron_refresh_current()

    def _digest(self):
        self.env.flush_all()
        digest = {}
        for name, query in DIGESTS.items():
            self.env.cr.execute(query, {"company": self.company.id})
            digest[name] = set(self.env.cr.fetchall())
        return digest

    def _assert_same(self, found, expected):
        """Name the lines that differ, of each part of the roster."""
        for name, lines in expected.items():
            with self.subTest(part=name):
                self.assertEqual(sorted(map(str, found[name] ^ lines)), [])

    def _undo(self, run):
        run._start_undo("A test")
        while run._undo_some(700):
            pass
        self.assertEqual((run.state, run.kept_count), ("undone", 0))

    def _as_of(self, day, known_at):
        """Return {(student, school, grade)} as the wizard's list shows it."""
        domain = self.env["gr.student.enrollment"]._get_as_of_domain(day, known_at)
        lines = self.env["gr.student.enrollment"].search_read(
            domain & self.mine, ["student_id", "site_id", "grade"], load=""
        )
        return {
            (
                self.student_keys[line["student_id"]],
                self.site_keys[line["site_id"]],
                line["grade"],
            )
            for line in lines
        }

    def _keys(self, kind, model):
        links = self.env["gr.external.ref"]._find(
            self.connection.id_space, self.connection.tenant, kind, model
        )
        return {res_id: key for key, res_id in links.items()}

    def _check_people(self, world):
        """What is active now is what the district exports now."""
        expected = {
            (child.key, child.family_name, child.birthdate, frozenset(child.adults))
            for child in world.here()
        }
        keys = self._keys("student", "gr.student")
        adults = self._keys("adult", "res.partner")
        students = self.env["gr.student"].search([("company_id", "=", self.company.id)])
        found = {
            (
                keys[student.id],
                student.last_name,
                student.birthdate,
                frozenset(
                    int(adults[adult.partner_id.id][1:])
                    for adult in student.guardianship_ids
                ),
            )
            for student in students
        }
        self.assertEqual(found, expected)

    def test_histories(self):
        world, replay = World(COUNT, SEED), Replay()
        beliefs = []  # (moment from which, what was believed then)
        with (
            freeze_time(FIRST) as self.clock,
            patch.object(BaseCursor, "now", lambda _cursor: fields.Datetime.now()),
            # PostgreSQL does not count what nobody committed; without figures it walks
            # through thousands of lines once for each.
            patch.object(gr_sync_apply_mixin, "ANALYZE_FROM", 1),
        ):
            for tick in range(TICKS):
                day = FIRST + timedelta(days=7 * tick)
                moment = datetime.combine(day, time(8))
                if tick:
                    world.live(day)
                before = replay.copy()
                replay.take(world, day)
                beliefs += self._sync_tick(tick, world, moment, before, replay)
                self._check_people(world)
            self._check_as_of(beliefs, replay)

    def _sync_tick(self, tick, world, moment, before, replay):
        """Apply an export, at some ticks twice; return what is believed from when."""
        tables, day = world.tables(), moment.date()
        self._at(moment)
        self._refresh_current()
        digest = self._digest()
        run = self._sync(tables, as_of=day)
        self.assertEqual((run.state, run.error_count), ("done", 0))
        beliefs = [(moment, replay.copy())]
        if tick in ROLLED_BACK:
            after = self._digest()
            self._at(moment + timedelta(hours=1))
            self._undo(run)
            self._assert_same(self._digest(), digest)
            beliefs.append((moment + timedelta(hours=1), before))
            self._at(moment + timedelta(hours=2))
            self._sync(tables, as_of=day)
            self._assert_same(self._digest(), after)
            beliefs.append((moment + timedelta(hours=2), replay.copy()))
        return beliefs

    def _check_as_of(self, beliefs, replay):
        self.mine = fields.Domain("company_id", "=", self.company.id)
        self.student_keys = self._keys("student", "gr.student")
        self.site_keys = self._keys("org", "gr.site")
        days = [FIRST + timedelta(days=7 * tick) for tick in range(TICKS)]
        for day in (YEAR_START, *days):
            with self.subTest(day=day, known="now"):
                self.assertEqual(self._as_of(day, None), replay.on(day))
        for moment, belief in beliefs:
            for day in (YEAR_START, moment.date(), days[-1]):
                with self.subTest(day=day, known=moment):
                    known_at = moment + timedelta(minutes=5)
                    self.assertEqual(self._as_of(day, known_at), belief.on(day))
