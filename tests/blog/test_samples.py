"""The blog comes with a first post that is real, and with samples that say so."""

from datetime import UTC, datetime, timedelta

import pytest

from blog.models import Image, Post, Tag
from blog.samples import PICTURE, create_samples

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def samples():
    create_samples(NOW)


def everything():
    return list(Post.objects.order_by("slug").values("slug", "title", "status", "body_text"))


def test_a_reader_lands_on_the_launch_note_with_its_picture(client):
    lead = client.get("/blog/").context["lead"]
    assert lead.published_at.year == 2013
    assert "sample" not in lead.title
    page = client.get(lead.get_absolute_url()).text
    assert "Illustration: 1 Million for Work Flexibility" in page
    assert "as individuals and as a team" in page
    assert 500 <= len(lead.body_text.split()) <= 750


def test_samples_say_so_and_stand_in_every_state():
    others = Post.objects.exclude(author__slug="founder")
    assert all("(sample " in post.title for post in others)
    assert Post.objects.published(NOW).count() == 6
    assert Post.objects.published(NOW + timedelta(days=366)).count() == 7
    assert Post.objects.filter(status="draft").count() == 1
    assert Post.objects.withdrawn().count() == 1
    assert Tag.objects.in_use(NOW).count() == 4


def test_running_again_changes_nothing():
    before, image = everything(), Image.objects.get()
    create_samples(NOW + timedelta(days=3))
    assert everything() == before
    assert Image.objects.get().file.name == image.file.name


def test_the_picture_in_the_repository_is_small():
    assert PICTURE.stat().st_size < 200_000
