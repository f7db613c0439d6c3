import pytest
from django.core.mail import EmailMultiAlternatives, get_connection


@pytest.fixture
def two_mails(settings, tmp_path):
    """Handed over in one connection, as the worker does: one file holds both."""
    settings.DEBUG = True
    settings.EMAIL_FILE_PATH = tmp_path
    mails = []
    for name in ("Robin", "Kim"):
        mail = EmailMultiAlternatives(
            f"Please confirm, {name}",
            "Press here:\n\nhttp://127.0.0.1:8000/pledge/confirm/abc/\n\n<script>alert(1)</script>",
            to=[f"{name.lower()}@example.org"],
        )
        mail.attach_alternative(
            "<html><head></head><body><p>Höflich</p></body></html>", "text/html"
        )
        mails.append(mail)
    backend = get_connection(
        "django.core.mail.backends.filebased.EmailBackend", file_path=str(tmp_path)
    )
    with backend:
        backend.send_messages(mails)
    return next(tmp_path.glob("*.log")).stem


def test_mails_are_listed_newest_first(client, two_mails):
    page = client.get("/dev/mail/").content.decode()
    assert page.index("Please confirm, Kim") < page.index("Please confirm, Robin")
    assert "robin@example.org" in page


def test_the_text_of_a_mail_has_links_to_follow_and_runs_nothing(client, two_mails):
    page = client.get(f"/dev/mail/{two_mails}/0/").content.decode()
    assert '<a href="http://127.0.0.1:8000/pledge/confirm/abc/"' in page
    assert "<script>alert" not in page
    assert f'src="/dev/mail/{two_mails}/0/html/"' in page


def test_the_html_of_a_mail_stands_in_a_box_of_its_own(client, two_mails):
    answer = client.get(f"/dev/mail/{two_mails}/1/html/")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script" not in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Höflich" in answer.content.decode()
    assert '<base target="_top">' in answer.content.decode()


@pytest.mark.parametrize("rest", ["", "html/"])
def test_a_mail_that_is_not_there_is_not_found(client, two_mails, rest):
    assert client.get(f"/dev/mail/{two_mails}/7/{rest}").status_code == 404
    assert client.get(f"/dev/mail/..%2f..%2fetc/0/{rest}").status_code == 404


def test_a_machine_without_mail_says_so(client, settings, tmp_path):
    settings.DEBUG = True
    settings.EMAIL_FILE_PATH = tmp_path / "none yet"
    assert b"No mail yet" in client.get("/dev/mail/").content


def test_outside_debug_no_mail_is_read(client, two_mails, settings):
    settings.DEBUG = False
    for address in ("", f"{two_mails}/0/", f"{two_mails}/0/html/"):
        assert client.get(f"/dev/mail/{address}").status_code == 404
