"""OpenID Connect in a browser, at a certified provider: set up, sign in, log out."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from peers import openid_provider as peer
from training_desk import Desk, shoot
from training_ground import Office

MENU = "Configuration/Identity/OpenID Connect"
BUTTON = "Sign in with the test district"
REFUSED = "You could not be signed in"
PATIENCE = 30_000  # ms until another system has answered


@dataclass(frozen=True)
class Provider:
    """The provider as the administrator leaves it: tested, and in use."""

    id: int
    issuer: str
    report: str


@pytest.fixture(scope="module")
def administrator(server) -> str:
    return next(row[0] for row in server.logins if "settings" in row[3])


@pytest.fixture(scope="module")
def provider(chromium, server, administrator, tmp_path_factory):
    if why := peer.missing():
        pytest.skip(why)
    office = Office(server)
    set_parameter = ("ir.config_parameter", "set_param")
    office.call(*set_parameter, "harvest_auth.trusted_hosts", "127.0.0.1")
    office.call(*set_parameter, "web.base.url", server.url)
    issuer = peer.issuer_of(port := peer.free_port())
    context = chromium.new_context(base_url=server.url)
    desk = Desk(context.new_page(), server)
    desk.sit_down(administrator)
    enter(desk, issuer)
    addresses = [
        desk.field(name).inner_text().strip() for name in ("redirect_uri", "logout_uri")
    ]
    with peer.openid_provider(tmp_path_factory.mktemp("op"), port, *addresses):
        desk.press("Test")
        sign_in_there(desk.page, "teacher")
        desk.wait_for_state("Tested")
        report = desk.field("test_report").inner_text()
        shoot(desk.page, "oidc-tested")
        desk.press("Use It")
        desk.wait_for_state("In Use")
        context.close()
        [(number,)] = server.query("SELECT id FROM gr_oidc_provider")
        yield Provider(number, issuer, report)
    # Nobody else's sign-in page offers it after these tests.
    server.query("UPDATE gr_oidc_provider SET state = 'draft'")


def enter(desk: Desk, issuer: str) -> None:
    """Fill in the form; whoever is an aide there gets a role in the whole district."""
    desk.go(MENU)
    desk.new()
    desk.fill(
        name="Test district",
        issuer=issuer,
        client_id=peer.CLIENT_ID,
        secret=peer.CLIENT_SECRET,
        button_label=BUTTON,
    )
    desk.tick("jit_enabled")
    desk.add_line("mapping_ids")
    row = desk.field("mapping_ids").locator(".o_selected_row")
    row.locator("[name='claim'] input").fill("groups")
    row.locator("[name='value'] input").fill("aides")
    row.locator("[name='role_id'] input").fill("D: Direct service staff")
    desk.page.locator(".o-autocomplete--dropdown-item").filter(
        has_text="D: Direct service staff"
    ).first.click()
    row.locator("[name='whole_district'] input").check()
    desk.save()
    shoot(desk.page, "oidc-entered")


def sign_in_there(page, login: str) -> None:
    """Fill in the provider's own pages: name, then consent."""
    page.wait_for_url("**/interaction/**", timeout=PATIENCE)
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", "any")
    page.click("button[type=submit]")
    page.get_by_role("button", name="Continue").click()


def sign_in(page, login: str) -> None:
    page.goto("/web/login")
    page.get_by_text(BUTTON).click()
    sign_in_there(page, login)


def test_an_administrator_sets_it_up(provider):
    assert "D: Direct service staff" in provider.report


def test_from_the_button_to_the_log_out_there(provider, page, server):
    sign_in(page, "teacher")
    page.wait_for_url("**/odoo**", timeout=PATIENCE)
    [(user, scope)] = server.query(
        "SELECT u.id, u.gr_scope FROM gr_identity i"
        " JOIN res_users u ON u.id = i.user_id"
        " WHERE i.subject = 'teacher' AND i.oidc_provider_id = %s",
        provider.id,
    )
    assert scope == "district"
    roles = server.query(
        "SELECT d.name FROM res_groups_users_rel r JOIN ir_model_data d"
        " ON d.model = 'res.groups' AND d.res_id = r.gid"
        " WHERE r.uid = %s AND d.module = 'harvest_base'",
        user,
    )
    assert roles == [("group_harvest_direct_service",)]

    # They log out there: the session here is over, by a call from server to server.
    there = page.context.new_page()
    there.goto(f"{provider.issuer}/session/end")
    there.get_by_role("button", name="Yes").click()
    there.wait_for_load_state("networkidle")
    page.goto("/odoo")
    page.wait_for_url("**/web/login**", timeout=PATIENCE)


def test_who_has_no_role_reads_one_neutral_sentence(provider, page, server):
    sign_in(page, "pupil")
    page.wait_for_url("**/web/login?gr_sign_in=refused", timeout=PATIENCE)
    page.get_by_text(REFUSED).wait_for(timeout=PATIENCE)
    shoot(page, "oidc-refused")
    assert "no_role" not in page.content()
    assert not server.query("SELECT id FROM gr_identity WHERE subject = 'pupil'")
    # The reason is for the district's administrators: in the log, and when they test.
    [(detail, is_theirs)] = server.query(
        "SELECT e.detail, e.company_id = p.company_id FROM harvest_audit.event e"
        " JOIN gr_oidc_provider p ON p.id = ANY(e.res_ids)"
        " WHERE e.action = 'login_refused' AND e.model = 'gr.oidc.provider'"
    )
    assert json.loads(detail) == {"code": "no_role"}
    assert is_theirs


def test_an_administrator_sees_what_a_pupil_gets(provider, page, server, administrator):
    desk = Desk(page, server)
    desk.sit_down(administrator)
    desk.go(MENU)
    desk.open_row("Test district")
    desk.press("Test Again")
    sign_in_there(page, "pupil")
    desk.wait_for_state("In Use")
    assert "nobody like you gets in" in desk.field("test_report").inner_text()
