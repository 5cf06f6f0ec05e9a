"""A training coordinator: builds a program by hand, decides, reviews, watches."""

from __future__ import annotations

from training_desk import Desk, shoot
from training_ground import Ground, days_from_now

PROGRAM, FIRST, SECOND = "Safe Kitchen", "Welcome to the Kitchen", "Food Safety"
EXAM, HOMEWORK, SESSION = "Food Safety Exam", "My clean kitchen", "Kitchen practice"
DESIGN, DOCUMENT = "Kitchen, landscape", "Diploma"
RUBRIC = {"Clean surfaces": "5", "Tools in their place": "5"}


class Coordinator:
    """The coordinator of the demo's district, at a desk."""

    def __init__(self, desk: Desk, ground: Ground) -> None:
        self.desk = desk
        self.ground = ground

    def build_program(self) -> None:
        desk = self.desk
        desk.sit_down("technology")
        desk.go("Training/Training Programs")
        desk.new()
        desk.fill(name=PROGRAM, duration_weeks="8", hours="6:00")
        desk.fill(description="Cook with children, safely.")
        desk.choose("site_ids", self.ground.site["name"])
        desk.choose("requirement_ids", "Food handler card")
        desk.select("renewal", "A number of months after it was issued")
        desk.fill(renewal_months="12")
        self.say_who_may_take_it()
        self.add_courses()
        self.ask_for_a_document()
        desk.save()
        shoot(desk.page, "01_program")

    def say_who_may_take_it(self) -> None:
        desk = self.desk
        desk.turn_to("Who May Take It")
        desk.fill(eligibility_criteria="Staff of the site who cook with children")
        desk.form.get_by_text("New Rule").click()
        desk.form.locator(".o_model_field_selector").click()
        desk.page.locator(".o_model_field_selector_popover_item_name").get_by_text(
            "Learner Type", exact=True
        ).click()
        value = desk.form.locator(".o_tree_editor_editor select").last
        value.select_option(label="Staff")
        desk.tick("auto_enroll")
        shoot(desk.page, "02_who_may_take_it")

    def add_courses(self) -> None:
        desk = self.desk
        desk.turn_to("Courses")
        for course in (FIRST, SECOND):
            desk.add_line("course_integrations")
            desk.choose("elearning_course_id", course)
            shoot(desk.page, "03_course")
            desk.agree("Save & Close")

    def ask_for_a_document(self) -> None:
        desk = self.desk
        desk.turn_to("Documents to Hand In")
        desk.add_line("training_document_ids")
        desk.create("type_id", DOCUMENT)
        shoot(desk.page, "04_document")

    def plan_the_session(self) -> None:
        desk = self.desk
        desk.turn_to("Courses")
        desk.open_line("course_integrations", FIRST)
        desk.fill(sessions_required="1")
        desk.turn_to("Sessions")
        desk.add_line("session_ids")
        desk.fill(name=SESSION, date_start=f"{days_from_now(15)} 14:00", capacity="12")
        desk.choose("site_id", self.ground.site["name"])
        desk.fill(room="Kitchen 2")
        shoot(desk.page, "05_session")
        desk.agree("Save & Close")
        desk.agree("Save")

    def open_the_session(self) -> None:
        desk = self.desk
        desk.go("Training/Sessions")
        desk.open_row(SESSION)
        desk.press("Open for Booking")
        desk.wait_for_state("Open")

    def set_the_homework(self) -> None:
        desk = self.desk
        desk.open_line("course_integrations", SECOND)
        desk.turn_to("Homework")
        desk.add_line("assignment_ids")
        desk.fill(name=HOMEWORK)
        desk.tick("needs_file")
        desk.write("instructions", "Send a photo of your kitchen, cleaned.")
        desk.turn_to("Rubric")
        for criterion, points in RUBRIC.items():
            desk.add_line("criterion_ids")
            desk.fill_line("criterion_ids", name=criterion, points=points)
        desk.fill(pass_points="8")
        shoot(desk.page, "06_homework")
        desk.agree("Save & Close")

    def add_the_exam(self) -> None:
        desk = self.desk
        desk.turn_to("Exams")
        desk.add_line("assessment_ids")
        desk.fill(name=EXAM)
        desk.select("kind", "Certification (survey)")
        desk.choose("survey_id", EXAM)
        shoot(desk.page, "07_exam")
        desk.agree("Save & Close")
        desk.agree("Save")
        desk.save()

    def design_the_certificate(self) -> None:
        desk = self.desk
        desk.go("Training/Certificates/Templates")
        desk.new()
        desk.fill(name=DESIGN, title="Certificate of Safe Cooking")
        desk.add_line("signatory_ids")
        desk.fill_line("signatory_ids", name="Dolores Whitaker", job="Superintendent")
        preview = desk.page.frame_locator(".o_gr_certificate_side iframe")
        preview.get_by_text("Dolores Whitaker").wait_for()
        desk.select("orientation", "Portrait")
        preview.locator(".sheet.portrait").wait_for()
        desk.select("orientation", "Landscape")
        preview.locator(".sheet.landscape").wait_for()
        shoot(desk.page, "08_design")
        desk.save()

    def activate(self) -> None:
        desk = self.desk
        desk.go("Training/Training Programs")
        desk.open_row(PROGRAM)
        desk.choose("certificate_template_id", DESIGN)
        desk.press("Activate")
        desk.wait_for_state("Active")
        shoot(desk.page, "09_active")

    # Three people ask for a place

    def enroll_three(self) -> None:
        desk, ground = self.desk, self.ground
        desk.press("Enroll Learners")
        desk.page.wait_for_selector(".modal .o_form_view")
        for person in (ground.ana, ground.bruno, ground.carla):
            desk.choose("employee_ids", person.name)
        shoot(desk.page, "10_enroll")
        desk.agree("Enroll")
        desk.page.locator(".o_data_row", has_text=ground.carla.name).wait_for()
        shoot(desk.page, "11_enrolled")
        states = {
            row.locator("td[name='student_id']").inner_text(): row.locator(
                "td[name='status']"
            ).inner_text()
            for row in desk.page.locator(".o_data_row").all()
        }
        assert states == {
            ground.ana.name: "Not Started",
            ground.bruno.name: "To Review",
            ground.carla.name: "To Review",
        }

    def decide(self) -> None:
        desk = self.desk
        desk.open_row(self.ground.bruno.name)
        assert "none of the program" in desk.field("review_reason").inner_text()
        shoot(desk.page, "12_review")
        desk.press("Enroll")
        desk.wait_for_state("Not Started")
        desk.go("Training/Learners in Training")
        desk.open_row(self.ground.carla.name)
        desk.press("Refuse")
        desk.page.wait_for_selector(".modal .o_form_view")
        desk.fill(reason="Your site trains its kitchen in January.")
        shoot(desk.page, "13_refuse")
        desk.agree("Apply")
        desk.wait_for_state("Refused")

    def let_the_session_begin(self) -> None:
        """Its hour comes: moved by hand in the test's own database."""
        self.ground.query(
            "UPDATE gr_course_session SET date_start = now() - interval '2 hours',"
            " date_end = now() - interval '1 hour' WHERE name->>'en_US' = %s",
            SESSION,
        )

    def take_attendance(self) -> None:
        self.let_the_session_begin()
        desk = self.desk
        desk.go("Training/Sessions")
        desk.page.locator(".o_searchview_facet .o_facet_remove").first.click()
        desk.calm()
        desk.open_row(SESSION)
        shoot(desk.page, "24_session")
        desk.press("Take Attendance")
        card = desk.page.locator(".o_kanban_record", has_text=self.ground.ana.name)
        card.get_by_role("button", name="Present").click()
        card.locator(".btn-success").wait_for()
        shoot(desk.page, "25_attendance")

    def open_homework(self) -> None:
        self.desk.go("Training/Homework/Homework to Review")
        self.desk.open_row(self.ground.ana.name)

    def return_homework(self) -> None:
        desk = self.desk
        self.open_homework()
        desk.write("feedback", "The stove is missing. Please show it, too.")
        shoot(desk.page, "27_homework_review")
        desk.press("Return")
        desk.wait_for_state("Returned")

    def accept_homework(self) -> None:
        desk = self.desk
        self.open_homework()
        for row, points in zip(
            desk.field("score_ids").locator(".o_data_row").all(),
            ("5", "4"),
            strict=True,
        ):
            row.locator("[name='points']").click()
            row.locator("[name='points'] input").fill(points)
            row.locator("[name='points'] input").press("Tab")
        desk.save()
        shoot(desk.page, "29_rubric")
        desk.press("Accept")
        desk.wait_for_state("Accepted")

    def verify_the_document(self) -> None:
        desk = self.desk
        desk.go("Training/Documents/Requests")
        desk.open_row(self.ground.ana.name)
        shoot(desk.page, "34_document")
        desk.press("Verify")
        desk.wait_for_state("Verified")

    def see_the_board(self, light: str) -> None:
        desk = self.desk
        desk.go("Staff/Clearances")
        desk.search(self.ground.ana.name)
        card = desk.page.locator(".o_kanban_record", has_text="Food handler card")
        card.locator(f".text-bg-{light}").first.wait_for()
        shoot(desk.page, f"42_board_{light}")
