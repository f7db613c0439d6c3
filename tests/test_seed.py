"""Demonstration content, and the login that comes with it."""

import itertools
import stat

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db.models import Sum
from psycopg2.errors import QueryCanceled

from blog.models import Post
from coalition.models import Member
from flexpledge import staff_login
from pledges import counting, recounting, samples
from pledges.models import LedgerEntry, Pledge, Tally

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    settings.DEBUG = True
    return settings.VAR_DIR


def seed(*arguments):
    call_command("seed", *arguments, verbosity=0)


def content():
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (Pledge, Member, Post)
    }


def test_seeding_brings_pledges_members_and_posts():
    seed()

    assert all(content().values())


def test_seeding_twice_changes_nothing():
    seed()
    before = content()
    seed()

    assert content() == before


def test_a_database_with_content_is_left_alone_where_only_an_empty_one_is_to_be_seeded():
    seed()
    Post.objects.all().delete()
    before = content()
    seed("--if-empty")

    assert content() == before


def test_an_empty_database_is_seeded():
    seed("--if-empty")

    assert all(content().values())


def test_synthetic_pledges_come_besides_the_samples(capsys):
    seed()
    before = Pledge.objects.count()
    seed("--pledges", "250")

    assert Pledge.objects.count() == before + 250
    assert f"{before + 250} pledges" in capsys.readouterr().out


def test_synthetic_pledges_come_in_batches_each_counted_and_numbered(monkeypatch):
    monkeypatch.setattr(samples, "BATCH", 20)
    seed()
    before = Tally.objects.total()
    seed("--pledges", "50")

    assert Tally.objects.total() == before + 50
    assert recounting.drift() == []
    assert counting.gaps() == 0
    assert LedgerEntry.objects.aggregate(total=Sum("amount"))["total"] == before + 50
    signed = Pledge.objects.filter(email__startswith="synthetic-").order_by("number")
    assert sorted(one.confirmed_at for one in signed) == [one.confirmed_at for one in signed]


def test_a_seeding_that_is_killed_between_two_batches_leaves_the_count_right(monkeypatch):
    monkeypatch.setattr(samples, "BATCH", 20)
    monkeypatch.setattr(samples, "_synthetic", broken_after(30, samples._synthetic))
    seed()
    before = Tally.objects.total()
    with pytest.raises(QueryCanceled):
        seed("--pledges", "50")

    assert Tally.objects.total() == before + 20
    assert recounting.drift() == []
    assert counting.gaps() == 0


def broken_after(times, function):
    calls = itertools.count()

    def until_broken(*arguments):
        if next(calls) >= times:
            raise RuntimeError
        return function(*arguments)

    return until_broken


def test_the_staff_login_works_and_is_told(client, capsys):
    seed()
    name, password = staff_login.known()

    assert client.login(username=name, password=password)
    assert password in capsys.readouterr().out
    assert client.get("/admin/").status_code == 200


def test_only_its_owner_can_read_the_password(var):
    seed()

    assert stat.S_IMODE((var / "staff-login").stat().st_mode) == 0o600


def test_a_second_seeding_keeps_the_password():
    seed()
    before = staff_login.known()
    seed()

    assert staff_login.known() == before


def test_a_login_is_made_outside_development_only_when_asked(settings):
    settings.DEBUG = False
    seed()
    assert not get_user_model().objects.exists()

    seed("--staff")
    assert staff_login.known()


def test_a_database_with_content_gets_no_login_unasked():
    Pledge.objects.create(
        email="ana@example.org",
        email_canonical="ana@example.org",
        country="PT",
        created_at="2026-11-02T09:00:00Z",
    )
    seed("--if-empty")

    assert not get_user_model().objects.exists()


def test_a_changed_password_is_no_longer_told(capsys):
    seed()
    user = get_user_model().objects.get(username=staff_login.NAME)
    user.set_password("chosen by its owner")
    user.save()
    capsys.readouterr()
    seed()

    assert "password" not in capsys.readouterr().out
