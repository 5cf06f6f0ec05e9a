"""A learner with a telephone: reads, books, hands in, takes the exam."""

from __future__ import annotations

import base64

from playwright.sync_api import Page
from training_desk import shoot
from training_ground import CORRECT, SECRET, Person

# The smallest PNG there is: one pixel.
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)


class Learner:
    """Finds everything by "my next step"; reads no word that is translated."""

    def __init__(self, phone: Page, person: Person) -> None:
        self.phone = phone
        self.person = person

    def log_in(self) -> None:
        phone = self.phone
        phone.goto("/web/login")
        phone.fill("#login", self.person.login)
        phone.fill("#password", SECRET)
        phone.press("#password", "Enter")
        phone.wait_for_url("**/my**")

    def see_the_next_step(self) -> None:
        phone = self.phone
        phone.goto("/my/training")
        assert phone.locator("html").get_attribute("lang").startswith("es")
        assert "Clean hands" in phone.locator(".o_gr_step").inner_text()
        shoot(phone, "20_phone_my_training")

    def take_next_step(self) -> None:
        self.phone.goto("/my/training")
        self.phone.locator(".o_gr_step + a").first.click()
        self.phone.wait_for_load_state()

    def learn(self, *lessons: str) -> None:
        """Read each lesson that is the next step; who reads it has done it."""
        phone = self.phone
        for lesson in lessons:
            self.take_next_step()
            phone.locator("h1", has_text=lesson).wait_for()
            shoot(phone, f"21_phone_{lesson.lower().replace(' ', '_')}")

    def book(self) -> None:
        self.take_next_step()
        phone = self.phone
        shoot(phone, "22_phone_course")
        phone.locator("form[action*='/book'] button").click()
        phone.locator(".alert-success").wait_for()
        phone.locator("a[href$='session.ics']").wait_for()
        shoot(phone, "23_phone_booked")

    def hand_in(self, text: str) -> None:
        self.take_next_step()
        self.phone.fill("#text", text)
        self.send_photo("cocina")

    def pass_the_exam(self) -> None:
        self.take_next_step()
        phone = self.phone
        shoot(phone, "30_phone_exam_lesson")
        phone.locator("#start_certification").click()
        phone.locator("button[type=submit][value=start]").click()
        phone.get_by_text(CORRECT).click()
        shoot(phone, "31_phone_exam")
        phone.locator("button.btn-secondary[value=finish]").click()
        phone.locator(".modal .btn-primary").click()
        phone.locator(".o_survey_finished").wait_for()
        shoot(phone, "32_phone_passed")

    def send_the_document(self) -> None:
        self.take_next_step()
        self.send_photo("diploma")
        shoot(self.phone, "33_phone_document")

    def send_photo(self, name: str) -> None:
        """Add a picture to the form that asks for a file, and send it."""
        phone = self.phone
        photo = {"name": f"{name}.png", "mimeType": "image/png", "buffer": PHOTO}
        phone.set_input_files("input[type=file]", photo)
        shoot(phone, f"26_phone_{name}")
        phone.locator("form:has(input[type=file]) button[type=submit]").click()
        phone.locator(".alert-success").wait_for()
