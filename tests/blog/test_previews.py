"""A post can be shown before it is published, to whoever was given the link, for a while."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from blog import previews
from blog.models import Post
from tests.blog.factories import make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return make_post(
        title="Not yet", status=Post.Status.DRAFT, published_at=None, text="<p>In the making.</p>"
    )


def test_a_stranger_with_the_link_reads_the_draft(client, draft):
    response = client.get(previews.address(draft))
    assert response.status_code == 200
    assert "Not yet" in response.text
    assert "In the making." in response.text
    assert "Preview" in response.text


def test_a_preview_is_kept_by_nobody(client, draft):
    response = client.get(previews.address(draft))
    assert "no-store" in response.headers["Cache-Control"]
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert 'name="robots" content="noindex' in response.text
    assert "ld+json" not in response.text
    assert not response.cookies


def test_the_link_expires(client, draft):
    address = previews.address(draft)
    now = timezone.now()
    with time_machine.travel(now + previews.VALID_FOR - timedelta(minutes=1)):
        assert client.get(address).status_code == 200
    with time_machine.travel(now + previews.VALID_FOR + timedelta(minutes=1)):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "x" + t, lambda t: "1", str.upper])
def test_a_forged_link_shows_nothing(client, draft, change):
    token = previews.address(draft).split("/")[-2]
    assert client.get(f"/blog/preview/{change(token)}/").status_code == 404


def test_the_link_of_a_deleted_post_shows_nothing(client, draft):
    address = previews.address(draft)
    draft.delete()
    assert client.get(address).status_code == 404
