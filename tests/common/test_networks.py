import pytest

from common import networks


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        ("unknown", ""),
        ("203.0.113.77:4711", ""),
    ],
)
def test_of_an_address_the_network_is_kept(address, kept):
    assert networks.kept(address) == kept


@pytest.mark.parametrize(
    "proxy", ["127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.1.9", "::1", "fd00::1"]
)
def test_a_proxy_that_we_do_not_know_of_says_nothing_about_a_client(proxy):
    assert networks.kept(proxy) == ""


@pytest.mark.parametrize(
    ("typed", "network"),
    [
        ("203.0.113.0/24", "203.0.113.0/24"),
        (" 203.0.113.9/16 ", "203.0.0.0/16"),
        ("203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("2001:db8::/32", "2001:db8::/32"),
    ],
)
def test_a_typed_network_is_no_narrower_than_what_is_kept(typed, network):
    assert str(networks.typed(typed)) == network


@pytest.mark.parametrize("typed", ["", "somewhere", "203.0.113.0/33", "203.0.113", "::/129"])
def test_what_is_no_network_is_an_error(typed):
    with pytest.raises(ValueError, match="."):
        networks.typed(typed)
