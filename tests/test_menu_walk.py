"""Every menu item of every role, in every view, in a browser: nothing may complain.

A complaint is an error on the console, a crash, an HTTP status of 400 or more, or a
request to another host. Nobody sees such a thing in the log of a green test run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from backend import Backend

# A demo user for each role with a backend; what they must find, to see that it walked.
WALKERS = {
    "director": {"Programs", "Sites"},
    "technology": {"Import a Roster", "Students", "Rules", "School Enrollment"},
    "coordinator": {"Students", "Need to Know", "Registrations"},
    "instructor": {"Students", "Need to Know", "Registrations"},
    "teacher": {"Students", "Calendar"},
    "administrator": {"Users and Sites", "Districts", "External References"},
}
PORTAL = "mother"
FILTERER = "administrator"  # sees all of them; one role presses them


@pytest.fixture(scope="module")
def context(chromium, server):
    """One context for all roles: the client's code is loaded once."""
    context = chromium.new_context(base_url=server.url)
    yield context
    context.close()


@pytest.fixture
def backend(context, server) -> Iterator[Backend]:
    context.clear_cookies()
    page = context.new_page()
    yield Backend(page, server)
    page.close()


@pytest.mark.parametrize("login", WALKERS)
def test_every_menu_of_a_role_opens_without_complaint(backend, login):
    complaints = backend.complaints
    with complaints.at("login"):
        backend.log_in(login)
    menus = backend.menus()
    for menu in menus:
        with complaints.at(" > ".join(menu["path"])):
            backend.open_menu(menu["id"])
            walk_action(backend, with_filters=login == FILTERER)

    assert not complaints.found, "\n".join(complaints.found)
    assert {menu["path"][-1] for menu in menus} >= WALKERS[login]


def walk_action(backend, *, with_filters):
    """See an action in each of its views, then its first record and a new one."""
    if backend.close_dialog():
        return
    views = backend.views()
    for view in views[1:]:
        if view != "form":
            with backend.complaints.at(view):
                backend.switch_to(view)
    if {"list", "form"} <= set(views):
        with backend.complaints.at("form"):
            backend.switch_to("list")
            if backend.open_first_record():
                backend.turn_pages()
                backend.go_back()
        with backend.complaints.at("new form"):
            if backend.open_new_record():
                backend.turn_pages()
                backend.go_back()
    if with_filters:
        with backend.complaints.at("search"):
            backend.press_filters()


def test_family_has_no_backend_and_walks_the_portal(backend):
    complaints, page = backend.complaints, backend.page
    with complaints.at("login"):
        backend.log_in(PORTAL)
    page.goto("/odoo")
    assert page.locator(".o_web_client").count() == 0
    page.goto("/my")
    links = page.eval_on_selector_all(  # "/es/my/…" where a website has languages
        "#wrapwrap a[href*='/my']", "links => links.map(a => a.getAttribute('href'))"
    )
    for link in sorted(set(links)):
        with complaints.at(link):
            page.goto(link)
            page.wait_for_load_state("networkidle")

    assert not complaints.found, "\n".join(complaints.found)
    assert any(link.endswith("/my/children") for link in links)
