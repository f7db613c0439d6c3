"""What somebody agreed to can be shown: to which words, when, and on which page."""

import json

import pytest

from pledges import wordings
from pledges.models import Pledge
from tests.pledges.people import a_supporter, answers

pytestmark = pytest.mark.django_db


def changes(**typed):
    return {name: value for name, value in answers(**typed).items() if name != "email"}


@pytest.mark.parametrize(
    ("form", "referer", "page"),
    [
        ("/pledge/", "http://testserver/", "/"),
        ("/pledge/", "http://testserver/?utm_source=letter", "/"),
        ("/pledge/", "http://testserver/join/abcdefghjk/", "/join/<str:code>/"),
        ("/pledge/", "http://testserver/pledge/?utm_source=letter", "/pledge/"),
        ("/embed/", "http://testserver/embed/?via=abcdefghjk", "/embed/"),
        ("/embed/", "https://elsewhere.example/join/abcdefghjk/", "/embed/"),
        ("/pledge/", "http://testserver/supporters/", "/pledge/"),
        ("/pledge/", "http://testserver/nowhere/", "/pledge/"),
        ("/pledge/", "http://[", "/pledge/"),
        ("/embed/", None, "/embed/"),
    ],
)
def test_the_page_that_showed_the_words_is_kept(client, form, referer, page):
    response = client.post(form, answers(), headers={"referer": referer} if referer else {})
    assert response.status_code == 303
    pledge = Pledge.objects.get()
    assert (pledge.wording, pledge.page) == (wordings.CURRENT, page)
    assert pledge.created_at


def test_ticks_changed_later_are_kept_with_when_and_under_which_words(client, time_machine):
    pledge = a_supporter(wording="2020-01")
    time_machine.move_to("2027-03-01T12:00:00Z", tick=False)
    client.post(pledge.get_absolute_url(), changes(newsletter="on"))
    pledge.refresh_from_db()
    assert pledge.wants_news
    assert (pledge.wording, pledge.ticked_wording) == ("2020-01", wordings.CURRENT)
    assert pledge.ticked_at.isoformat() == "2027-03-01T12:00:00+00:00"
    time_machine.move_to("2027-04-01T12:00:00Z", tick=False)
    client.post(f"/unsubscribe/{pledge.token('unsubscribe')}/")
    pledge.refresh_from_db()
    assert (pledge.wants_news, pledge.ticked_at.month) == (False, 4)


def test_changing_something_else_changes_no_consent(client):
    pledge = a_supporter(wants_news=True)
    client.post(pledge.get_absolute_url(), changes(newsletter="on", name="Robin Other"))
    pledge.refresh_from_db()
    assert (pledge.name, pledge.wants_news, pledge.ticked_at) == ("Robin Other", True, None)


def test_the_person_can_read_all_of_it(client):
    pledge = a_supporter(page="/embed/")
    client.post(pledge.get_absolute_url(), changes(show_name="on"))
    held = json.loads(client.get(f"{pledge.get_absolute_url()}download/").content)
    assert held["page"]["value"] == "/embed/"
    assert held["ticked_at"]["value"]
    assert held["ticked_wording"]["value"] == held["wording"]["value"] == wordings.CURRENT
    assert "I support work flexibility" in held["wording_text"]["value"]["pledge"]
