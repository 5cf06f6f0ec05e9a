"""Sign-in against real directories: OpenLDAP's server and Samba's Active Directory.

Both run unprivileged, on loopback, in a folder of the test. ``./harvest peers``
installs them; where they are not, these tests say so.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from peers import active_directory as ad
from peers import slapd as openldap

from odoo.addons.harvest_auth.directory.search import (
    active_subjects,
    look_up,
    sign_in,
)
from odoo.addons.harvest_auth.directory.settings import Settings
from odoo.addons.harvest_auth.exceptions import IdentityRefused

ATTRIBUTES = ("mail", "displayName", "cn", "department", "departmentNumber")
INJECTIONS = ("*", "te*", "*)(uid=*", "teacher)(|(uid=*", "\\2a", "teacher\x00", "")


@pytest.fixture(scope="module")
def slapd(tmp_path_factory):
    if why := openldap.missing():
        pytest.skip(why)
    with openldap.slapd(tmp_path_factory.mktemp("slapd")) as served:
        yield served


@pytest.fixture(scope="module")
def samba(tmp_path_factory):
    if why := ad.missing():
        pytest.skip(why)
    with ad.active_directory(tmp_path_factory.mktemp("samba")) as served:
        yield served


def of_slapd(served, security="ldaps", **changes) -> Settings:
    port = served.ldaps_port if security == "ldaps" else served.ldap_port
    settings = Settings(
        servers=(f"{openldap.HOST}:{port}",),
        security=security,
        base=openldap.BASE,
        user_filter="(&(objectClass=inetOrgPerson)(uid={login}))",
        all_filter="(objectClass=inetOrgPerson)",
        disabled_filter="(description=off)",
        subject_attribute="entryUUID",
        subject_kind="text",
        group_mode="walk",
        bind_dn=openldap.SERVICE_DN,
        bind_password=openldap.SERVICE_PASSWORD,
        ca_pem=served.ca_pem,
        attributes=ATTRIBUTES,
        claim_names={"mail": "email", "cn": "name"},
        timeout=3,
        page_size=2,
    )
    return replace(settings, **changes)


def of_samba(served, security="ldaps", **changes) -> Settings:
    port = served.ldaps_port if security == "ldaps" else served.ldap_port
    people = "(objectCategory=person)(objectClass=user)"
    settings = Settings(
        servers=(f"{ad.HOST}:{port}",),
        security=security,
        base=ad.BASE,
        user_filter=(
            f"(&{people}(|(sAMAccountName={{login}})(userPrincipalName={{login}})))"
        ),
        all_filter=f"(&{people})",
        disabled_filter="(userAccountControl:1.2.840.113556.1.4.803:=2)",
        subject_attribute="objectGUID",
        subject_kind="guid",
        group_mode="chain",
        bind_dn=ad.SERVICE_LOGIN,
        bind_password=ad.SERVICE_PASSWORD,
        ca_pem=served.ca_pem,
        attributes=ATTRIBUTES,
        claim_names={"mail": "email", "displayName": "name"},
        page_size=3,
    )
    return replace(settings, **changes)


@pytest.fixture(params=["slapd", "samba"])
def directory(request):
    """Each kind in turn: its settings, its people's password, the running server."""
    served = request.getfixturevalue(request.param)
    if request.param == "slapd":
        return of_slapd(served), openldap.PASSWORD, served
    return of_samba(served), ad.PASSWORD, served


def refused(settings, login, password) -> str:
    with pytest.raises(IdentityRefused) as caught:
        sign_in(settings, login, password)
    return caught.value.code


def test_the_right_password_gets_the_account(directory):
    settings, password, _served = directory
    account = sign_in(settings, "teacher", password)
    assert account.claims["email"] == ["teacher@musd.test"]
    assert len(account.subject) == len("01234567-89ab-cdef-0123-456789abcdef")
    assert sign_in(settings, "TEACHER", password).subject == account.subject


def test_groups_of_groups_count(directory):
    settings, password, _served = directory
    names = {
        name.partition(",")[0].partition("=")[2]
        for name in sign_in(settings, "teacher", password).claims["groups"]
    }
    assert {"staff"} <= names
    assert {"everyone", "everyone here"} & names
    assert {"after-school", "after school"} & names
    assert not {"leads", "site leads"} & names


def test_the_primary_group_counts_though_no_member_names_it(samba):
    account = sign_in(of_samba(samba), "teacher", ad.PASSWORD)
    assert f"cn=domain users,{ad.PEOPLE}".lower() in account.claims["groups"]


def test_a_wrong_or_empty_password_is_refused(directory):
    settings, password, _served = directory
    for wrong in ("wrong", "", " ", "\x00", f"{password}\x00", password.upper()):
        assert refused(settings, "teacher", wrong) == "directory_password"


