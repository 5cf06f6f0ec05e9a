"""Odoo's backend as a person drives it, and what went wrong meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page

DESKTOP = {"width": 1440, "height": 900}  # CSS pixels
HTTP_ERROR = 400  # the first status that is an error
CRASH = ".o_error_dialog, .o_notification_bar.bg-danger"
# Counts the client's requests on their way; Odoo's own indicator comes late.
COUNT_REQUESTS = """
    window.requestsOnTheWay = 0;
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (...args) {
        window.requestsOnTheWay += 1;
        this.addEventListener("loadend", () => (window.requestsOnTheWay -= 1));
        return send.apply(this, args);
    };
"""
# Nothing is asked for and nothing is being drawn, some looks long: a view first shows
# what the client kept of an earlier visit, until the answer comes. A drawing that takes
# 0.3 s waits for something else. (No promise: whoever polls takes one for a yes.)
IS_CALM = """() => {
    if (window.requestsOnTheWay || document.querySelector(".o_blockUI")) {
        window.quiet = null;
        return false;
    }
    window.quiet ??= {looks: 0, since: performance.now()};
    window.quiet.looks += 1;
    const app = window.odoo?.__WOWL_DEBUG__?.root?.__owl__.app;
    const drawings = [...(app?.scheduler.tasks ?? [])].filter(
        (task) => task.node.status < 2 && task.node.fiber === task);
    const waited = performance.now() - window.quiet.since;
    window.stale ??= new WeakSet();
    if (waited > 300) {
        drawings.forEach((task) => window.stale.add(task));
    } else if (drawings.some((task) => !window.stale.has(task))) {
        window.quiet.looks = 0;
    }
    if (window.quiet.looks < 3 || waited < 60) {
        return false;
    }
    window.quiet = null;
    return true;
}"""
SEARCH_MENU = ".o_searchview_dropdown_toggler"
FILTERS = (
    ".o_search_bar_menu .o_menu_item.text-truncate"
    ":not(.o_add_custom_filter, .o_add_favorite, .o_accordion_toggle)"
)
# ms until a step counts as not reached; a busy machine takes many seconds
PATIENCE = 60_000
# Debian's Odoo ships without this library of mail's video calls; nothing here uses it.
KNOWN = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass
class Complaints:
    """Listens to a page: console errors, crashes, HTTP errors, calls to strangers.

    ``where`` says what the page is showing; it stands before each complaint.
    """

    page: Page
    host: str
    where: str = ""
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self._add(f"crash: {error}"))
        self.page.on("request", self._on_request)
        self.page.on("response", self._on_response)

    @contextmanager
    def at(self, where: str) -> Iterator[None]:
        """Name what is shown now; a failure of the walk itself is a complaint."""
        before, self.where = self.where, f"{self.where} {where}".strip()
        try:
            yield
            self._look_for_crash()
        except Exception as error:  # noqa: BLE001  the walk goes on, and tells all
            self._look_for_crash()
            self._add(f"not reached: {error}")
        finally:
            self.where = before

    def _look_for_crash(self) -> None:
        for text in self.page.locator(CRASH).all_inner_texts():
            self._add(f"error shown: {text}")

    def _on_console(self, message) -> None:
        if message.type == "error" and KNOWN not in message.text:
            self._add(f"console: {message.text}")

    def _on_request(self, request) -> None:
        address = urlsplit(request.url)
        if address.netloc not in ("", self.host):
            self._add(f"request to another host: {address.netloc}")

    def _on_response(self, response) -> None:
        if response.status >= HTTP_ERROR:
            self._add(f"HTTP {response.status}: {urlsplit(response.url).path}")

    def _add(self, what: str) -> None:
        self.found.append(f"{self.where}: {what[:500]}")


class Backend:
    """The web client of one user."""

    def __init__(self, page: Page, server) -> None:
        self.page = page
        self.server = server
        self.complaints = Complaints(page, urlsplit(server.url).netloc)
        page.set_viewport_size(DESKTOP)
        page.set_default_timeout(PATIENCE)
        page.add_init_script(COUNT_REQUESTS)

    def log_in(self, login: str) -> None:
        """Log in by the form, as everybody does."""
        password = next(row[1] for row in self.server.logins if row[0] == login)
        self.page.goto("/web/login")
        self.page.evaluate("localStorage.clear()")  # the menus of whoever was here
        self.page.fill("#login", login)
        self.page.fill("#password", password)
        self.page.press("#password", "Enter")
        self.page.wait_for_url(lambda url: "/web/login" not in url)
        self.page.wait_for_selector(".o_main_navbar, #wrapwrap main")
        self.calm()

    def menus(self) -> list[dict]:
        """The menu items of the Harvest app that open something, in order.

        Each has ``id``, ``path`` (names from the app down) and ``actionID``.
        """
        return self.page.evaluate(
            """() => {
                const menus = odoo.__WOWL_DEBUG__.root.env.services.menu;
                const app = menus.getApps().find(
                    (app) => app.xmlid === "harvest_base.menu_harvest_root");
                const leaves = [];
                const walk = (menu, path) => {
                    if (!menu.childrenTree.length && menu.actionID) {
                        leaves.push({id: menu.id, actionID: menu.actionID, path});
                    }
                    for (const child of menu.childrenTree) {
                        walk(child, [...path, child.name]);
                    }
                };
                walk(menus.getMenuAsTree(app.id), []);
                return leaves;
            }"""
        )

    def open_menu(self, menu_id: int) -> None:
        """Open a menu item, which is what a click on it does."""
        # A pointer that rests on the head of a list has a tooltip cover the rows.
        self.page.mouse.move(0, DESKTOP["height"] - 1)
        self.page.evaluate(
            "id => odoo.__WOWL_DEBUG__.root.env.services.menu.selectMenu(id)", menu_id
        )
        self.page.wait_for_selector(".o_action, .modal .o_form_view")
        self.calm()

    def views(self) -> list[str]:
        """The view types that the action offers, the shown one first."""
        return self.page.evaluate(
            """() => {
                const {services} = odoo.__WOWL_DEBUG__.root.env;
                const {view, views} = services.action.currentController;
                if (!view) {
                    return [];  // a page of its own, no view of a model
                }
                const types = [view.type, ...views.map((each) => each.type)];
                return [...new Set(types)];
            }"""
        )

    def switch_to(self, view: str) -> None:
        """Press a button of the view switcher, unless that view is shown."""
        if self.page.locator(f".o_{view}_view").count():
            return
        self.page.click(f".o_cp_switch_buttons .o_switch_view.o_{view}")
        self.page.wait_for_selector(f".o_{view}_view")
        self.calm()

    def calm(self) -> None:
        """Wait until nothing is on its way and all is drawn.

        Looks by the clock: who looks at each frame makes the browser draw frames.
        """
        self.page.wait_for_function(IS_CALM, polling=20)

    def close_dialog(self) -> bool:
        """Close the dialog that a menu item opened, if it did."""
        if not self.page.locator(".modal").count():
            return False
        self.page.click(".modal-header .btn-close")
        self.page.wait_for_selector(".modal", state="detached")
        return True

    def press_filters(self) -> None:
        """Press each filter and each grouping of the search menu, one upon another."""
        if not self.page.locator(SEARCH_MENU).count():
            return
        self.page.click(SEARCH_MENU)
        items = self.page.locator(FILTERS)
        for position in range(items.count()):
            with self.complaints.at(items.nth(position).inner_text()):
                items.nth(position).click()
                self.calm()
        self.page.keyboard.press("Escape")

    def open_first_record(self) -> bool:
        """Open the first record of a list; say whether a form opened, not a row."""
        rows = self.page.locator(".o_data_row")
        groups = self.page.locator(".o_group_header:not(.o_group_open)")
        opened = self.page.locator(".o_group_header.o_group_open")
        while not rows.count() and groups.count():
            before = opened.count()
            groups.first.click()
            opened.nth(before).wait_for()  # a second click would close it again
            self.calm()
        if not rows.count():
            return False
        cells = rows.first.locator(".o_data_cell:not(.o_list_button, .o_handle_cell)")
        cells.first.click()
        self.page.wait_for_selector(".o_form_view, .o_selected_row")
        self.calm()
        return self.page.locator(".o_form_view").count() > 0

    def open_new_record(self) -> bool:
        """Press New, where the user may; say whether a form opened, not a row."""
        button = self.page.locator(".o_list_button_add")
        if not button.count():
            return False
        button.first.click()
        self.page.wait_for_selector(".o_form_view, .o_selected_row")
        self.calm()
        if self.page.locator(".o_selected_row").count():
            self.page.keyboard.press("Escape")
        return self.page.locator(".o_form_view").count() > 0

    def turn_pages(self) -> None:
        """Show each page of the form's notebooks."""
        for tab in self.page.locator(".o_notebook_headers .nav-link").all():
            tab.click()
            self.calm()

    def go_back(self) -> None:
        """Return from a form to its list."""
        self.page.click(".o_control_panel .o_back_button, .breadcrumb-item a")
        self.page.wait_for_selector(".o_list_view")
        self.calm()
