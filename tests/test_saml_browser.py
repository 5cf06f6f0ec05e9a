"""SAML by the guide, against SimpleSAMLphp in a browser: set up, sign in, log out."""

from __future__ import annotations

import pytest
import requests
from peers import simplesamlphp as ssp
from training_desk import Desk, shoot
from training_ground import Office

MENU = "Configuration/Identity/SAML Sign-in"
SET_UP_SECONDS = 600  # the goal: an administrator is done within ten minutes
PATIENCE = 30_000  # ms until another system has answered
REFUSED = "You could not be signed in"


@pytest.fixture(scope="module")
def district(tmp_path_factory):
    if why := ssp.missing():
        pytest.skip(why)
    with ssp.simplesamlphp(tmp_path_factory.mktemp("ssp")) as served:
        yield served


class SetUp(Desk):
    """An administrator who follows the guide; each action of the hand is counted."""

    steps = 0

    def press(self, label: str) -> None:
        self.steps += 1
        super().press(label)

    def fill(self, **texts: str) -> None:
        self.steps += len(texts)
        super().fill(**texts)

    def map_role(self, claim: str, value: str, role: str, site: str) -> None:
        self.steps += 4
        self.add_line("mapping_ids")
        row = self.field("mapping_ids").locator(".o_selected_row")
        row.locator("[name='claim'] input").fill(claim)
        row.locator("[name='value'] input").fill(value)
        for name, text in (("role_id", role), ("site_ids", site)):
            row.locator(f"[name='{name}'] input").fill(text)
            self.page.locator(".o-autocomplete--dropdown-item").filter(
                has_text=text
            ).first.click()
        self.calm()


def log_in_there(page, login: str) -> None:
    """Fill in the form of the district's system."""
    page.locator("input[name=username]").fill(login)
    page.locator("input[name=password]").fill(ssp.PASSWORD)
    page.locator("input[name=password]").press("Enter")


def sign_in(page, login: str) -> None:
    page.goto("/web/login")
    page.locator(".o_login_auth a").first.click()
    log_in_there(page, login)


@pytest.fixture(scope="module")
def administrator(server) -> str:
    return next(row[0] for row in server.logins if "settings" in row[3])


@pytest.fixture(scope="module")
def site(server, administrator) -> tuple[int, str]:
    [found] = server.query(
        "SELECT s.id, s.name FROM gr_site s JOIN res_users u"
        " ON u.company_id = s.company_id WHERE u.login = %s AND s.active"
        " ORDER BY s.id LIMIT 1",
        administrator,
    )
    return found


@pytest.fixture(scope="module")
def provider(chromium, server, district, administrator, site):
    """The provider as the administrator leaves it: tested and enabled."""
    Office(server).call(
        "ir.config_parameter", "set_param", "harvest_auth.trusted_hosts", "127.0.0.1"
    )
    context = chromium.new_context(base_url=server.url)
    desk = SetUp(context.new_page(), server)
    desk.sit_down(administrator)
    desk.go(MENU)
    shoot(desk.page, "saml-empty")
    desk.new()
    desk.fill(name="District sign-in")
    desk.select("profile", "SimpleSAMLphp")
    desk.fill(metadata_url=district.metadata_url)
    desk.tick("jit_enabled")
    desk.map_role("groups", "after-school", "D: Direct service staff", site[1])
    desk.save()
    desk.press("Read Metadata")
    desk.field("certificate_summary").wait_for()
    shoot(desk.page, "saml-metadata")
    ours = desk.field("sp_entity_id").inner_text().strip()
    district.trust(requests.get(ours, timeout=10).content)
    desk.press("Test Sign-in")
    log_in_there(desk.page, "teacher")
    desk.wait_for_state("Tested")
    report = desk.field("test_report").inner_text()
    shoot(desk.page, "saml-tested")
    desk.press("Enable")
    desk.wait_for_state("In Use")
    shoot(desk.page, "saml-enabled")
    context.close()
    return desk.steps, report


def test_an_administrator_sets_it_up_by_the_guide(provider):
    steps, report = provider
    assert steps <= 12
    assert "D: Direct service staff" in report
    assert "Signed by the key that you trust" in report


def test_a_teacher_gets_exactly_the_mapped_role_and_sites(provider, page, server, site):
    page.goto("/web/login")
    shoot(page, "saml-login")
    sign_in(page, "teacher")
    page.wait_for_url("**/odoo**", timeout=PATIENCE)
    [(user,)] = server.query(
        "SELECT user_id FROM gr_identity WHERE subject = 'a7f3-teacher'"
    )
    roles = server.query(
        "SELECT d.name FROM res_groups_users_rel r JOIN res_groups g ON g.id = r.gid"
        " JOIN ir_model_data d ON d.model = 'res.groups' AND d.res_id = g.id"
        " WHERE r.uid = %s AND d.module = 'harvest_base'",
        user,
    )
    assert roles == [("group_harvest_direct_service",)]
    sites = server.query(
        "SELECT site_id FROM gr_site_res_users_rel WHERE user_id = %s", user
    )
    assert sites == [(site[0],)]
    assert server.query("SELECT gr_scope FROM res_users WHERE id = %s", user) == [
        ("site",)
    ]


def test_who_has_no_mapped_claim_reads_one_sentence(provider, page, server):
    sign_in(page, "pupil")
    page.wait_for_url("**/web/login**", timeout=PATIENCE)
    page.get_by_text(REFUSED).wait_for(timeout=PATIENCE)
    shoot(page, "saml-refused")
    assert not server.query("SELECT id FROM gr_identity WHERE subject LIKE '%%pupil'")


def test_logging_out_ends_both(provider, page):
    sign_in(page, "teacher")
    page.wait_for_url("**/odoo**", timeout=PATIENCE)
    page.goto("/web/session/logout")
    page.wait_for_url("**/web/login**", timeout=PATIENCE)
    page.goto("/odoo")
    page.wait_for_url("**/web/login**", timeout=PATIENCE)
    page.locator(".o_login_auth a").first.click()
    page.locator("input[name=password]").wait_for(timeout=PATIENCE)
