"""The front page: the count, the form, and who stands there already."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from blog.models import Post, with_teasers
from coalition.models import Member
from common.pagecache import cached_page
from pledges import cards, invitations, milestones, telling
from pledges.forms import PledgeForm
from pledges.models import Tally, Voice

VOICES = 3
COUNTRIES = 6
MEMBERS = 7


@cached_page()
@require_safe
def home(request):
    return render(request, "flexpledge/home.html", front_page(timezone.now()))


@cached_page(is_shared=False)
@require_safe
def join(request, code):
    """The front page as reached through a supporter's or a coalition member's link."""
    invitation = invitations.of(code)
    if invitation is None:
        raise Http404("nobody has this code")
    context = front_page(timezone.now(), via=code)
    context["card"] = cards.Card.of(invitation, context["total"])
    return render(request, "flexpledge/home.html", context)


def front_page(now, *, via=""):
    """What the home template shows; `via` is the code through which a visitor came."""
    total = Tally.objects.total()
    by_country = Tally.objects.by_country()
    members = Member.objects.listed()
    return {
        "form": PledgeForm(initial={"via": via}),
        "via": via,
        "total": total,
        "next_number": total + 1,
        "milestone": milestones.latest(),
        "voices": Voice.objects.listed()[:VOICES],
        "country_count": len(by_country),
        "country_rows": telling.standing(by_country, COUNTRIES),
        "members": members.featured_first()[:MEMBERS],
        "member_count": members.count(),
        "post": with_teasers(Post.objects.published(now)).newest_first().first(),
    }
