"""What is asked of a directory, and what its silence may mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.harvest_auth.directory.search import canonical_dn
from odoo.addons.harvest_auth.directory.settings import (
    login_filter,
    parse_servers,
    server_uri,
)
from odoo.addons.harvest_auth.directory.verdict import judge
from odoo.addons.harvest_auth.exceptions import IdentityRefused


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=128))
def test_no_login_changes_the_shape_of_a_filter(login):
    try:
        text = login_filter("(&(a=b)(uid={login}))", login)
    except IdentityRefused as error:
        assert error.code == "directory_login"
        return
    inside = text.removeprefix("(&(a=b)(uid=").removesuffix("))")
    assert not set(inside) & set("*()\x00")


def test_addresses_of_servers_are_read_strictly():
    assert server_uri("dc1.musd.test", "ldaps") == "ldaps://dc1.musd.test:636"
    assert server_uri("dc1.musd.test:3269", "ldaps") == "ldaps://dc1.musd.test:3269"
    assert server_uri("dc1.musd.test", "starttls") == "ldap://dc1.musd.test:389"
    for wrong in ("", "ldap://dc1", "dc1/x", "dc1 -x", "a@b", "dc1:99999999"):
        with pytest.raises(IdentityRefused):
            server_uri(wrong, "ldaps")
    with pytest.raises(IdentityRefused):
        server_uri("dc1", "clear")
    assert parse_servers("dc1, dc2\n\ndc3:636 ") == ("dc1", "dc2", "dc3:636")


def test_names_of_groups_have_one_spelling():
    assert canonical_dn("CN=Staff, OU=Groups,DC=x") == "cn=staff,ou=groups,dc=x"
    assert canonical_dn(r"CN=A\2CB,DC=x") == canonical_dn(r"cn=a\,b,dc=X")


def people(count):
    return {f"s{number}" for number in range(count)}


def test_who_is_gone_is_named():
    assert judge(people(100), people(95), 10).gone == people(100) - people(95)
    assert not judge(people(100), people(95), 10).problem


def test_an_empty_answer_ends_nobody():
    assert judge(people(100), set(), 100) == (frozenset(), "directory_empty")


def test_too_many_at_once_wait_for_a_person():
    assert judge(people(100), people(80), 10).problem == "directory_mass"
    assert not judge(people(100), people(90), 10).problem


def test_a_few_may_always_go():
    assert not judge(people(5), people(2), 10).problem
    assert judge(people(5), people(1), 10).problem


def test_strangers_in_the_directory_change_nothing():
    assert judge(people(3), people(50), 10) == (frozenset(), "")
    assert judge(set(), people(5), 10) == (frozenset(), "")
