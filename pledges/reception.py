"""A stranger signs. One transaction stores the pledge and its mail; nothing slow happens here."""

from django.db import connection, transaction

from common import addresses, outbox, tokens
from pledges import wordings
from pledges.models import Pledge, Voice

_INSERT = """
    INSERT INTO pledges_pledge (
        email, email_canonical, name, country, region, flexibility, shows_name, wants_news, wording,
        has_shown_voice, code, link_epoch, digits_epoch, digits_attempts, created_at, quarantined_at, referrer_id)
    VALUES (
        %(email)s, %(email_canonical)s, %(name)s, %(country)s, %(region)s, %(flexibility)s,
        %(shows_name)s, %(wants_news)s, %(wording)s,
        false, %(code)s, 0, 0, 0, %(now)s, %(quarantined_at)s,
        (SELECT id FROM pledges_pledge WHERE code = %(via)s AND standing_country IS NOT NULL))
    ON CONFLICT (email_canonical) WHERE withdrawn_at IS NULL DO NOTHING
    RETURNING id
"""


@transaction.atomic
def sign(
    *,
    now,
    email,
    name,
    country,
    region="",
    flexibility=(),
    reason="",
    show_name=False,
    newsletter=False,
    via="",
    suspicious=False,
):
    """Stores the pledge unless the address has one, and writes the mail that fits.

    Returns nothing: the answer to the visitor is the same for a new, a pending and a confirmed
    address. A suspicious pledge goes on as any other, but is not counted before staff had a look.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT,
            {
                "email": email,
                "email_canonical": addresses.canonical(email),
                "name": name,
                "country": country,
                "region": region,
                "flexibility": list(flexibility),
                "shows_name": show_name,
                "wants_news": newsletter,
                "wording": wordings.CURRENT,
                "code": tokens.new_code(),
                "now": now,
                "quarantined_at": now if suspicious else None,
                "via": via,
            },
        )
        inserted = cursor.fetchone()
    if inserted is None:
        mail_again(email, now=now)
        return
    if reason:
        Voice.objects.create(pledge_id=inserted[0], text=reason, created_at=now)
    outbox.put_capped("pledge-confirm", email, now=now, pledge_id=inserted[0])


def mail_again(address, *, now):
    """Writes the mail that helps whoever reads mail at this address to go on, if they signed.

    Unconfirmed: the confirmation again, with other digits where the old ones were tried before.
    Confirmed: that they are in already, with the link to their own page.
    """
    pledge = Pledge.objects.of(address).only("email", "confirmed_at", "digits_attempts").first()
    if pledge is None:
        return
    if pledge.confirmed_at:
        outbox.put_capped("pledge-already", pledge.email, now=now, pledge_id=pledge.pk)
    elif outbox.put_capped("pledge-confirm", pledge.email, now=now, pledge_id=pledge.pk):
        pledge.renew_digits()
