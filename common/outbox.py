"""Mail written in the transaction that causes it, handed over later by the worker.

A row holds what the mail is about (`kind` and `payload`), never its text: links with tokens are
made when the mail is sent, so that neither the database nor a backup holds a working link.

Each app registers one function per message:

    @outbox.message("pledge-confirm")
    def confirm(message, *, pledge_id):
        return outbox.compose("pledges/mail/confirm", subject, context)   # or None: drop it

Delivery is at least once: a worker killed between hand-over and commit sends again, with the
same Message-ID.
"""

import json
import logging
import smtplib

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac

from common import addresses, text
from common.models import OutboxMessage
from common.postgresql.prepared import Prepared

REPEATED_WITHIN_S = 10
logger = logging.getLogger(__name__)
_messages = {}


def message(kind):
    def register(function):
        _messages[kind] = function
        return function

    return register


def put(kind, recipient, *, now, **payload):
    """Writes a mail that its owner has just earned (a welcome, a decision): not capped.

    Returns False where the address asked never to be mailed again.
    """
    with connection.cursor() as cursor:
        _PUT.execute(cursor, parameters(kind, recipient, now=now, **payload))
        return cursor.rowcount == 1


def put_many(mails, *, now):
    """As `put`, in one statement for many: triples of kind, recipient and payload."""
    rows = [parameters(kind, recipient, now=now, **payload) for kind, recipient, payload in mails]
    columns = {
        name: [row[name] for row in rows] for name in ("kind", "recipient", "hash", "payload")
    }
    with connection.cursor() as cursor:
        cursor.execute(_PUT_MANY, {**columns, "now": now})


def parameters(kind, recipient, *, now, **payload):
    """Those of PUT, for whoever makes it part of a statement of their own."""
    return {
        "kind": kind,
        "recipient": recipient,
        "hash": addresses.keyed_hash(addresses.canonical(recipient)),
        "payload": json.dumps(payload),
        "now": now,
    }


_INSERT = """
    INSERT INTO common_outboxmessage (kind, recipient, recipient_hash, payload, created_at, due_at,
                                      attempts, last_error)
    SELECT {kind}, {recipient}, {hash}, {payload}, %(now)s, %(now)s, 0, '' {source}
     WHERE NOT EXISTS (SELECT FROM common_suppressedaddress WHERE address_hash = {hash})
"""
PUT = _INSERT.format(
    kind="%(kind)s", recipient="%(recipient)s", hash="%(hash)s", payload="%(payload)s", source=""
)
_PUT_MANY = _INSERT.format(
    kind="mail.kind",
    recipient="mail.recipient",
    hash="mail.hash",
    payload="mail.payload",
    source="""
      FROM unnest(%(kind)s::text[], %(recipient)s::text[], %(hash)s::bytea[], %(payload)s::jsonb[])
           AS mail (kind, recipient, hash, payload)""",
)


def put_for_staff(kind, *, now, **payload):
    """Writes a mail to everybody on the staff who has an address."""
    staff = get_user_model().objects.filter(is_staff=True, is_active=True).exclude(email="")
    for address in staff.order_by("pk").values_list("email", flat=True):
        put(kind, address, now=now, **payload)


def put_capped(kind, recipient, *, now, **payload):
    """Writes a mail that anybody can set off, at most MAILS_PER_ADDRESS_PER_DAY an address.

    The cap is a unique slot per address and UTC day, so a hundred simultaneous requests cannot
    pass it. Nor is the same mail written twice within REPEATED_WITHIN_S: a button pressed twice is
    no wish for two. Returns whether a mail was written; callers answer the same either way.

    Where the answer must not tell who is known, write the mail for any address, and let its
    function find out who reads there: a row with nothing to say is emptied instead of sent.
    """
    with connection.cursor() as cursor:
        _PUT_CAPPED.execute(cursor, capped(kind, recipient, now=now, **payload))
        return cursor.rowcount == 1


def capped(kind, recipient, *, now, **payload):
    """The parameters of PUT_CAPPED_IF, likewise."""
    return {
        **parameters(kind, recipient, now=now, **payload),
        "day": now.date(),
        "cap": settings.MAILS_PER_ADDRESS_PER_DAY,
        "repeated_within_s": REPEATED_WITHIN_S,
    }


# `is_first` says that this is no repetition, whatever was written just before.
PUT_CAPPED_IF = """
    INSERT INTO common_outboxmessage (kind, recipient, recipient_hash, payload, created_at, due_at,
                                      attempts, last_error, quota_day, quota_slot)
    SELECT %(kind)s, %(recipient)s, %(hash)s, %(payload)s, %(now)s, %(now)s, 0, '', %(day)s,
           coalesce(max(quota_slot), 0) + 1
      FROM common_outboxmessage
     WHERE recipient_hash = %(hash)s AND quota_day = %(day)s
    HAVING coalesce(max(quota_slot), 0) < %(cap)s
       AND ({is_first} OR count(*) FILTER (
               WHERE kind = %(kind)s AND payload = %(payload)s
                 AND created_at BETWEEN %(now)s - make_interval(secs => %(repeated_within_s)s)
                                    AND %(now)s + make_interval(secs => %(repeated_within_s)s)
           ) = 0)
       AND NOT EXISTS (SELECT FROM common_suppressedaddress WHERE address_hash = %(hash)s)
       AND {is_allowed}
        ON CONFLICT (recipient_hash, quota_day, quota_slot) DO NOTHING
"""

