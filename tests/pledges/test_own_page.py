import json

import pytest
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from common import outbox
from common.models import OutboxMessage
from pledges import counting, recounting
from pledges.models import Pledge, Tally, Voice
from tests.pledges.people import a_pledge, a_supporter, answers

pytestmark = pytest.mark.django_db


def changes(**changed):
    return {key: value for key, value in answers(**changed).items() if key != "email"}


def test_friends_are_counted_once_they_confirmed_and_named_by_consent(client):
    sam = a_supporter("sam@example.org", name="Sam Sample")
    a_supporter("ana@example.org", name="Ana Example", referrer=sam, shows_name=True)
    a_supporter("ben@example.org", name="Bentley Placeholder", referrer=sam)
    a_pledge("chris@example.org", name="Christabel Testcase", referrer=sam)
    page = client.get(sam.get_absolute_url()).content.decode()
    assert "2 friends have joined" in page
    assert "Ana Example" in page
    assert "A supporter" in page
    assert "Bentley" not in page
    assert "Christabel" not in page


def test_own_page_costs_the_same_for_few_and_many_friends(client, django_assert_max_num_queries):
    sam = a_supporter("sam@example.org")
    for number in range(20):
        a_supporter(f"{number}@example.org", referrer=sam)
    with django_assert_max_num_queries(6):
        client.get(sam.get_absolute_url())


def test_everything_told_can_be_changed(client):
    pledge = a_supporter(name="Robn Exmple", country="US")
    response = client.post(
        pledge.get_absolute_url(),
        changes(
            name="Robin Example",
            country="FR",
            region="Lyon",
            flexibility=["remote"],
            show_name="on",
            newsletter="on",
            reason="Trains are for reading.",
        ),
    )
    assert response.status_code == 303
    pledge.refresh_from_db()
    assert (pledge.name, pledge.country, pledge.region) == ("Robin Example", "FR", "Lyon")
    assert pledge.flexibility == ["remote"]
    assert pledge.shows_name
    assert pledge.wants_news
    assert pledge.voice.text == "Trains are for reading."
    assert "Saved." in client.get(response["Location"]).content.decode()


def test_a_changed_country_moves_to_its_tally(client):
    pledge = a_supporter(country="US")
    client.post(pledge.get_absolute_url(), changes(country="FR"))
    counting.fold_all()
    assert Tally.objects.by_country() == [("FR", 1)]
    assert recounting.drift() == []


def test_changed_words_wait_for_a_look_again_and_others_stay(client):
    pledge = a_supporter()
    Voice.objects.create(
        pledge=pledge, text="Approved words.", status="approved", created_at=pledge.created_at
    )
    Pledge.objects.update(has_shown_voice=True)
    client.post(pledge.get_absolute_url(), changes(reason="Approved words."))
    pledge.refresh_from_db()
    assert pledge.has_shown_voice
    client.post(pledge.get_absolute_url(), changes(reason="Other words."))
    pledge.refresh_from_db()
    assert (pledge.voice.status, pledge.has_shown_voice) == ("pending", False)
    client.post(pledge.get_absolute_url(), changes(reason=""))
    assert not Voice.objects.exists()


def test_a_change_that_does_not_do_keeps_what_was_typed(client):
    pledge = a_supporter()
    response = client.post(pledge.get_absolute_url(), changes(name="", reason="Typed & kept"))
    assert response.status_code == 422
    assert "Enter your name" in response.content.decode()
    assert "Typed &amp; kept" in response.content.decode()


def test_the_download_holds_everything_and_explains_it(client):
    pledge = a_supporter(region="Halifax", flexibility=["remote"], network="203.0.113.0/24")
    Voice.objects.create(pledge=pledge, text="Tides.", created_at=pledge.created_at)
    response = client.post(f"{pledge.get_absolute_url()}download/")
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"].startswith("attachment")
    held = json.loads(response.content)
    assert held["email"]["value"] == "robin@example.org"
    assert held["region"]["value"] == "Halifax"
    assert held["reason"]["value"] == "Tides."
    assert held["network"]["value"] == "203.0.113.0/24"
    assert held["number"]["value"] == 1
    assert "telecommuting" not in str(held["wording_text"])
    assert "Count me among the million" in held["wording_text"]["value"]["pledge"]
    assert all(one["what"] for one in held.values())


@pytest.mark.parametrize("way", ["withdraw", "erase"])
def test_leaving_asks_once_more_and_happens_by_post_only(client, way):
    pledge = a_supporter()
    address = f"{pledge.get_absolute_url()}{way}/"
    assert client.get(address).status_code == 200
    assert Pledge.objects.live().exists()
    assert client.post(address).status_code == 303
    assert not Pledge.objects.live().exists()
    counting.fold_all()
    assert Tally.objects.total() == 0
    assert recounting.drift() == []
    assert counting.gaps() == 0


