"""One of eleven schools comes empty: ten are applied, and nothing is lost."""

from odoo.tests import freeze_time, tagged

from .common import AS_OF, SyncCommon
from .engine import rosters

SCHOOLS, PER_SCHOOL = "ABEFGHIJKLM", 8  # D is the district
TABLES = (
    "gr_student", "gr_student_enrollment", "gr_guardianship", "gr_group_member",
    "gr_site", "gr_group", "gr_external_ref", "res_partner", "gr_site_role",
    "gr_student_demographics",
)  # fmt: skip


def eleven_schools():
    tables = rosters.small_roster(PER_SCHOOL)
    for index, school in enumerate(SCHOOLS[2:], 2):
        org = {"sourcedId": school, "name": f"{school} School", "type": "school"}
        tables["orgs"].append(org | {"parentSourcedId": "D"})
        numbers = range(index * PER_SCHOOL, (index + 1) * PER_SCHOOL)
        rosters._add_school(tables, school, numbers)
    return tables


@tagged("post_install", "-at_install")
@freeze_time(AS_OF)
class TestGrSyncEleven(SyncCommon):
    def _count_rows(self):
        counts = {}
        for table in TABLES:
            self.env.cr.execute(f"SELECT count(*) FROM {table}")  # pylint: disable=sql-injection
            counts[table] = self.env.cr.fetchone()[0]
        return counts

    def test_one_school_emptied_ten_applied(self):
        owner = self._make_user("B", district=self.company, gr_scope="district")
        self.connection.owner_id = owner
        tables = eleven_schools()
        self._sync(tables)
        students = self.env["gr.student"].search_count(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(students, len(SCHOOLS) * PER_SCHOOL)
        before = self._count_rows()

        gone = {f"s{number}" for number in range(PER_SCHOOL)}  # all of school A
        for name in ("users", "enrollments", "demographics"):
            tables[name] = [
                row
                for row in tables[name]
                if not gone & {row["sourcedId"], row.get("userSourcedId")}
            ]
        for user in tables["users"]:
            if user["role"] == "student":
                user["familyName"] = "Changed"
        run = self._sync(tables)

        self.assertEqual(run.state, "held")
        held = run.site_line_ids.filtered("is_held")
        self.assertEqual(held.mapped("site_key"), ["A"])
        current = self.env["gr.student"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(current), students)
        changed = current.filtered(lambda student: student.last_name == "Changed")
        self.assertEqual(len(changed), students - PER_SCHOOL)
        self.assertEqual({self._student(key) for key in gone}, set(current - changed))
        self.assertTrue(
            all(line.enrollment_ids.filtered("is_current") for line in current)
        )
        after = self._count_rows()
        lost = {table for table in TABLES if after[table] < before[table]}
        self.assertFalse(lost)
        todo = self.env["mail.activity"].search([("user_id", "=", owner.id)])
        self.assertEqual(len(todo), 1)
        self.assertEqual((todo.res_model, todo.res_id), (run._name, run.id))
