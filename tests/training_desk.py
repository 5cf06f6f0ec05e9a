"""How a person fills in Odoo's forms: by what is written on the screen."""

from __future__ import annotations

import os
from pathlib import Path

from backend import Backend
from playwright.sync_api import Locator, Page

DIALOG = ".modal:not(.o_inactive_modal)"


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the step for the guides, where somebody asked for pictures."""
    folder = os.environ.get("HARVEST_SHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


class Desk(Backend):
    """The web client of one user, and the handles of its forms."""

    def sit_down(self, login: str) -> None:
        """Log in and learn the menu."""
        self.log_in(login)
        self._places = {"/".join(menu["path"]): menu["id"] for menu in self.menus()}

    def go(self, path: str) -> None:
        """Open a menu item by its path, ``Training/Sessions``."""
        self.open_menu(self._places[path])

    @property
    def form(self) -> Locator:
        """The dialog on top, or else the form."""
        dialogs = self.page.locator(DIALOG)
        return dialogs.last if dialogs.count() else self.page.locator(".o_action")

    def new(self) -> None:
        """Begin a new record from a list, a kanban view or a form."""
        self.page.locator(
            ".o_list_button_add, .o-kanban-button-new, .o_form_button_create"
        ).first.click()
        self.page.wait_for_selector(".o_form_view")
        self.calm()

    def field(self, name: str) -> Locator:
        return self.form.locator(f".o_field_widget[name='{name}']").first

    def fill(self, **texts: str) -> None:
        """Type into fields of text, number and date."""
        for name, text in texts.items():
            box = self.field(name).locator("input, textarea").first
            box.fill(text)
            box.press("Tab")
            self.calm()

    def write(self, name: str, text: str) -> None:
        """Type into a field with formatting."""
        box = self.field(name).locator(".odoo-editor-editable")
        box.click()
        self.page.keyboard.type(text)

    def choose(self, name: str, *texts: str) -> None:
        """Choose records in a field by typing the beginning of their names."""
        for text in texts:
            box = self.field(name).locator("input").first
            box.click()
            box.fill(text)
            self.page.locator(
                ".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)"
            ).filter(has_text=text).first.click()
            self.calm()

    def create(self, name: str, text: str) -> None:
        """Type a name that does not exist yet, and let it be made."""
        box = self.field(name).locator("input").first
        box.fill(text)
        self.page.locator(".o_m2o_dropdown_option_create").click()
        self.calm()

    def select(self, name: str, label: str) -> None:
        """Choose from a closed list of values."""
        self.field(name).locator("input").first.click()
        self.page.locator(".o_select_menu_item").get_by_text(label, exact=True).click()
        self.calm()

    def tick(self, name: str) -> None:
        self.field(name).locator("input[type=checkbox]").check()
        self.calm()

    def turn_to(self, page: str) -> None:
        """Show a page of the form's notebook."""
        self.form.locator(".o_notebook_headers .nav-link").get_by_text(
            page, exact=True
        ).click()
        self.calm()

    def add_line(self, name: str) -> None:
        """Press "Add a line": a row to type in appears, or a dialog."""
        field = self.field(name)
        dialog = self.page.locator(".modal .o_form_view").nth(
            self.page.locator(".modal").count()
        )
        field.get_by_text("Add a line").click()
        field.locator(".o_selected_row").or_(dialog).wait_for()
        self.calm()

    def press(self, label: str) -> None:
        """Press a button of the form or the dialog."""
        self.form.get_by_role("button", name=label, exact=True).first.click()
        self.calm()

    def agree(self, label: str = "Ok") -> None:
        """Press a button of the dialog that closes it."""
        dialogs = self.page.locator(".modal").count()
        self.form.get_by_role("button", name=label, exact=True).click()
        self.page.wait_for_function(
            "count => document.querySelectorAll('.modal').length < count", arg=dialogs
        )
        self.calm()

    def save(self) -> None:
        self.page.locator(".o_form_button_save").first.click()
        self.page.wait_for_selector(".o_form_button_save", state="hidden")
        self.calm()

    def search(self, text: str) -> None:
        """Search by the first field that the search box offers."""
        self.page.locator(".o_searchview_input").press_sequentially(text)
        self.page.locator(".o_searchview_autocomplete .o-dropdown-item").first.click()
        self.page.locator(".o_searchview_facet", has_text=text).wait_for()
        self.calm()

    def open_row(self, text: str) -> None:
        """Open the record of a list's row, or of a card."""
        self.page.locator(
            ".o_data_row .o_data_cell, .o_kanban_record:not(.o_kanban_ghost)"
        ).filter(has_text=text).first.click()
        self.page.wait_for_selector(".o_form_view")
        self.calm()

    def fill_line(self, name: str, /, **texts: str) -> None:
        """Type into the cells of the line that was just added."""
        row = self.field(name).locator(".o_selected_row")
        for cell, text in texts.items():
            row.locator(f"[name='{cell}'] input, [name='{cell}'] textarea").fill(text)
        # Beside the line: a row that is left keeps what was typed.
        self.form.locator(".o_form_sheet").click(position={"x": 2, "y": 2})
        row.wait_for(state="hidden")

    def open_line(self, name: str, text: str) -> None:
        """Open the record of a line in the form; it comes as a dialog."""
        before = self.page.locator(DIALOG).count()
        self.field(name).locator(".o_data_row").filter(has_text=text).locator(
            ".o_data_cell"
        ).nth(1).click()
        self.page.locator(f"{DIALOG} .o_form_view").nth(before).wait_for()
        self.calm()

    def wait_for_state(self, label: str) -> None:
        """Wait, as a person does, until the form itself says so."""
        current = ".o_statusbar_status .o_arrow_button_current"
        self.page.locator(current).get_by_text(label, exact=True).wait_for()
        self.calm()
