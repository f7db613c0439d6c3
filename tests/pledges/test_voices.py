"""Moderators read what supporters say: Mia and Noa decide, each on what they saw."""

import json
import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from common import moderation
from common.models import AuditEntry
from pledges import flags, voices, withdrawal
from pledges.models import Pledge, Voice, VoiceDeclineReason
from tests.at_once import THREADS, at_once
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db
QUEUE = "/admin/pledges/voice/"
DECIDE = f"{QUEUE}decide/"


def moderator(name, permission="change_voice"):
    user = get_user_model().objects.create_user(name, password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_voice", permission]))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def mia():
    return moderator("mia")


@pytest.fixture
def noa():
    return moderator("noa")


def a_voice(text="Tides wait for nobody.", address="robin@example.org", **facts):
    return a_supporter(address, reason=text, **facts).voice


def seen(*voices_seen):
    return [f"{voice.pk}:{voice.version}" for voice in voices_seen]


def press(client, button, *voices_seen, fragment=False, **answers):
    """A button, pressed where the page showed the voices as they are in `voices_seen`."""
    if button in ("approve", "mend"):
        answers[button] = ""
    elif button == "decline":
        answers.setdefault("reason", VoiceDeclineReason.objects.first().pk)
    headers = {"X-Fragment": "1"} if fragment else {}
    return client.post(
        DECIDE, {"voice": seen(*voices_seen), **answers}, follow=True, headers=headers
    )


def now(voice):
    return Voice.objects.get(pk=voice.pk)


def history(voice):
    return [(one.actor.username, one.action, one.why) for one in moderation.history(voice)]


def test_the_queue_shows_what_confirmed_people_say_oldest_first(mia):
    moment = timezone.now()
    a_voice("Second.", "b@example.org", now=moment)
    a_voice("First.", "a@example.org", now=moment - timedelta(days=2))
    a_pledge("c@example.org", reason="Never confirmed.")
    page = mia.get(QUEUE).text
    assert page.index("First.") < page.index("Second.")
    assert "Never confirmed." not in page
    assert "2 are waiting." in page


def test_names_show_by_consent_only_in_the_queue_as_on_the_wall(mia):
    a_voice("One.", "a@example.org", name="Bentley Hidden")
    a_voice("Two.", "b@example.org", name="Ana Shown", shows_name=True)
    page = mia.get(QUEUE).text
    assert "Bentley" not in page
    assert "A supporter" in page
    assert "Ana Shown" in page


def test_an_approved_voice_is_shown_and_the_history_knows_who(mia, client):
    voice = a_voice()
    response = press(mia, "approve", voice)
    assert "Approved: one voice." in response.text
    assert "Everything is decided." in response.text
    assert "Tides wait for nobody." in client.get("/supporters/").text
    assert history(voice) == [("mia", "approved", "")]


def test_a_voice_is_declined_for_a_reason_that_its_supporter_reads(mia, client):
    voice = a_voice()
    reason = VoiceDeclineReason.objects.create(name="Rude", text="It is not kind.")
    response = press(mia, "decline", voice, reason=reason.pk)
    assert "Declined (Rude): one voice." in response.text
    assert history(voice) == [("mia", "declined", "It is not kind.")]
    assert "Tides" not in client.get("/supporters/").text
    page = client.get(voice.pledge.get_absolute_url()).text
    assert "Your reason is not shown.</b> It is not kind." in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("buttons", [["approve"], ["decline"], ["approve", "decline"]])
def test_of_twelve_who_decide_at_once_one_does_and_eleven_are_told_by_whom(buttons):
    voice = a_voice()
    moderators = [moderator(f"moderator-{number}") for number in range(THREADS)]

    def decide(position):
        return press(moderators[position], buttons[position % len(buttons)], voice).text

    pages = at_once(decide)
    ((who, what, _why),) = history(voice)
    assert now(voice).status == what
    assert len([page for page in pages if f"Left as it is: {who} was first" in page]) == THREADS - 1


@pytest.mark.parametrize("reason", ["", "none", "99999"])
def test_nothing_is_declined_without_a_reason(mia, reason):
    voice = a_voice()
    assert "Choose a reason first" in press(mia, "decline", voice, reason=reason).text
    assert now(voice).status == "pending"


def test_the_supporter_sees_that_the_reason_waits_and_when_it_is_shown(mia, client):
    voice = a_voice()
    own_page = voice.pledge.get_absolute_url()
    assert "waits for a person to read it" in client.get(own_page).text
    press(mia, "approve", voice)
    assert "is shown on the supporters’ page" in client.get(own_page).text


def test_typos_are_mended_and_the_original_is_kept_and_told(mia, client):
    voice = a_voice("Tides wiat for nobody.")
    response = press(mia, "mend", voice, text="Tides wait for nobody.")
    assert "As the supporter wrote it:" in response.text
    assert (now(voice).status, now(voice).original_text) == ("pending", "Tides wiat for nobody.")
    press(mia, "approve", now(voice), text="Tides wait for nobody!")
    assert now(voice).original_text == "Tides wiat for nobody."
    wall = client.get("/supporters/").text
    assert "Tides wait for nobody!" in wall
    assert "wiat" not in wall
    page = client.get(voice.pledge.get_absolute_url()).text
    assert 'Mended by us: <q dir="auto">Tides wait for nobody!</q>' in page
    assert 'As you wrote it: <q dir="auto">Tides wiat for nobody.</q>' in page
    assert [what for _who, what, _why in history(voice)] == ["approved", "mended", "mended"]
    held = json.loads(client.post(f"{voice.pledge.get_absolute_url()}download/").content)
    assert held["reason_as_written"]["value"] == "Tides wiat for nobody."


def test_mending_back_leaves_no_original(mia):
    voice = a_voice("One.")
    press(mia, "mend", voice, text="Two.")
    press(mia, "mend", now(voice), text="One.")
    assert (now(voice).text, now(voice).original_text) == ("One.", "")


def test_what_a_supporter_saves_again_unchanged_stays_approved(mia, client):
    voice = a_voice("Tides wiat.")
    press(mia, "approve", voice, text="Tides wait.")
    own_page = voice.pledge.get_absolute_url()
    answers = {"name": "Robin Example", "country": "CA", "reason": "Tides wait."}
    client.post(own_page, answers)
    assert now(voice).status == "approved"
    client.post(own_page, answers | {"reason": "Tides wiat."})
    assert Voice.objects.get().status == "pending"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x" * 281, "Shorten the text: it is 1 characters over the limit of 280"),
        ("See http://example.org", "Leave out links"),
        (" ", "Leave some words, or decline."),
    ],
)
def test_a_mended_text_keeps_to_the_rules_and_is_not_lost(mia, text, told):
    voice = a_voice()
    response = press(mia, "approve", voice, text=text)
    assert response.status_code == 422
    assert told in response.text
    assert text.strip() in response.text
    assert now(voice).status == "pending"


