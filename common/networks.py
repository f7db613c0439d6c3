"""Internet addresses and networks, as text in CIDR notation."""

import ipaddress

# What may be kept of an address: it tells a flood from a crowd, and nobody's home.
KEPT_BITS = {4: 24, 6: 48}
_INSIDE = [
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
        "::1/128", "fc00::/7", "fe80::/10",
    )
]  # fmt: skip


def around(address, bits):
    """The network of an address, so many bits of it by version (4, 6); "" where it is none.

    >>> around("203.0.113.7", {4: 24, 6: 48})
    '203.0.113.0/24'
    >>> around("2001:db8:1:2::3", {4: 24, 6: 48})
    '2001:db8:1::/48'
    """
    try:
        parsed = ipaddress.ip_address(address)
        parsed = getattr(parsed, "ipv4_mapped", None) or parsed
        return str(ipaddress.ip_network((str(parsed), bits[parsed.version]), strict=False))
    except ValueError:
        return ""


def kept(address):
    """The part of a client's address that may be kept; "" for one that is not of the internet.

    Such a one is a proxy that we do not know of (TRUSTED_PROXY_COUNT): everybody seems to come from
    there.
    """
    network = around(address, KEPT_BITS)
    return "" if network and _is_inside(ipaddress.ip_network(network)) else network


def _is_inside(network):
    return any(network.overlaps(inside) for inside in _INSIDE)


def typed(text):
    """The network that somebody typed, no narrower than what is kept of addresses.

    Raises ValueError where it is none.

    >>> typed("203.0.113.7")
    IPv4Network('203.0.113.0/24')
    >>> typed("203.0.0.0/16")
    IPv4Network('203.0.0.0/16')
    """
    network = ipaddress.ip_network(text.strip(), strict=False)
    kept_bits = KEPT_BITS[network.version]
    return network.supernet(new_prefix=kept_bits) if network.prefixlen > kept_bits else network
