"""Which network an address belongs to."""

import pytest

from odoo.addons.harvest_auth.policy.networks import is_inside, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_network_of_an_address(address, network):
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.1.2.3", True),
        ("10.2.2.3", False),
        ("2001:db8::1", True),
        ("::ffff:10.1.2.3", True),
        ("nonsense", False),
    ],
)
def test_inside_named_networks(address, inside):
    assert is_inside(address, "10.1.0.0/16, 2001:db8::/48") is inside


def test_a_network_that_is_none_is_said():
    with pytest.raises(ValueError, match="300"):
        is_inside("10.1.2.3", "300.1.0.0/16")