def test_the_second_of_two_moderators_is_told_what_the_first_did(mia, noa):
    voice = a_voice()
    press(mia, "approve", voice)
    response = press(noa, "decline", voice)
    assert "Left as it is: mia was first on" in response.text
    assert "Approved: “Tides wait for nobody.”" in response.text
    assert now(voice).status == "approved"
    assert len(history(voice)) == 1


def test_nobody_approves_words_they_did_not_see(mia, noa):
    voice = a_voice("Tides wiat.")
    press(mia, "mend", voice, text="Tides wait.")
    response = press(noa, "approve", voice)
    assert "mia was first on" in response.text
    assert "Mended: “Tides wait.”" in response.text
    assert now(voice).status == "pending"


def test_words_that_changed_under_the_moderators_eyes_are_not_decided(mia, client):
    voice = a_voice()
    answers = {"name": "Robin Example", "country": "CA", "reason": "Quite different."}
    client.post(voice.pledge.get_absolute_url(), answers)
    assert "has changed or taken back these words" in press(mia, "approve", voice).text
    assert Voice.objects.get().status == "pending"


def test_a_decision_can_be_turned_round_on_the_page_of_the_voice(mia, client):
    voice = a_voice()
    press(mia, "approve", voice)
    page = mia.get(f"{QUEUE}{voice.pk}/change/").text
    assert "Decline…" in page
    assert 'data-key="a"' not in page
    press(mia, "decline", now(voice))
    assert "Tides" not in client.get("/supporters/").text
    assert [what for _who, what, _why in history(voice)] == ["declined", "approved"]


def test_ticked_voices_are_decided_together(mia):
    first, second, third = (a_voice(f"Voice {n}.", f"{n}@example.org") for n in range(3))
    assert "Approved: 2 voices." in press(mia, "approve", first, second).text
    assert "Declined" in press(mia, "decline", third).text
    assert [now(one).status for one in (first, second, third)] == [
        "approved", "approved", "declined",
    ]  # fmt: skip
    assert AuditEntry.objects.count() == 3


def test_one_taken_among_the_ticked_does_not_hinder_the_others(mia, noa):
    first, second = a_voice("One.", "a@example.org"), a_voice("Two.", "b@example.org")
    press(mia, "approve", first)
    response = press(noa, "approve", first, second)
    assert "Approved: one voice." in response.text
    assert "Left as it is: mia" in response.text


@pytest.mark.parametrize("ticked", [[], ["x"], ["x:y"], ["9" * 30 + ":y"], [":"]])
def test_nothing_ticked_is_said_so(mia, ticked):
    response = mia.post(DECIDE, {"voice": ticked, "approve": ""}, follow=True)
    assert "Tick at least one voice first." in response.text


