"""A family on the portal, in a browser: accessible, small, by keyboard, no strangers.

The demo's mother reads Spanish and has four children.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from accessibility import faults, overflow

SMALLEST = {"width": 320, "height": 640}  # CSS pixels, WCAG 1.4.10
LOGIN = "mother"
MOST_TABS = 40


def log_in(page, server, login=LOGIN):
    password = next(row[1] for row in server.logins if row[0] == login)
    page.goto("/web/login")
    page.fill("#login", login)
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_url("**/my")


def first_child(page):
    page.goto("/my/children")
    return page.locator(".o_harvest_family h2 a").first.get_attribute("href")


@pytest.mark.parametrize("path", ["/web/login", "/web/reset_password"])
def test_public_pages_are_accessible_and_fit_a_small_phone(page, path):
    page.set_viewport_size(SMALLEST)

    page.goto(path)
    page.wait_for_load_state("networkidle")

    assert faults(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize(
    "path",
    ["/my", "/my/children", "child", "/my/children/0", "/my/account", "/my/security"],
)
def test_family_pages_are_accessible_and_fit_a_small_phone(page, server, path):
    page.set_viewport_size(SMALLEST)
    log_in(page, server)

    page.goto(first_child(page) if path == "child" else path)
    page.wait_for_load_state("networkidle")

    assert page.locator("html").get_attribute("lang").startswith("es")
    assert faults(page) == []
    assert overflow(page) <= 0


def test_family_pages_are_accessible_on_a_wide_screen(page, server):
    page.set_viewport_size({"width": 1280, "height": 800})
    log_in(page, server)
    for path in ("/my", "/my/children", first_child(page)):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert faults(page) == [], path


def test_family_pages_ask_no_other_host(page, server):
    asked = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    log_in(page, server)
    for path in ("/my", "/my/children", first_child(page), "/my/account"):
        page.goto(path)
        page.wait_for_load_state("networkidle")

    assert asked - {""} == {urlsplit(server.url).netloc}


def test_child_is_reached_by_keyboard(page, server):
    log_in(page, server)
    page.goto("/my/children")

    press_until(page, "a[href*='/my/children/']")
    outline = page.evaluate(
        "(style => style.outlineStyle + style.boxShadow)"
        "(getComputedStyle(document.activeElement))"
    )
    assert outline != "nonenone", "the focus is not visible"
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/children/*")

    press_until(page, "a[href^='tel:']")


def test_language_is_changed_by_keyboard_without_a_mouse(page, server):
    log_in(page, server, "father")
    page.goto("/my/children")
    assert page.locator("h1").inner_text() == "Mis hijos"

    press_until(page, "button[name=code][value=en_US]")
    page.keyboard.press("Enter")
    page.wait_for_function("document.documentElement.lang === 'en-US'")

    assert page.locator("h1").inner_text() == "My children"


def test_mother_sees_her_four_children_and_home_leads_to_them(page, server):
    log_in(page, server)

    page.get_by_role("link", name="Mis hijos").click()
    page.wait_for_url("**/my/children")

    assert page.locator(".o_harvest_family h2").count() == 4


def press_until(page, selector):
    """Press Tab until the focus is on an element that matches."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("css => document.activeElement.matches(css)", selector):
            return
    pytest.fail(f"{selector} is not reached by {MOST_TABS} tabs")