@pytest.mark.parametrize("login", INJECTIONS)
def test_a_login_is_never_filter(directory, login):
    settings, password, _served = directory
    assert refused(settings, login, password) in (
        "directory_no_account",
        "directory_login",
    )


def test_an_account_that_is_switched_off_is_refused(directory):
    settings, password, _served = directory
    assert refused(settings, "former", password) == "directory_disabled"
    assert look_up(settings, "former").is_disabled


def test_what_is_switched_off_or_gone_is_not_active(directory):
    settings, password, served = directory
    teacher = sign_in(settings, "teacher", password).subject
    former = look_up(settings, "former").subject
    assert teacher in active_subjects(settings)
    assert former not in active_subjects(settings)
    served.switch("teacher", on=False)
    try:
        assert teacher not in active_subjects(settings)
        assert refused(settings, "teacher", password) == "directory_disabled"
    finally:
        served.switch("teacher", on=True)


def test_all_pages_are_read(directory):
    settings, _password, _served = directory
    assert active_subjects(settings) == active_subjects(
        replace(settings, page_size=1000)
    )
    assert len(active_subjects(settings)) > settings.page_size


def test_a_new_name_is_the_same_account(samba):
    settings = of_samba(samba)
    before = sign_in(settings, "coordinator", ad.PASSWORD).subject
    samba.rename("coordinator", "married")
    try:
        assert sign_in(settings, "married", ad.PASSWORD).subject == before
    finally:
        samba.rename("coordinator", "coordinator")


def test_an_expired_password_is_told_apart(samba):
    samba.expire_password("nobody", expired=True)
    try:
        code = refused(of_samba(samba), "nobody", ad.PASSWORD)
    finally:
        samba.expire_password("nobody", expired=False)
    assert code == "directory_password_expired"


def test_a_name_that_two_accounts_have_is_refused(slapd):
    settings = of_slapd(slapd, user_filter="(|(uid={login})(uid=nobody))")
    assert refused(settings, "teacher", openldap.PASSWORD) == "directory_ambiguous"


# TLS


def test_starttls_works_with_the_right_authority(slapd, samba):
    assert sign_in(of_slapd(slapd, "starttls"), "teacher", openldap.PASSWORD)
    assert sign_in(of_samba(samba, "starttls"), "teacher", ad.PASSWORD)


@pytest.mark.parametrize("security", ["ldaps", "starttls"])
def test_an_unknown_authority_fails_closed(directory, security, tmp_path, monkeypatch):
    # What the machine would allow does not count.
    monkeypatch.setenv("LDAPTLS_REQCERT", "never")
    settings, password, served = directory
    port = served.ldaps_port if security == "ldaps" else served.ldap_port
    other = replace(
        settings,
        servers=(f"{openldap.HOST}:{port}",),
        security=security,
        ca_pem=openldap.Authority("Another").pem,
    )
    assert refused(other, "teacher", password) == "directory_tls"
    public = replace(other, ca_pem="")
    assert refused(public, "teacher", password) == "directory_tls"


@pytest.mark.parametrize("security", ["ldaps", "starttls"])
def test_a_certificate_of_another_name_fails_closed(slapd, tmp_path, security):
    with openldap.slapd(tmp_path, "dc9.musd.test") as served:
        settings = of_slapd(served, security)
        assert refused(settings, "teacher", openldap.PASSWORD) == "directory_tls"


def test_nothing_is_said_before_tls(slapd):
    """A server that speaks no TLS hears neither name nor password."""
    settings = of_slapd(slapd, servers=(f"{openldap.HOST}:{slapd.ldap_port}",))
    code = refused(settings, "teacher", openldap.PASSWORD)
    assert code in ("directory_tls", "directory_unreachable")


# SEVERAL SERVERS


def test_the_next_server_is_asked_when_one_is_down(directory):
    settings, password, _served = directory
    dead = f"{openldap.HOST}:1"
    both = replace(settings, servers=(dead, *settings.servers))
    assert sign_in(both, "teacher", password)


def test_when_none_answers_that_is_said(directory):
    settings, password, _served = directory
    none = replace(settings, servers=(f"{openldap.HOST}:1", f"{openldap.HOST}:2"))
    assert refused(none, "teacher", password) == "directory_unreachable"
    with pytest.raises(IdentityRefused):
        active_subjects(none)


def test_a_service_account_that_is_refused_is_told_apart(directory):
    settings, password, _served = directory
    wrong = replace(settings, bind_password="wrong")
    assert refused(wrong, "teacher", password) == "directory_bind"
