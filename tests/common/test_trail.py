"""Who did what, when and why: kept for good, and found again."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from blog.models import Tag
from common import trail
from common.models import Action, AuditEntry
from pledges.models import Pledge
from tests.pledges.people import a_supporter

pytestmark = pytest.mark.django_db
TRAIL = "/admin/common/auditentry/"


@pytest.fixture
def mia():
    return get_user_model().objects.create_user("mia", is_staff=True)


def an_entry(actor=None, action=Action.CHANGED, subject=Pledge, **facts):
    return trail.record(actor, action, subject, **{"now": timezone.now(), **facts})


def test_an_entry_says_who_did_what_to_which_object_when_and_why(mia, admin_client):
    pledge = a_supporter()
    entry = an_entry(mia, Action.INVALIDATED, pledge, why="Signed twice", seen=3)
    page = admin_client.get(TRAIL).content.decode()
    for told in ("mia", "invalidated", f"pledge #{pledge.number}", "Signed twice"):
        assert told in page
    assert f"/admin/pledges/pledge/{pledge.pk}/change/" in page
    assert "seen: 3" in admin_client.get(f"{TRAIL}{entry.pk}/change/").content.decode()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE common_auditentry SET why = ''",
        "DELETE FROM common_auditentry",
        "DELETE FROM common_auditentry WHERE false",
        "TRUNCATE common_auditentry",
    ],
)
def test_the_database_changes_and_deletes_no_entry(statement):
    an_entry()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE common_auditentry ENABLE TRIGGER trail_is_not_emptied")
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute(statement)
    assert AuditEntry.objects.count() == 1


def test_the_name_of_a_colleague_who_left_stays(mia):
    entry = an_entry(mia)
    mia.delete()
    entry.refresh_from_db()
    assert entry.actor_name == "mia"


def test_what_staff_do_in_the_admin_is_in_the_trail(admin_client):
    admin_client.post("/admin/blog/tag/add/", {"name": "Remote", "slug": "remote"})
    tag = Tag.objects.get()
    changed = {"name": "Remote work", "slug": "remote"}
    admin_client.post(f"/admin/blog/tag/{tag.pk}/change/", changed)
    admin_client.post(f"/admin/blog/tag/{tag.pk}/delete/", {"post": "yes"})
    told = list(AuditEntry.objects.values_list("actor_name", "action", "subject_type", "label"))
    assert told == [
        ("admin", "deleted", "blog.tag", "Remote work"),
        ("admin", "changed", "blog.tag", "Remote work"),
        ("admin", "added", "blog.tag", "Remote"),
    ]
    entry = AuditEntry.objects.get(action="changed")
    page = admin_client.get(f"{TRAIL}{entry.pk}/change/").content.decode()
    assert "Changed Name" in page


@pytest.mark.parametrize(
    "query",
    [
        {"q": "mia"},
        {"q": "invalid"},
        {"q": "SIGNED twi"},
        {"q": "pledge mia"},
        {"q": "twice&|!:* 'mia"},
        {"action": "invalidated"},
        {"kind": "pledges.pledge"},
        {"actor": "mia"},
        {"at__gte": "2026-01-01 00:00:00Z"},
    ],
    ids=str,
)
def test_entries_are_found_by_who_what_when_and_why(mia, admin_client, query):
    an_entry(mia, Action.INVALIDATED, Pledge, why="Signed twice")
    long_ago = timezone.now().replace(year=2025)
    an_entry(None, Action.ADDED, Tag(name="Elsewhere"), why="Nothing", now=long_ago)
    query = {key: mia.pk if (key, value) == ("actor", "mia") else value
             for key, value in query.items()}  # fmt: skip
    page = admin_client.get(TRAIL, query)
    assert page.status_code == 200
    assert [entry.why for entry in page.context["cl"].result_list] == ["Signed twice"]


def test_nobody_adds_changes_or_deletes_an_entry_in_the_admin(admin_client):
    entry = an_entry()
    assert admin_client.get(f"{TRAIL}add/").status_code == 403
    assert admin_client.post(f"{TRAIL}{entry.pk}/change/", {"why": "x"}).status_code == 403
    assert admin_client.post(f"{TRAIL}{entry.pk}/delete/", {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("many", [2, 20])
def test_the_list_costs_the_same_for_few_and_many(
    admin_client, django_assert_max_num_queries, mia, many
):
    for number in range(many):
        an_entry(mia, now=timezone.now() - timedelta(hours=number))
    with django_assert_max_num_queries(10):
        assert admin_client.get(TRAIL).status_code == 200
