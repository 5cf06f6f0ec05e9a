"""A student's contact is as hidden as the student, wherever Odoo shows contacts."""

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import HarvestCommon, HarvestKit


@tagged("post_install", "-at_install", "security")
class TestStudentContact(HarvestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.student._get_partner()
        cls.env.flush_all()

    def _cannot_see(self):
        """Users who may not read the student, each for another reason."""
        outsider = self._make_user(
            "D", sites=self.other_site, login="aide_of_the_other_site"
        )
        foreign = self._make_user(
            "Admin", sites=self.foreign_site, login="foreign_admin"
        )
        return [self.users["A"], self.user_internal, outsider, foreign]

    def test_made_once_and_only_on_need(self):
        self.assertFalse(self.elsewhere.student.partner_id)
        self.assertEqual(self.student._get_partner(), self.partner)
        self.assertEqual(self.partner.company_id, self.district)

    def test_follows_the_name_and_the_archive(self):
        self.student.write({"last_name": "Nueva", "active": False})
        self.assertRecordValues(self.partner, [{"name": "Ana Nueva", "active": False}])

    def test_who_may_read_the_student_reads_the_contact(self):
        for role in ("B", "C", "D", "E"):
            with self.subTest(role=role):
                self.assertEqual(
                    self.partner.with_user(self.users[role]).name, "Ana Prueba"
                )

    def test_contacts_search_names_and_groups(self):
        for user in self._cannot_see():
            Partner = self.env["res.partner"].with_user(user)
            with self.subTest(user=user.login):
                self.assertFalse(Partner.search([("name", "=", "Ana Prueba")]))
                found = dict(Partner.name_search("Ana Prueba"))
                self.assertNotIn(self.partner.id, found)
                self.assertFalse(Partner.search_count([("id", "=", self.partner.id)]))
                self.assertFalse(
                    Partner._read_group([("id", "=", self.partner.id)], ["name"])
                )
                mentions = Partner.get_mention_suggestions("Ana Prueba").get(
                    "res.partner", []
                )
                self.assertNotIn(self.partner.id, [data["id"] for data in mentions])
                with self.assertRaises(AccessError):
                    Partner.browse(self.partner.id).read(["name"])

    def test_export(self):
        exporter = self._make_user(
            "A", sites=self.site, extra="base.group_allow_export", login="exporter"
        )
        with self.assertRaises(AccessError):
            self.partner.with_user(exporter).export_data(["name"])

    def test_the_marker_cannot_be_taken_off(self):
        for user in self._cannot_see():
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.partner.with_user(user).write({"gr_is_student": False})

    def test_never_a_follower(self):
        self.site.message_subscribe(partner_ids=self.partner.ids)
        self.assertNotIn(self.partner, self.site.message_partner_ids)
        followers = self.env["mail.followers"].search(
            [("partner_id", "=", self.partner.id)]
        )
        self.assertFalse(followers)

    def test_never_a_recipient(self):
        message = self.site.with_context(mail_notrack=False).message_post(
            body="Hello",
            partner_ids=(self.partner | self.guardian.partner_id).ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertEqual(message.partner_ids, self.guardian.partner_id)
        self.assertEqual(
            message.notification_ids.res_partner_id, self.guardian.partner_id
        )

    def test_chatter_of_the_student_needs_the_student(self):
        message = self.student.message_post(body="Ana was absent")
        for user in self._cannot_see():
            with self.subTest(user=user.login):
                Message = self.env["mail.message"].with_user(user)
                self.assertFalse(Message.search([("id", "=", message.id)]))
                with self.assertRaises(AccessError):
                    message.with_user(user).read(["body"])


@tagged("post_install", "-at_install", "security")
class TestStudentContactHttp(HarvestKit, HttpCase):
    """The same over HTTP: avatars, and the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_places()
        cls.partner = cls.student._get_partner()
        cls.partner.image_1920 = cls.student.image_1920 = PIXEL
        cls.insider = cls._make_user(
            "D", sites=cls.site, login="insider", password="in" * 8
        )
        cls.outsider = cls._make_user(
            "D", sites=cls.other_site, login="outsider", password="out" * 6
        )
        cls.parent = cls._make_portal_user(
            cls.guardian.partner_id, cls.district, login="mother", password="mo" * 8
        )
        cls.other_parent = cls._make_portal_user(
            cls.elsewhere.guardian.partner_id,
            cls.district,
            login="other",
            password="ot" * 8,
        )

    def _image(self, model, record, login, password):
        self.authenticate(login, password)
        return self.url_open(f"/web/image/{model}/{record.id}/image_128").content

    def test_avatar_and_photo(self):
        seen = self._image("gr.student", self.student, "insider", "in" * 8)
        for login, password, expected in (
            ("outsider", "out" * 6, False),
            ("other", "ot" * 8, False),
            ("mother", "mo" * 8, True),
            (None, None, False),
        ):
            with self.subTest(login=login):
                photo = self._image("gr.student", self.student, login, password)
                self.assertEqual(photo == seen, expected)
        contact = self._image("res.partner", self.partner, "insider", "in" * 8)
        self.assertNotEqual(
            contact, self._image("res.partner", self.partner, "outsider", "out" * 6)
        )
        self.assertNotEqual(
            contact, self._image("res.partner", self.partner, None, None)
        )


# A 1x1 PNG, base64.
PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    b"AABJRU5ErkJggg=="
)