def test_a_script_gets_the_card_as_it_then_is(mia, noa):
    voice = a_voice()
    card = press(mia, "approve", voice, fragment=True).text
    assert card.strip().startswith("<li")
    assert "data-outcome>Approved<" in card
    assert "data-waiting" not in card
    assert "mia was first" in press(noa, "approve", voice, fragment=True).text
    withdrawal.erase(voice.pledge, now=timezone.now())
    assert "taken back" in press(noa, "approve", voice, fragment=True).text


def test_a_script_gets_the_refused_text_back(mia):
    response = press(mia, "approve", a_voice(), text="www.example.org", fragment=True)
    assert response.status_code == 422
    assert 'rows="3" cols="70" dir="auto" aria-invalid="true"' in response.text
    assert ">www.example.org</textarea>" in response.text


def test_deciding_takes_a_post_and_permission(mia):
    voice = a_voice()
    assert mia.get(DECIDE).status_code == 405
    assert mia.post(f"{QUEUE}{voice.pk}/change/").status_code == 405
    viewer = moderator("vic", "view_voice")
    assert press(viewer, "approve", voice).status_code == 403
    assert "Tides" in viewer.get(QUEUE).text
    assert "Approve" not in viewer.get(QUEUE).text
    get_user_model().objects.get(username="vic").user_permissions.clear()
    assert viewer.get(QUEUE).status_code == 403
    assert press(Client(), "approve", voice).redirect_chain[0][0].startswith("/admin/login/")
    assert now(voice).status == "pending"


@pytest.mark.parametrize("state", ["all", "pending", "approved", "declined"])
def test_all_voices_are_listed_by_state(mia, state):
    for status in ("approved", "declined"):
        voice = a_voice(f"Is {status}.", f"{status}@example.org")
        press(mia, status.removesuffix("d"), voice)
    a_voice("Is pending.")
    page = mia.get(QUEUE, {"state": state}).text
    shown = set(re.findall(r"Is (\w+)\.", page))
    assert shown == ({"approved", "declined", "pending"} if state == "all" else {state})


@pytest.mark.parametrize("many", [2, 200])
def test_the_queue_takes_few_queries_however_long(mia, many, django_assert_max_num_queries):
    moment = timezone.now()
    pledges = Pledge.objects.bulk_create(
        Pledge(
            email=f"{number}@example.org", email_canonical=f"{number}@example.org", name="Sam",
            country="CA", created_at=moment, confirmed_at=moment,
        )
        for number in range(many + 1)
    )  # fmt: skip
    waiting = Voice.objects.bulk_create(
        Voice(pledge=pledge, text=f"Voice {pledge.email}", created_at=moment) for pledge in pledges
    )
    with django_assert_max_num_queries(10):
        page = mia.get(QUEUE).text
    assert page.count("data-waiting") == min(many + 1, 200)
    assert ('href="?p=2"' in page) == (many == 200)
    with django_assert_max_num_queries(15):
        mia.get(f"{QUEUE}{waiting[0].pk}/change/")


def test_staff_keep_the_list_of_reasons(admin_client):
    assert "An advertisement" in admin_client.get("/admin/pledges/voicedeclinereason/").text
    answers = {"name": "Too short", "text": "Say a little more.", "position": "9"}
    admin_client.post("/admin/pledges/voicedeclinereason/add/", answers)
    a_voice()
    assert "Too short" in admin_client.get(QUEUE).text


def test_nothing_of_the_words_outlives_their_erasure(mia):
    voice = a_voice("Tides wiat.")
    press(mia, "mend", voice, text="Tides wait.")
    press(mia, "decline", now(voice))
    withdrawal.erase(voice.pledge, now=timezone.now())
    assert not Voice.objects.exists()
    assert not AuditEntry.objects.filter(why__icontains="tides").exists()


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("My shop is example.org", ["looks like a link"]),
        ("Write to me@example", ["looks like a link"]),
        ("Follow @robin", ["looks like a link"]),
        ("robin dot com", ["looks like a link"]),
        ("I LOVE WORKING AT HOME", ["all capitals"]),
        ("BUY AT EXAMPLE.COM", ["looks like a link", "all capitals"]),
        ("Tides wait. Nobody else does.", []),
        ("My best ideas come at 6 a.m. and on long walks.", []),
        ("IT at NASA", []),
        ("NASA!", []),
        ("自由な働き方を", []),
    ],
)
def test_flags_hint_at_links_and_shouting(text, labels):
    assert [str(label) for label in flags.of(text)] == labels


def test_a_flag_is_shown_in_the_queue(mia):
    a_voice("I LOVE WORKING AT HOME")
    assert "all capitals" in mia.get(QUEUE).text


def test_a_move_from_another_status_is_refused_under_lock(admin_user):
    voice = a_voice()
    voices.decide(voice, "approved", actor=admin_user, now=timezone.now())
    with pytest.raises(moderation.IllegalMove) as refused:
        voices.decide(voice, "approved", actor=admin_user, now=timezone.now())
    assert refused.value.last.actor == admin_user