# Of the parameters of both, where a statement of which they are part is prepared.
TYPES = {
    "hash": "bytea",
    "payload": "jsonb",
    "now": "timestamptz",
    "day": "date",
    "cap": "int",
    "repeated_within_s": "float",
}
_PUT = Prepared(PUT, **TYPES)
_PUT_CAPPED = Prepared(PUT_CAPPED_IF.format(is_allowed="true", is_first="false"), **TYPES)


def compose(template, subject, context):
    """An EmailMultiAlternatives from `<template>.txt` and `<template>.html`, text first."""
    subject = text.unlinked(" ".join(subject.split()))  # one line, whatever it repeats
    context = {"site_url": settings.SITE_URL, "subject": subject, **context}
    mail = EmailMultiAlternatives(
        subject=subject, body=render_to_string(f"{template}.txt", context)
    )
    mail.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return mail


def deliver_due(*, now):
    """Hands over every mail that is due; returns how many. Several workers may run this.

    Raises OSError or SMTPException where the mail server is out of order, so that it is asked again
    with one mail after a pause instead of with all of them: it cannot be reached (nothing is marked
    then), or failed with two mails in a row (with one, the mail may be to blame).
    """
    OutboxMessage.objects.bring_forward(now)
    if not OutboxMessage.objects.due(now).exists():
        return 0
    sent = 0
    has_just_failed = False
    with get_connection() as mail_connection:
        while (outcome := _deliver_one(mail_connection, now)) is not None:
            if isinstance(outcome, Exception):
                if has_just_failed:
                    raise outcome
                has_just_failed = True
            else:
                sent += outcome
                has_just_failed = False
            mail_connection.open()  # again, where a mail that failed closed it
    return sent


def _deliver_one(mail_connection, now):
    """True if handed over, False if it was refused or had nothing to say, None if nothing is due,
    the error where the mail server failed."""
    row = None
    try:
        with transaction.atomic():  # what the function changed is undone if the mail stays here
            row = claim(now)
            if row is None:
                return None
            mail = _messages[row.kind](row, **row.payload)
            if mail is not None:
                _address(mail, row)
                mail_connection.send_messages([mail])
            row.settle(now, had_something_to_say=mail is not None)
    except Exception as error:
        if row is None:
            raise
        # One mail that cannot be sent must delay no other.
        logger.warning("Outbox message %s not sent: %s", row.pk, _described(error))
        is_of_server = _is_of_server(error)
        is_for_now = 400 <= (_smtp_code(error) or 0) < 500
        row.postpone(now, _described(error), passes=is_of_server or is_for_now)
        mail_connection.close()
        return error if is_of_server else False
    return mail is not None


def claim(now):
    """The message that is due longest and in nobody's hands, locked until the transaction ends."""
    return next(iter(OutboxMessage.objects.raw(_CLAIM, [now])), None)


# Written out, as `OutboxMessage.settle`, for each mail takes both: the ORM needs longer to write
# them than PostgreSQL to do them.
_CLAIM = """
    SELECT * FROM common_outboxmessage
     WHERE sent_at IS NULL AND failed_at IS NULL AND due_at <= %s
     ORDER BY due_at LIMIT 1
       FOR UPDATE SKIP LOCKED
"""


def _is_of_server(error):
    """Whether it says nothing about the mail: no answer, or one to who we are or that it closes."""
    if isinstance(error, (smtplib.SMTPServerDisconnected, smtplib.SMTPSenderRefused)):
        return True
    is_of_network = isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException)
    return is_of_network or _smtp_code(error) == 421


def _smtp_code(error):
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    return getattr(error, "smtp_code", None)


def _address(mail, row):
    """To whom the function wrote, or else to whoever asked."""
    host = settings.SITE_URL.partition("://")[2].partition(":")[0]
    seal = salted_hmac("outbox.message-id", str(row.pk), algorithm="sha256").hexdigest()[:20]
    mail.to = mail.to or [row.recipient]
    mail.extra_headers.setdefault("Message-ID", f"<{row.pk}.{seal}@{host}>")
    mail.extra_headers.setdefault("Auto-Submitted", "auto-generated")


def _described(error):
    """Kind of error and SMTP code only: the server's words repeat the address."""
    return f"{type(error).__name__} {_smtp_code(error) or ''}".strip()


def to(canonical_address):
    """Mails to this address of the last weeks, newest first."""
    return OutboxMessage.objects.filter(
        recipient_hash=addresses.keyed_hash(canonical_address)
    ).order_by("-created_at", "-pk")


def forget(canonical_address):
    """Removes every mail to this address, sent or waiting."""
    return to(canonical_address).delete()[0]