@pytest.mark.parametrize(("way", "told"), [("withdraw", "withdrawn"), ("erase", "erased")])
def test_a_button_that_ends_the_link_tells_the_same_when_pressed_twice(client, way, told):
    address = f"{a_supporter().get_absolute_url()}{way}/"
    answers = [client.post(address) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {f"/pledge/done/{told}/"}
    assert client.get(address).status_code == 404


def test_who_withdrew_and_then_presses_erase_is_not_told_that_it_was_erased(client):
    own_page = a_supporter().get_absolute_url()
    client.post(f"{own_page}withdraw/")
    assert client.post(f"{own_page}erase/")["Location"] == "/pledge/done/withdrawn/"
    assert client.post(f"{own_page[:-2]}/erase/").status_code == 404


def test_a_withdrawn_number_is_given_to_nobody_else(client):
    first = a_supporter()
    client.post(f"{first.get_absolute_url()}withdraw/")
    assert a_supporter("sam@example.org").number == 2
    again = a_supporter("robin@example.org")
    assert again.number == 3
    assert Tally.objects.total() == 2


def text_in_the_database():
    """Every text in every table, as one string."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, models.CharField | models.TextField | models.JSONField):
                    cursor.execute(
                        f'SELECT "{field.column}"::text FROM "{model._meta.db_table}"'  # noqa: S608
                    )
                    found += [value for (value,) in cursor.fetchall() if value]
    return "\n".join(found)


def test_after_erasing_nothing_that_identifies_is_left_and_friends_stay(client):
    sam = a_supporter("sam.unmistakable@example.org", name="Samantha Unmistakable", region="Ulm")
    Voice.objects.create(pledge=sam, text="Unmistakable words.", created_at=sam.created_at)
    friend = a_supporter("ana@example.org", referrer=sam)
    client.post("/pledge/link/", {"email": sam.email})
    assert "nmistakable" in text_in_the_database()
    sam.refresh_from_db()
    client.post(f"{sam.get_absolute_url()}erase/")
    assert "nmistakable" not in text_in_the_database()
    assert "Ulm" not in text_in_the_database()
    friend.refresh_from_db()
    assert friend.number == 2
    assert friend.referrer_id == sam.pk
    counting.fold_all()
    assert recounting.drift() == []


def test_erasing_a_friend_takes_them_off_the_count_of_whoever_invited_them(client):
    sam = a_supporter("sam@example.org")
    friend = a_supporter("ana@example.org", referrer=sam)
    assert Tally.objects.friends_of(sam) == 1
    client.post(f"{friend.get_absolute_url()}erase/")
    counting.fold_all()
    assert Tally.objects.friends_of(sam) == 0


def ask(client, address):
    response = client.post("/pledge/link/", {"email": address})
    outbox.deliver_due(now=timezone.now())
    return response


def test_the_link_is_mailed_and_the_answer_is_the_same_whoever_asks(client, mailoutbox):
    a_supporter("in@example.org")
    a_pledge("waiting@example.org")
    OutboxMessage.objects.all().delete()
    for address in ("in@example.org", "waiting@example.org", "nobody@example.org"):
        response = ask(client, address)
        assert (response.status_code, response["Location"]) == (303, "/pledge/link/?sent")
    assert {mail.to[0]: mail.subject for mail in mailoutbox} == {
        "in@example.org": "The link to your pledge",
        "waiting@example.org": "Confirm your name",
    }


def test_a_new_link_ends_the_old_ones(client, mailoutbox):
    pledge = a_supporter()
    old = pledge.get_absolute_url()
    ask(client, pledge.email)
    pledge.refresh_from_db()
    assert pledge.get_absolute_url() in mailoutbox[-1].body
    assert client.get(old).status_code == 404
    assert client.get(pledge.get_absolute_url()).status_code == 200


def test_a_link_that_could_not_be_mailed_ends_no_other(client, mail_to_smtp):
    pledge = a_supporter()
    mail_to_smtp.refuse(pledge.email)
    ask(client, pledge.email)
    assert client.get(pledge.get_absolute_url()).status_code == 200


def test_past_the_cap_of_mails_links_stay_as_they_are(client, settings):
    settings.MAILS_PER_ADDRESS_PER_DAY = 1
    pledge = a_supporter()
    ask(client, pledge.email)
    pledge.refresh_from_db()
    newest = pledge.get_absolute_url()
    ask(client, pledge.email)
    assert client.get(newest).status_code == 200


def test_unsubscribing_takes_one_click_and_a_look_changes_nothing(client):
    pledge = a_supporter(wants_news=True)
    address = f"/unsubscribe/{pledge.token('unsubscribe')}/"
    assert client.get(address).status_code == 200
    pledge.refresh_from_db()
    assert pledge.wants_news
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 303
    pledge.refresh_from_db()
    assert not pledge.wants_news
