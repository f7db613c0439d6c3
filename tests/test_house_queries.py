"""How many queries the pages of visitors take, however many people, members and posts there are."""

import pytest
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.models import Author, Tag
from coalition.models import Member
from common import countries
from pledges import counting
from pledges.models import Milestone, Pledge, Voice
from tests.blog.factories import LAUNCH, add_image, add_quote, make_author, make_post, make_tag
from tests.coalition.cast import a_member
from tests.pledges.people import a_pledge

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 20
MOST = 12
ADDRESSES = [
    "/",
    "/join/{host.code}/",
    "/join/{member.code}/",
    "/join/{host.code}/qr.svg",
    "/join/{host.code}/card.png",
    "/pledge/",
    "/pledge/check-email/",
    "/pledge/link/",
    "/pledge/confirm/{confirm}/",
    "/pledge/mine/{mine}/",
    "/pledge/mine/{mine}/download/",
    "/pledge/mine/{mine}/poster/",
    "/supporters/",
    "/supporters/?country=CA&kind=remote",
    "/supporters/?q=robin",
    "/supporters/?q=reason",
    "/count/",
    "/count.json",
    "/count.txt",
    "/count/history.csv",
    "/count/milestones/feed/",
    "/badge.svg",
    "/embed/",
    "/embed/code/",
    "/coalition/",
    "/coalition/?view=list",
    "/coalition/?q=example",
    "/coalition/?kind=company&country=CA",
    "/coalition/members.csv",
    "/coalition/members.json",
    "/coalition/apply/",
    "/coalition/{member.slug}/",
    "/coalition/edit/{edit}/",
    "/blog/",
    "/blog/search/?q=words",
    "/blog/feed/",
    "/blog/feed/rss/",
    "/blog/tags/{tag.slug}/",
    "/blog/authors/{author.slug}/",
    "/blog/2013/",
    "/blog/2013/10/",
    "/blog/2013/10/first/",
    "/about/",
    "/sitemap.xml",
    "/robots.txt",
    "/.well-known/security.txt",
]


def add(numbers):
    """So many of everything that a page shows, of every country and kind in turn."""
    now = timezone.now()
    codes = sorted(countries.CODES)
    author = Author.objects.first() or make_author()
    tag = Tag.objects.first() or make_tag()
    host = Pledge.objects.order_by("pk").first()
    for number in numbers:
        pledge = a_pledge(
            f"robin-{number}@example.org",
            country=codes[number],
            flexibility=["remote"],
            shows_name=True,
            has_shown_voice=True,
            confirmed_at=now,
            referrer=host,
        )
        host = host or pledge
        Voice.objects.create(pledge=pledge, text="A reason.", status="approved", created_at=now)
        Milestone.objects.create(stop=number + 1, total=number + 1, reached_at=now)
        kind = ("company", "nonprofit", "academic", "leader")[number % 4]
        a_member(f"Example {number}", kind=kind, country=codes[number], featured_at=now)
        post = make_post(
            slug="first" if number == 0 else f"post-{number}",
            published_at=LAUNCH,
            text="<p>Words.</p>",
            tags=[tag, make_tag()],
            author=author,
        )
        add_image(post)
        add_quote(post, "Words.")
    counting.fold_all()


def asked():
    """Address → number of queries, now."""
    host = Pledge.objects.order_by("pk").first()
    member = Member.objects.order_by("pk").first()
    known = {
        "host": host,
        "member": member,
        "confirm": host.token("confirm"),
        "mine": host.token("mine"),
        "edit": member.token("edit"),
        "tag": Tag.objects.order_by("pk").first(),
        "author": Author.objects.order_by("pk").first(),
    }
    numbers = {}
    for address in ADDRESSES:
        with CaptureQueriesContext(connection) as queries:
            answer = Client().get(address.format(**known))
        assert answer.status_code == 200, address
        numbers[address] = len(queries)
    return numbers


@pytest.fixture(scope="module")
def numbers(django_db_setup, django_db_blocker, tmp_path_factory):
    """The queries of each address with few of everything, and with many."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=media), transaction.atomic():
        add(range(FEW))
        few = asked()
        add(range(FEW, MANY))
        many = asked()
        transaction.set_rollback(True)
    return few, many


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_asks_as_often_with_many_of_everything_as_with_few(numbers, address):
    few, many = numbers

    assert many[address] <= few[address]
    assert many[address] <= MOST
