import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.addresses import canonical, keyed_hash

LOCAL = st.text("abcXYZ019.+-_'", min_size=1, max_size=20)
DOMAIN = st.sampled_from(
    ["example.org", "Example.ORG", "gmail.com", "googlemail.com", "bücher.example", "mail.example"]
)


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("Robin@Example.org", "robin@example.org"),
        ("robin+news@example.org", "robin@example.org"),
        ("robin+a+b@example.org", "robin@example.org"),
        ("r.o.b.i.n@gmail.com", "robin@gmail.com"),
        ("robin@googlemail.com", "robin@gmail.com"),
        ("r.obin@example.org", "r.obin@example.org"),
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ana@XN--BCHER-KVA.example", "ana@xn--bcher-kva.example"),
        ("+tag@example.org", "+tag@example.org"),
    ],
)
def test_spellings_of_one_mailbox_compare_equal(typed, compared):
    assert canonical(typed) == compared


@given(LOCAL, DOMAIN)
def test_the_canonical_form_is_its_own_canonical_form(local, domain):
    once = canonical(f"{local}@{domain}")
    assert canonical(once) == once


@given(LOCAL, DOMAIN, LOCAL, DOMAIN)
def test_two_domains_are_never_joined(local, domain, other_local, other_domain):
    def home(name):
        name = name.lower().encode("idna").decode()
        return "gmail.com" if name == "googlemail.com" else name

    if canonical(f"{local}@{domain}") == canonical(f"{other_local}@{other_domain}"):
        assert home(domain) == home(other_domain)


def test_a_keyed_hash_needs_the_key(settings):
    with_one_key = keyed_hash("robin@example.org")
    settings.SECRET_KEY = "another"
    assert keyed_hash("robin@example.org") != with_one_key
