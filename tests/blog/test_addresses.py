"""An address once given to readers leads to the post for ever, whoever changes what."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from blog.models import Post
from tests.blog.factories import LAUNCH, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def post():
    return make_post(slug="first-name")


def follow(client, path):
    response = client.get(path)
    return response.status_code, response.headers.get("Location")


def test_every_former_slug_leads_straight_to_the_post(client, post):
    old = post.get_absolute_url()
    post.slug = "second-name"
    post.save()
    second = post.get_absolute_url()
    Post.objects.update(slug="third-name")
    post.refresh_from_db()
    assert follow(client, old) == (301, post.get_absolute_url())
    assert follow(client, second) == (301, post.get_absolute_url())
    assert client.get(post.get_absolute_url()).status_code == 200


def test_a_post_that_moves_to_another_month_is_still_found(client, post):
    old = post.get_absolute_url()
    post.published_at = LAUNCH + timedelta(days=40)
    post.save()
    assert follow(client, old) == (301, "/blog/2013/11/first-name/")


def test_an_address_taken_back_is_the_posts_own_again(client, post):
    first = post.get_absolute_url()
    Post.objects.update(slug="second-name")
    Post.objects.update(slug="first-name")
    assert client.get(first).status_code == 200
    assert follow(client, first.replace("first", "second")) == (301, first)


def test_a_draft_leaves_no_address_behind(client):
    draft = make_post(slug="first-name", status="draft")
    Post.objects.update(slug="second-name", status="published")
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get("/blog/2013/10/second-name/").status_code == 200


def test_the_former_address_of_a_withdrawn_post_leads_to_the_news_of_that(client, post):
    old = post.get_absolute_url()
    Post.objects.update(slug="second-name", status="withdrawn")
    assert client.get(old, follow=True).status_code == 410


def test_the_former_address_of_a_post_that_is_a_draft_again_shows_nothing(client, post):
    old = post.get_absolute_url()
    Post.objects.update(slug="second-name")
    Post.objects.update(status="draft")
    assert client.get(old).status_code == 404


def test_another_post_cannot_take_a_former_address(post):
    Post.objects.update(slug="second-name")
    other = make_post(slug="other")
    other.slug = "first-name"
    with pytest.raises(ValidationError, match="old address of another post"):
        other.full_clean()
    post.refresh_from_db()
    post.slug = "first-name"
    post.full_clean()


def test_a_text_that_first_appeared_elsewhere_says_where(client):
    original = "https://elsewhere.example/essay/"
    post = make_post(canonical_url=original)
    page = client.get(post.get_absolute_url()).text
    assert f'<link rel="canonical" href="{original}">' in page
    assert f'"mainEntityOfPage": "{original}"' in page
