"""The network that an address belongs to."""

from ipaddress import ip_address, ip_network

PREFIXES = {4: 24, 6: 64}  # bits that a household or a school has in common


def network_of(address: str) -> str:
    """Return the /24 or /64 of an address, ``unknown`` for what is none.

    An IPv4 address in IPv6's clothes (``::ffff:192.0.2.1``) is an IPv4 address.
    """
    try:
        ip = ip_address(address.strip())
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ip_network(f"{ip}/{PREFIXES[ip.version]}", strict=False))


def is_inside(address: str, networks: str) -> bool:
    """Tell whether an address is in one of the networks, separated by spaces.

    :raise ValueError: one of them is no network
    """
    allowed = parse_networks(networks)
    try:
        ip = ip_address(address.strip())
    except ValueError:
        return False
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return any(ip.version == net.version and ip in net for net in allowed)


def parse_networks(networks: str) -> list:
    """Return the networks of a text such as ``10.1.0.0/16 2001:db8::/48``.

    :raise ValueError: one of them is no network
    """
    return [ip_network(one) for one in networks.replace(",", " ").split()]
