import base64
import json

from odoo.tests import HttpCase, tagged

from odoo.addons.harvest_training.badges import baking, credential, signing, status

from .test_gr_certificate import CertificateCommon


class PagesCommon(CertificateCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.certificate = cls._issue()
        cls.address = f"/verify/{cls.certificate.code}"

    def _compare(self, name):
        page = self.url_open(self.address).text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        data = {"holder": name, "csrf_token": token}
        return self.url_open(self.address, data=data).text


@tagged("post_install", "-at_install")
class TestVerificationPage(PagesCommon):
    def test_it_tells_what_is_printed(self):
        page = self.url_open(self.address).text

        for told in (
            "This certificate is valid",
            self.certificate.name,
            "Seguridad en el patio",
            self.district.name,
        ):
            self.assertIn(told, page)

    def test_it_names_nobody_and_leaks_nothing(self):
        self.learner.site_ids = self.site
        page = self.url_open(self.address).text

        for secret in (
            "Aprendiz",
            "Ñandú",
            self.learner.partner_id.email,
            self.site.name,
            self.certificate.credential[:40],
        ):
            self.assertNotIn(secret, page)

    def test_no_copy_is_kept_and_no_engine_lists_it(self):
        for path in ("/verify", self.address, "/verify/unknown"):
            headers = self.url_open(path).headers
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertIn("noindex", headers["X-Robots-Tag"])
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")

    def test_unknown_codes_get_one_answer(self):
        real, other = self.certificate.code, "A" * 28
        answers = set()
        for code in (other, "short", real[:-1] + "2" * 2, "%27--", "é"):
            response = self.url_open(f"/verify/{code}")
            self.assertEqual(response.status_code, 404)
            answers.add(response.text.count("There is no certificate with this code"))
        self.assertEqual(answers, {1})

    def test_a_code_is_read_as_it_is_typed(self):
        code = f" {self.certificate.code[:5].lower()}-{self.certificate.code[5:]} "

        page = self.url_open("/verify", {}, allow_redirects=True)
        self.assertEqual(page.status_code, 200)
        answer = self.url_open(f"/verify?code={code}")

        self.assertIn("This certificate is valid", answer.text)

    def test_a_revoked_one_says_so_and_not_why(self):
        self.learner.site_ids = self.site
        self.certificate.with_user(self.user_operations)._revoke("Forged exam")

        page = self.url_open(self.address).text

        self.assertIn("was revoked", page)
        self.assertNotIn("is valid.", page)
        self.assertNotIn("Forged", page)

    def test_an_expired_one_says_so_before_the_cron_ran(self):
        self.env.cr.execute(
            "UPDATE gr_certificate SET expires_on = '2020-01-01' WHERE id = %s",
            [self.certificate.id],
        )
        self.certificate.invalidate_recordset()

        self.assertIn("has expired", self.url_open(self.address).text)
        self.assertEqual(self.certificate.state, "valid")

    def test_the_name_is_compared_and_not_shown(self):
        self.assertIn("Yes: the name is that", self._compare("aprendiz, lia nandu"))
        wrong = self._compare("Lía Aprendiz")
        self.assertIn("No: another name", wrong)
        self.assertNotIn("Ñandú", wrong)

    def test_no_name_in_an_address(self):
        page = self.url_open(f"{self.address}?holder=L%C3%ADa+%C3%91and%C3%BA+Aprendiz")

        self.assertNotIn("Yes: the name is that", page.text)


@tagged("post_install", "-at_install")
class TestBadgeRoutes(PagesCommon):
    def _get(self, url):
        path = url.removeprefix(self.certificate.issuer_id.base_url)
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200, path)
        self.assertEqual(response.headers["Access-Control-Allow-Origin"], "*")
        return response

    def test_a_stranger_verifies_a_badge_by_what_it_names(self):
        """Only from the picture: issuer, keys, achievement, revocation."""
        picture = base64.b64decode(self.certificate.with_context(bin_size=False).badge)
        token = baking.extract(picture)
        claimed = signing.read(token)

        issuer = self._get(claimed["issuer"]["id"]).json()
        key_set = self._get(f"{claimed['issuer']['id']}/jwks.json").json()
        proven = signing.verify(token, key_set)
        achieved = proven["credentialSubject"]["achievement"]
        published = self._get(achieved["id"]).json()
        entry = proven["credentialStatus"]
        listed = self._get(entry["statusListCredential"])
        image = self._get(achieved["image"]["id"])

        self.assertEqual(issuer["name"], self.district.name)
        self.assertEqual(published["name"], achieved["name"])
        self.assertEqual(published["@context"], list(credential.CONTEXTS))
        self.assertEqual(listed.headers["Content-Type"], "application/vc+jwt")
        encoded = signing.read(listed.text)["credentialSubject"]["encodedList"]
        self.assertFalse(status.is_set(encoded, int(entry["statusListIndex"])))
        self.assertTrue(image.content.startswith(b"\x89PNG"))

    def test_what_is_published_names_nobody(self):
        issuer = self.certificate.issuer_id
        achievement = f"/harvest/badges/achievements/{self.program.badge_uuid}"
        for url in (issuer._get_url(), issuer._get_url("jwks.json"), achievement):
            text = json.dumps(self._get(url).json(), ensure_ascii=False)
            self.assertNotIn("Aprendiz", text)
            self.assertNotIn('"d"', text)  # the private part of a key

    def test_unknown_addresses_get_one_answer(self):
        issuer = self.certificate.issuer_id
        for path in (
            "/harvest/badges/issuers/0",
            "/harvest/badges/issuers/0/jwks.json",
            "/harvest/badges/issuers/0/status/0",
            f"/harvest/badges/issuers/{issuer.uuid}/status/99999999999",
            "/harvest/badges/achievements/0",
            "/harvest/badges/achievements/0/image",
            "/harvest/badges/issuers/%00",
            "/harvest/badges/achievements/%00",
        ):
            response = self.url_open(path)
            self.assertEqual(response.status_code, 404, path)
            self.assertEqual(response.json(), {"error": "not found"})


