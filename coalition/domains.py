"""Whether the contact's mail comes from the website's own domain. Nothing is looked up."""

from contextlib import suppress
from urllib.parse import urlsplit

from django.db import models
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

# Anybody can have an address there, so it proves nothing.
PUBLIC_MAIL = frozenset(
    """
    126.com 163.com aol.com att.net bk.ru bluewin.ch btinternet.com comcast.net cox.net daum.net
    duck.com email.com fastmail.com fastmail.fm free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com
    gmx.de gmx.net googlemail.com hanmail.net hey.com hotmail.co.uk hotmail.com hotmail.de
    hotmail.es hotmail.fr hotmail.it hushmail.com icloud.com inbox.ru interia.pl laposte.net
    libero.it list.ru live.co.uk live.com live.fr live.nl mac.com mail.com mail.de mail.ru
    mailbox.org me.com msn.com naver.com o2.pl onet.pl orange.fr outlook.com outlook.de outlook.fr
    pm.me posteo.de proton.me protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com
    sbcglobal.net seznam.cz sfr.fr sina.com sky.com t-online.de telus.net tutanota.com tuta.com
    uol.com.br verizon.net virgilio.it wanadoo.fr web.de wp.pl yahoo.ca yahoo.co.in yahoo.co.jp
    yahoo.co.uk yahoo.com yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru
    yeah.net ymail.com zoho.com
    """.split()
)
# Pages of many organisations; the same domain says nothing about them.
SHARED_SITES = frozenset(
    """
    bsky.app facebook.com github.com github.io instagram.com linkedin.com linktr.ee medium.com
    notion.site sites.google.com tiktok.com twitter.com wixsite.com wordpress.com x.com youtube.com
    """.split()
)


class DomainProof(models.TextChoices):
    SAME = "same", _("The contact's mail is at the website's domain.")
    PUBLIC = "public", _("The contact's mail is at a public provider: no proof.")
    OTHER = "other", _("The contact's mail is at another domain than the website: no proof.")


def proof(website, address):
    """Compares the domains in ASCII; who holds a domain also holds what is below it.

    >>> proof("https://careers.example.org/", "pat@example.org").name
    'SAME'
    """
    site = _in_ascii(urlsplit(website).hostname).removeprefix("www.")
    mail = _in_ascii(address.rpartition("@")[2].rstrip("."))
    if mail in PUBLIC_MAIL:
        return DomainProof.PUBLIC
    if site in SHARED_SITES:
        return DomainProof.OTHER
    if site == mail or site.endswith(f".{mail}") and "." in mail:
        return DomainProof.SAME
    return DomainProof.OTHER


def spellings(domain):
    """A domain as typed, in ASCII and in its own letters."""
    found = {domain, _in_ascii(domain)}
    with suppress(UnicodeError):  # in its own letters already, or no name that IDNA knows
        found.add(domain.encode("ascii").decode("idna"))
    return found


def _in_ascii(domain):
    try:
        return punycode(domain).lower()
    except UnicodeError:
        return domain.lower()
