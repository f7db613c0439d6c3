import errno

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.management import call_command
from django.db import OperationalError, connection
from django.template.loader import render_to_string
from django.views.defaults import bad_request, permission_denied, server_error

from common.outage import unavailable


def database_is_away(execute, sql, params, many, context):
    raise OperationalError("server closed the connection")


@pytest.mark.django_db
def test_an_unknown_address_answers_404_with_a_next_step(client):
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert b"This page has rolled away" in answer.content
    assert b'href="/coalition/"' in answer.content
    assert b"noindex" in answer.content


def test_a_damaged_address_answers_400(client):
    answer = client.get("/about/?q=%00")
    assert answer.status_code == 400
    assert b"We could not read that" in answer.content


def test_a_foreign_host_answers_400_in_our_look(client, settings):
    settings.ALLOWED_HOSTS = ["www.example.org"]
    answer = client.get("/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert b"We could not read that" in answer.content


def test_a_refusal_and_a_bad_request_need_no_database(rf):
    refused = permission_denied(rf.get("/"), PermissionDenied("posted from another site"))
    assert b"That is not open to you here" in refused.content
    assert b"posted from another site" not in refused.content
    assert bad_request(rf.get("/"), BadRequest("x")).status_code == 400


def test_a_failure_answers_500_without_asking_the_database(rf):
    answer = server_error(rf.get("/"))
    assert answer.status_code == 500
    assert b"We lost our balance" in answer.content


@pytest.mark.django_db
def test_a_view_that_finds_no_room_on_the_disk_says_when_to_come_back(client, monkeypatch):
    def breaks(html):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("flexpledge.pages.laid_out", breaks)
    answer = client.get("/about/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert b"Catching our breath" in answer.content


@pytest.mark.django_db
def test_a_view_that_breaks_answers_500_in_our_look(client, monkeypatch):
    def breaks(html):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("flexpledge.pages.laid_out", breaks)
    client.raise_request_exception = False
    answer = client.get("/about/")
    assert answer.status_code == 500
    assert b"We lost our balance" in answer.content
    assert b"secret detail" not in answer.content
    assert "Content-Security-Policy" in answer.headers


def test_an_outage_page_asks_no_database(rf):
    answer = unavailable(rf.get("/"))
    assert answer.status_code == 503
    assert b"Catching our breath" in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/about/", "/join/2222222222/"])
def test_pages_answer_503_and_when_to_come_back_while_the_database_is_away(client, address):
    with connection.execute_wrapper(database_is_away):
        answer = client.get(address)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"
    assert b"Catching our breath" in answer.content


def test_the_page_of_a_limit_says_that_nothing_typed_is_lost(rf):
    page = render_to_string("429.html", {"wait_s": 40}, request=rf.get("/pledge/"))
    assert "Please wait a minute" in page
    assert "what you typed is still there" in page


def test_the_pages_that_nginx_shows_by_itself_are_written_beside_the_static_files(
    settings, tmp_path
):
    settings.STATIC_ROOT = tmp_path
    call_command("collectstatic", interactive=False, verbosity=0)
    pages = {
        path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "errors").iterdir()
    }
    assert pages.keys() == {f"{status}.html" for status in (400, 404, 405, 413, 429, 503)}
    for page in pages.values():
        assert "<h1>" in page
        assert "noindex" in page
    assert "Catching our breath" in pages["503.html"]


@pytest.mark.django_db
def test_what_was_typed_into_a_form_can_be_sent_again_after_an_outage(client):
    typed = {"name": 'Robin "Example"', "flexibility": ["remote", "schedule"], "country": "CA"}
    with connection.execute_wrapper(database_is_away):
        answer = client.post("/pledge/", typed | {"email": "robin@example.org"})

    assert answer.status_code == 503
    page = answer.content.decode()
    assert '<form class="row" method="post" action="/pledge/">' in page
    assert 'name="name" value="Robin &quot;Example&quot;"' in page
    for kind in typed["flexibility"]:
        assert f'<input type="hidden" name="flexibility" value="{kind}">' in page


@pytest.mark.django_db
def test_an_outage_of_the_admin_repeats_nothing_that_was_typed(client):
    with connection.execute_wrapper(database_is_away):
        answer = client.post("/admin/account/login/", {"login": "staff", "password": "secret"})

    assert answer.status_code == 503
    assert b"secret" not in answer.content
