"""What readers see is decided once, by status and time, for every way to read."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from blog.models import Post
from tests.blog.factories import LAUNCH, add_text, make_post, make_tag

pytestmark = pytest.mark.django_db

TITLE = "Zeppelin timetable"


def places(post):
    """Every address at which a published post shows its title."""
    when = post.published_at or LAUNCH
    return [
        reverse("blog:index"),
        reverse("blog:feed"),
        reverse("blog:feed-rss"),
        reverse("blog:search") + "?q=zeppelin",
        reverse("blog:tag", args=[post.tags.get().slug]),
        reverse("blog:author", args=[post.author.slug]),
        reverse("blog:year", args=[when.year]),
        reverse("blog:month", args=[when.year, when.month]),
    ]


def where_found(client, post):
    found = {path for path in places(post) if TITLE in client.get(path).text}
    if f"/{post.slug}/" in client.get("/sitemap.xml").text:
        found.add("/sitemap.xml")
    return found


@pytest.fixture
def post():
    make_post(title="Another post of that month")
    return make_post(title=TITLE, tags=[make_tag()], text="<p>Airships leave on time.</p>")


def change(post, **fields):
    Post.objects.filter(pk=post.pk).update(**fields)
    post.refresh_from_db(fields=list(fields))


def test_a_published_post_is_everywhere(client, post):
    response = client.get(post.get_absolute_url())
    assert response.status_code == 200
    assert "Airships leave on time." in response.text
    assert where_found(client, post) == {*places(post), "/sitemap.xml"}


def test_a_draft_is_nowhere(client, post):
    change(post, status=Post.Status.DRAFT)
    assert client.get(post.get_absolute_url()).status_code == 404
    assert where_found(client, post) == set()


def test_a_withdrawn_post_is_gone_and_says_so(client, post):
    change(post, status=Post.Status.WITHDRAWN)
    response = client.get(post.get_absolute_url())
    assert response.status_code == 410
    assert TITLE not in response.text
    assert "withdrawn" in response.text
    assert where_found(client, post) == set()


def test_a_scheduled_post_goes_live_at_its_time_by_itself(client, post):
    moment = LAUNCH + timedelta(days=100)
    change(post, published_at=moment)
    with time_machine.travel(moment - timedelta(seconds=1), tick=False):
        assert client.get(post.get_absolute_url()).status_code == 404
        assert where_found(client, post) == set()
    with time_machine.travel(moment, tick=False):
        assert client.get(post.get_absolute_url()).status_code == 200
        assert where_found(client, post) == {*places(post), "/sitemap.xml"}


def test_a_scheduled_post_that_is_withdrawn_before_its_time_answers_410_at_most(client, post):
    change(post, published_at=LAUNCH + timedelta(days=36500), status=Post.Status.WITHDRAWN)
    assert client.get(post.get_absolute_url()).status_code in (404, 410)
    assert where_found(client, post) == set()


def test_a_post_has_one_address(client, post):
    assert client.get(f"/blog/2013/11/{post.slug}/").status_code == 404
    assert client.get(f"/blog/2012/10/{post.slug}/").status_code == 404
    assert client.get("/blog/2013/10/no-such-post/").status_code == 404


def test_a_slug_is_taken_once():
    make_post(slug="taken")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_post(slug="taken")


@pytest.mark.parametrize("status", [Post.Status.PUBLISHED, Post.Status.WITHDRAWN])
def test_only_a_draft_may_lack_a_time(status):
    assert make_post(status=Post.Status.DRAFT, published_at=None).pk
    with pytest.raises(IntegrityError), transaction.atomic():
        make_post(status=status, published_at=None)


def test_no_other_status_can_be_stored():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_post(status="hidden")


def test_topics_and_months_of_unpublished_posts_are_not_offered(client, post):
    hidden = make_tag(name="Secret topic")
    make_post(status=Post.Status.DRAFT, tags=[hidden], published_at=LAUNCH + timedelta(days=40))
    page = client.get(reverse("blog:index")).text
    assert "Secret topic" not in page
    assert "/blog/2013/11/" not in page
    assert "/blog/2013/10/" in page


def test_the_words_of_a_post_follow_its_blocks():
    post = make_post(text="<h2>One</h2><p><strong>two</strong> &amp; thr<em>ee</em></p>")
    assert post.body_text == "One two & three"
    block = add_text(post, "<p>four</p>", ordering=20)
    assert Post.objects.get(pk=post.pk).body_text == "One two & three four"
    block.delete()
    assert Post.objects.get(pk=post.pk).body_text == "One two & three"
