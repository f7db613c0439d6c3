"""E-mail addresses: one canonical form for comparing, the typed form for sending."""

import hashlib
import hmac

from django.conf import settings

MAX_LENGTH = 254  # RFC 5321, with the brackets taken off
_GMAIL = "gmail.com"


def canonical(address):
    """The form in which two spellings of one mailbox are equal.

    Case never matters, `+tag` is ignored, dots before the @ are ignored at Gmail (whose two
    domains are one), and domains compare in their IDNA form. Never joins two other domains.

    >>> canonical("Robin.Example+news@GoogleMail.com")
    'robinexample@gmail.com'
    >>> canonical("ana@bücher.example")
    'ana@xn--bcher-kva.example'
    """
    local, _, domain = address.strip().rpartition("@")
    domain = canonical_domain(domain)
    local = local.lower()
    if not local.startswith('"'):
        local = local.partition("+")[0] or local
        if domain == _GMAIL:
            local = local.replace(".", "") or local
    return f"{local}@{domain}"


def canonical_domain(domain):
    """
    >>> canonical_domain("Bücher.example."), canonical_domain("googlemail.com")
    ('xn--bcher-kva.example', 'gmail.com')
    """
    domain = _idna(domain.lower().rstrip("."))
    return _GMAIL if domain == "googlemail.com" else domain


def masked(address):
    """Tells colleagues which address is meant, without telling it.

    >>> masked("robin@example.org"), masked("")
    ('r…@example.org', '')
    """
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}" if at else ""


def keyed_hash(canonical_address):
    """32 bytes that recognise an address without holding it. Useless without SECRET_KEY."""
    return hmac.digest(
        b"address" + settings.SECRET_KEY.encode(), canonical_address.encode(), hashlib.sha256
    )


def _idna(domain):
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
