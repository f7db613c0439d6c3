"""What every page a visitor can reach has in common."""

import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.urls import get_resolver
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from coalition.models import Member, Revision
from pledges.models import Pledge
from tests.browser.conftest import assert_accessible, assert_no_horizontal_scroll
from tests.vnu import html_problems

pytestmark = pytest.mark.django_db

POST = "/blog/2013/10/a-million-people-one-balancing-act/"
PAGES = [
    "/",
    "/join/{supporter.code}/",
    "/pledge/",
    "/pledge/check-email/",
    "/pledge/check-email/?again",
    "/pledge/link/",
    "/pledge/link/?sent",
    "/pledge/confirm/{newcomer_confirm}/",
    "/pledge/confirm/{supporter_confirm}/",
    "/pledge/confirm/broken/",
    "/pledge/mine/{supporter_mine}/",
    "/pledge/mine/{supporter_mine}/?saved",
    "/pledge/mine/{supporter_mine}/poster/",
    "/pledge/mine/{supporter_mine}/withdraw/",
    "/pledge/mine/{supporter_mine}/erase/",
    "/pledge/not-me/{newcomer_not_me}/",
    "/unsubscribe/{supporter_unsubscribe}/",
    "/pledge/done/withdrawn/",
    "/pledge/done/erased/",
    "/pledge/done/not-me/",
    "/pledge/done/unsubscribed/",
    "/supporters/",
    "/supporters/?country=CA&kind=remote",
    "/count/",
    "/embed/",
    "/embed/?via={supporter.code}",
    "/embed/check-email/",
    "/embed/code/",
    "/embed/code/?via={supporter.code}&theme=dark&size=large&show=text",
    "/coalition/",
    "/coalition/?kind=company",
    "/coalition/?q=nobody+is+called+this",
    "/coalition/{member.slug}/",
    "/coalition/apply/",
    "/coalition/apply/received/",
    "/coalition/apply/confirmed/",
    "/coalition/?view=list",
    "/coalition/{former.slug}/",
    "/coalition/link/",
    "/coalition/edit/{member_edit}/",
    "/coalition/edit/{leaving_edit}/",
    "/coalition/contact/{leaving_contact}/",
    "/coalition/contact/broken/",
    "/coalition/reaffirm/{member_reaffirm}/",
    "/coalition/stop/{member_stop}/",
    "/coalition/answer/{asked_answer}/",
    "/coalition/confirm/{unconfirmed_confirm}/",
    "/coalition/confirm/broken/",
    "/blog/",
    POST,
    "/blog/2013/",
    "/blog/2013/10/",
    "/blog/tags/launch/",
    "/blog/authors/founder/",
    "/blog/search/",
    "/blog/search/?q=balance",
    "/about/",
    "/faq/",
    "/privacy/",
    "/accessibility/",
    "/nowhere/",
]
ANSWERS = {
    "/nowhere/": 404,
    "/pledge/confirm/broken/": 404,
    "/coalition/confirm/broken/": 404,
    "/coalition/contact/broken/": 404,
}
# Addresses without a page to look at: data, feeds, forms that only take a POST, staff's own.
NOT_PAGES = re.compile(
    r"/(healthz|readyz|metrics|robots\.txt|sitemap\.xml|\.well-known/.*|count\.(json|txt)"
    r"|count/(milestones/feed/|history\.csv)|badge\.svg|oembed|pledge/(resend|code)/|coalition/members\.(csv|json)|blog/feed/.*|media/.*|dev/.*|admin/.*|__.*)"
)


@pytest.fixture(scope="module")
def seeded_site(django_db_setup, django_db_blocker, tmp_path_factory):
    """The running site with the content of `seed`, for all tests here: they only read."""
    var = tmp_path_factory.mktemp("var")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=var / "media", VAR_DIR=var, ALLOWED_HOSTS=["*"]),
    ):
        before = connection.creation.serialize_db_to_string()
        call_command("seed", verbosity=0)
        server = LiveServer("localhost")
        yield server
        server.stop()
        call_command(
            "flush",
            interactive=False,
            inhibit_post_migrate=True,
            reset_sequences=False,
            verbosity=0,
        )
        connection.creation.deserialize_db_from_string(before)


@pytest.fixture(autouse=True)
def media_of_this_test():
    """The pictures are those of `seeded_site`."""


@pytest.fixture(scope="module")
def addresses(seeded_site):
    """Each line of PAGES, with the codes and tokens of people and members in their place."""
    supporter = Pledge.objects.standing().filter(voice__isnull=False).order_by("pk").first()
    member = Member.objects.listed().order_by("pk").first()
    newcomer = Pledge.objects.unconfirmed().order_by("pk").first()
    leaving = Revision.objects.unproven().first()
    known = {
        "supporter": supporter,
        "member": member,
        "former": Member.objects.former(timezone.now()).first(),
        "leaving_edit": leaving.member.token("edit"),
        "leaving_contact": leaving.token("contact"),
        "member_edit": member.token("edit"),
        "member_reaffirm": member.token("reaffirm"),
        "member_stop": member.token("stop"),
        "asked_answer": Member.objects.awaiting_answer().first().token("answer"),
        "unconfirmed_confirm": Member.objects.unconfirmed().first().token("confirm"),
        "supporter_mine": supporter.token("mine"),
        "supporter_unsubscribe": supporter.token("unsubscribe"),
        "supporter_confirm": supporter.token("confirm"),
        "newcomer_confirm": newcomer.token("confirm"),
        "newcomer_not_me": newcomer.token("not-me"),
    }
    return {page: page.format(**known) for page in PAGES}


@pytest.fixture(scope="module")
def answers(addresses):
    """What the site answers to each line of PAGES."""
    return {page: Client().get(address) for page, address in addresses.items()}


def test_every_page_of_the_site_is_looked_at_here():
    def without_parameters(patterns, prefix="/"):
        for pattern in patterns:
            if not pattern.pattern.regex.groups:
                address = prefix + str(pattern.pattern)
                if hasattr(pattern, "url_patterns"):
                    yield from without_parameters(pattern.url_patterns, address)
                else:
                    yield address

    found = set(without_parameters(get_resolver().url_patterns))
    assert "/" in found
    assert {one for one in found if not NOT_PAGES.fullmatch(one)} - set(PAGES) == set()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_answers_without_a_cookie_and_with_a_strict_policy(answers, page):
    answer = answers[page]

    assert answer.status_code == ANSWERS.get(page, 200)
    assert not answer.cookies
    policy = answer["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_twelve_queries_at_most(
    addresses, page, django_assert_max_num_queries, client
):
    with django_assert_max_num_queries(12):
        client.get(addresses[page])


def test_every_page_is_valid_html(answers, tmp_path):
    pages = {page: answer.content.decode() for page, answer in answers.items()}

    assert html_problems(pages, tmp_path) == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_accessible_in_light_and_dark_and_fits_a_small_telephone(
    seeded_site, addresses, page, open_page
):
    """Whatever the browser holds against the page, policy violations first, fails as well."""
    window = open_page(width=1280)
    window.goto(seeded_site.url + addresses[page])
    for width in (1280, 390):
        window.set_viewport_size({"width": width, "height": 900})
        for color_scheme in ("light", "dark"):
            window.emulate_media(color_scheme=color_scheme)
            assert_accessible(window)
    window.set_viewport_size({"width": 320, "height": 900})
    assert_no_horizontal_scroll(window)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_javascript_fits_a_small_telephone(seeded_site, addresses, page, open_page):
    window = open_page(width=320, javascript=False)
    window.goto(seeded_site.url + addresses[page])

    assert_no_horizontal_scroll(window)
