"""A stranger signs. One statement stores the pledge and its mail; nothing slow happens here.

Whether the address is new, waiting or confirmed, the request does the same work and gives the same
answer. Only the mail differs, and what it says is found out when it is sent.
"""

from django.db import connection

from common import addresses, outbox, tokens
from common.postgresql.prepared import Prepared
from pledges import blocking, wordings

CHAIN = 16  # links looked back along, to find whether somebody came through themselves

_INVITED_BY = """
    invited_by AS (
        SELECT id, referrer_id, email_canonical, 1 AS distance
          FROM pledges_pledge WHERE code = %(via)s AND standing_country IS NOT NULL
         UNION ALL
        SELECT above.id, above.referrer_id, above.email_canonical, distance + 1
          FROM invited_by JOIN pledges_pledge AS above ON above.id = invited_by.referrer_id
         WHERE distance < %(chain)s
    ),
"""
_REFERRER = """
    (SELECT id FROM invited_by WHERE distance = 1 AND NOT EXISTS (
        SELECT FROM invited_by WHERE email_canonical = %(email_canonical)s))
"""
_MEMBER = "(SELECT id FROM coalition_member WHERE code = %(via)s AND status = 'approved')"
_TYPES = outbox.TYPES | {
    "block_keys": "text[]",
    "chain": "int",
    "flexibility": "text[]",
    "is_trapped": "boolean",
    "shows_name": "boolean",
    "wants_news": "boolean",
}


def _statement(*, invited_by="", referrer="NULL", member="NULL"):
    sql = f"""
    WITH RECURSIVE {invited_by}
    suspected AS (
        SELECT CASE WHEN %(is_trapped)s THEN 'trap'
                    WHEN EXISTS (SELECT FROM pledges_block
                                  WHERE key = ANY(%(block_keys)s) AND active_since IS NOT NULL)
                    THEN 'blocked'
                    ELSE ''
               END AS suspicion
    ),
    pledge AS (
        INSERT INTO pledges_pledge (
            email, email_canonical, name, country, region, flexibility, shows_name, wants_news,
            wording, page, has_shown_voice, code, link_epoch, created_at, network, suspicion,
            quarantined_at, source, referrer_id, member_id)
        VALUES (
            %(email)s, %(email_canonical)s, %(name)s, %(country)s, %(region)s, %(flexibility)s,
            %(shows_name)s, %(wants_news)s, %(wording)s, %(page)s, false, %(code)s, 0, %(now)s, %(network)s,
            (SELECT suspicion FROM suspected),
            (SELECT %(now)s FROM suspected WHERE suspicion <> ''), %(source)s, {referrer}, {member})
        ON CONFLICT (email_canonical) WHERE withdrawn_at IS NULL DO NOTHING
        RETURNING id
    ),
    voice AS (
        INSERT INTO pledges_voice (pledge_id, text, original_text, status, created_at)
        SELECT id, %(reason)s, '', 'pending', %(now)s FROM pledge WHERE %(reason)s <> ''
    )
    {outbox.PUT_CAPPED}
    """  # noqa: S608  built from constants
    return Prepared(sql, **_TYPES)


# Most people come through nobody's link, and PostgreSQL takes longer to plan the way back along
# the links than to do all the rest.
_UNINVITED = _statement()
_INVITED = _statement(invited_by=_INVITED_BY, referrer=_REFERRER, member=_MEMBER)


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
    source="",
    page="",
    network="",
    is_trapped=False,
):
    """Stores the pledge unless the address has one, and writes the mail.

    Who filled in what people do not see, or is on the block list, goes on as any other, but is
    not counted before staff had a look.

    `via` is the code of whoever invited this person. It is set here once, so referrals are a tree;
    people who withdrew and sign again are no friends of their own, nor of those they brought.
    """
    canonical = addresses.canonical(email)
    with connection.cursor() as cursor:
        statement = _INVITED if via else _UNINVITED
        statement.execute(
            cursor,
            {
                **outbox.capped("pledge-signed", email, now=now),
                "email": email,
                "email_canonical": canonical,
                "name": name,
                "country": country,
                "region": region,
                "flexibility": list(flexibility),
                "shows_name": show_name,
                "wants_news": newsletter,
                "wording": wordings.CURRENT,
                "page": page,
                "code": tokens.new_code(),
                "network": network,
                "is_trapped": is_trapped,
                "block_keys": blocking.keys(canonical, network),
                "via": via,
                "source": source,
                "chain": CHAIN,
                "reason": reason,
            },
        )


def mail_again(address, *, now):
    """Writes the mail that helps whoever reads mail at this address to go on, if they signed."""
    outbox.put_capped("pledge-signed", address, now=now)
