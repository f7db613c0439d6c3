"""How staff find a pledge among millions: by what an index answers, and nothing else."""

import re

from django.db.models import Q, Value

from coalition.search import Fold
from common import addresses
from pledges.models import MailDomain

_NUMBER = re.compile(r"#?(\d{1,9})")
_DOMAIN = re.compile(r"@?([^\s@]+\.[^\s@.]+)")


def find(pledges, words):
    """By supporter number, whole address, domain, the code of a link, or how a name begins."""
    words = words.strip()
    if number := _NUMBER.fullmatch(words):
        return pledges.filter(number=int(number[1]))
    if domain := _DOMAIN.fullmatch(words):
        at_domain = pledges.alias(domain=MailDomain("email_canonical"))
        return at_domain.filter(domain=addresses.canonical_domain(domain[1]))
    if "@" in words:
        return pledges.filter(_has_address(addresses.canonical(words)))
    named = pledges.alias(folded=Fold("name"))
    return named.filter(Q(folded__startswith=Fold(Value(words))) | Q(code=words))


def _has_address(canonical):
    """In two halves, because there is an index for each."""
    same = Q(email_canonical=canonical)
    return (same & Q(withdrawn_at=None)) | (same & Q(withdrawn_at__isnull=False))
