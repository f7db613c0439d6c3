"""The tests' own mail server behaves as the real ones that our mail meets."""

import smtplib
from email.message import EmailMessage

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail


def write(recipient="ana@example.org"):
    return send_mail("Hello", "Dear Ana", "hello@example.org", [recipient])


def test_a_mail_arrives_with_both_its_parts(mail_to_smtp):
    mail = EmailMultiAlternatives(
        "Grüße", "Dear Ana\n\nhttps://a.example/b/\n", to=["ana@example.org"]
    )
    mail.attach_alternative("<p>Dear Ana</p>", "text/html")
    mail.send()

    (received,) = mail_to_smtp.to("ana@example.org")
    assert received.subject == "Grüße"
    assert received.text.startswith("Dear Ana")
    assert "<p>Dear Ana</p>" in received.html
    assert received.links == ["https://a.example/b/"]
    assert received.link("/b/") == "https://a.example/b/"


def test_a_stopped_server_refuses_connections_and_a_started_one_takes_mail_again(mail_to_smtp):
    mail_to_smtp.stop()
    with pytest.raises(OSError, match="refused"):
        write()

    mail_to_smtp.start()
    assert write() == 1
    assert len(mail_to_smtp.mails) == 1


@pytest.mark.parametrize("reply", ["450 4.2.1 try again later", "550 5.1.1 no such mailbox"])
def test_a_refused_recipient_is_refused_with_the_given_code(mail_to_smtp, reply):
    mail_to_smtp.refuse("ana@example.org", reply)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        write()
    assert refusal.value.recipients["ana@example.org"][0] == int(reply[:3])

    assert write("ben@example.org") == 1
    mail_to_smtp.accept("ana@example.org")
    assert write() == 1


def test_a_hanging_server_never_answers(mail_to_smtp):
    mail_to_smtp.hangs = True
    with pytest.raises(OSError, match="timed out"):
        write()

    assert mail_to_smtp.mails == []


def test_a_mail_without_html_has_an_empty_html_part(smtp_server):
    message = EmailMessage()
    message["Subject"] = "Plain"
    message.set_content("Dear Ana")
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client:
        client.send_message(message, "hello@example.org", ["ana@example.org"])

    assert smtp_server.mails[0].html == ""