@tagged("post_install", "-at_install")
class TestOwnCertificates(PagesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_portal_user(
            cls.learner.partner_id,
            cls.district,
            login="learner",
            password="learner-page-1",
        )
        cls.other = cls._issue(cls._complete(cls._make_learner("Otro Aprendiz")))

    def test_a_learner_finds_and_downloads_the_own(self):
        self.authenticate("learner", "learner-page-1")
        here = "/my/training/certificates"

        page = self.url_open(here).text
        pdf = self.url_open(f"{here}/{self.certificate.id}/pdf")
        badge = self.url_open(f"{here}/{self.certificate.id}/badge")

        self.assertIn(self.certificate.name, page)
        self.assertNotIn(self.other.name, page)
        self.assertTrue(pdf.content.startswith(b"%PDF"))
        self.assertEqual(pdf.headers["Cache-Control"], "no-store")
        self.assertEqual(baking.extract(badge.content), self.certificate.credential)

    def test_others_certificates_are_not_there(self):
        self.authenticate("learner", "learner-page-1")

        for kind in ("pdf", "badge", "credential"):
            path = f"/my/training/certificates/{self.other.id}/{kind}"
            self.assertEqual(self.url_open(path).status_code, 404)

    def test_the_sample_is_for_the_own_district(self):
        foreign = self.env["gr.certificate.template"].create(
            {"name": "Foreign", "company_id": self.foreign_district.id}
        )
        self._make_user("B", sites=self.site, login="design", password="design1234")
        self.authenticate("design", "design1234")

        own = self.url_open(f"/harvest/certificates/sample/{self.template.id}")
        other = self.url_open(f"/harvest/certificates/sample/{foreign.id}")

        self.assertTrue(own.content.startswith(b"%PDF"))
        self.assertEqual(other.status_code, 404)
