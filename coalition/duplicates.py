"""Who might be the same as an applicant: hints for people, who decide."""

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q

from coalition.domains import SHARED_SITES, spellings
from coalition.models import Member, Status

ALIKE = 0.5  # similarity of names, by trigram
SHOWN = 5


def of(member):
    """Others with the same domain or a similar name, the likest first; nobody unconfirmed.

    Each carries `has_same_domain`.
    """
    same_domain = Q(pk=None)
    domains = spellings(member.domain)
    if not domains & SHARED_SITES:
        same_domain = Q(domain__in=domains)
    others = list(
        Member.objects.exclude(pk=member.pk)
        .exclude(status=Status.PENDING, contact_confirmed_at=None)
        .filter(same_domain | Q(folded_name__trigram_similar=member.folded_name))
        .annotate(likeness=TrigramSimilarity("folded_name", member.folded_name))
        .filter(same_domain | Q(likeness__gte=ALIKE))
        .order_by("-likeness", "-created_at", "pk")[:SHOWN]
    )
    for other in others:
        other.has_same_domain = other.domain in domains and bool(same_domain)
    return others


def public(member, *, now):
    """Those of them that everybody may know of: what an applicant is told."""
    others = of(member)
    shown = Member.objects.with_page(now).filter(pk__in=[other.pk for other in others])
    public_keys = set(shown.values_list("pk", flat=True)) if others else set()
    return [other for other in others if other.pk in public_keys]
