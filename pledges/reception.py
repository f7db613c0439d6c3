"""A stranger signs. One statement stores the pledge and its mail; nothing slow happens here.

Whether the address is new, waiting or confirmed, the request does the same work and gives the same
answer. Only the mail differs, and what it says is found out when it is sent.
"""

from django.db import DatabaseError, connection

from common import addresses, outbox, ratelimit, tokens
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
_TYPES = {
    **outbox.TYPES,
    **ratelimit.TYPES,
    "block_keys": "text[]",
    "chain": "int",
    "flexibility": "text[]",
    "is_trapped": "boolean",
    "shows_name": "boolean",
    "wants_news": "boolean",
}


def _statement(*, admitted, invited_by="", referrer="NULL", member="NULL"):
    mail = outbox.PUT_CAPPED_IF.format(
        is_allowed="EXISTS (SELECT FROM admitted)", is_first="EXISTS (SELECT FROM pledge)"
    )
    sql = f"""
    WITH RECURSIVE {admitted},
    {invited_by}
    suspected AS (
        SELECT CASE WHEN %(is_trapped)s THEN 'trap'
                    WHEN EXISTS (SELECT FROM pledges_block
                                  WHERE key = ANY(%(block_keys)s) AND active_since IS NOT NULL)
                    THEN 'blocked'
                    ELSE ''
               END AS suspicion
          FROM admitted
    ),
    pledge AS (
        INSERT INTO pledges_pledge (
            email, email_canonical, name, country, region, flexibility, shows_name, wants_news,
            wording, page, has_shown_voice, code, link_epoch, created_at, network, suspicion,
            quarantined_at, source, referrer_id, member_id)
        SELECT
            %(email)s, %(email_canonical)s, %(name)s, %(country)s, %(region)s, %(flexibility)s,
            %(shows_name)s, %(wants_news)s, %(wording)s, %(page)s, false, %(code)s, 0, %(now)s,
            %(network)s, suspicion, CASE WHEN suspicion <> '' THEN %(now)s END, %(source)s,
            {referrer}, {member}
          FROM suspected
        ON CONFLICT (email_canonical) WHERE withdrawn_at IS NULL DO NOTHING
        RETURNING id
    ),
    voice AS (
        INSERT INTO pledges_voice (pledge_id, text, original_text, status, created_at)
        SELECT id, %(reason)s, '', 'pending', %(now)s FROM pledge WHERE %(reason)s <> ''
    ),
    mail AS ({mail})
    SELECT EXISTS (SELECT FROM admitted)
    """  # noqa: S608  built from constants
    return Prepared(sql, **_TYPES)


# Most people come through nobody's link. Where nothing is prepared (DATABASE_POOLED), PostgreSQL takes
# longer to plan the way back along the links than to do all the rest.
_INVITED = {"invited_by": _INVITED_BY, "referrer": _REFERRER, "member": _MEMBER}
_STATEMENTS = {
    (is_limited, is_invited): _statement(
        admitted=ratelimit.ADMITTED if is_limited else "admitted AS (SELECT)",
        **(_INVITED if is_invited else {}),
    )
    for is_limited in (False, True)
    for is_invited in (False, True)
}


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
    limit=None,
):
    """Stores the pledge unless the address has one, and writes the mail.

    Returns whether this was within `limit`, a `ratelimit.Limit` that it is counted for. Past it
    nothing is stored. Where nothing can be counted people sign all the same.

    Who filled in what people do not see, or is on the block list, goes on as any other, but is
    not counted before staff had a look.

    `via` is the code of whoever invited this person. It is set here once, so referrals are a tree;
    people who withdrew and sign again are no friends of their own, nor of those they brought.
    """
    canonical = addresses.canonical(email)
    parameters = {
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
    }
    with connection.cursor() as cursor:
        if limit:
            try:
                return _is_stored(cursor, {**parameters, **limit.parameters}, is_limited=True)
            except DatabaseError:
                if not ratelimit.is_broken(now=now):
                    raise
        return _is_stored(cursor, parameters, is_limited=False)


def _is_stored(cursor, parameters, *, is_limited):
    _STATEMENTS[is_limited, bool(parameters["via"])].execute(cursor, parameters)
    return cursor.fetchone()[0]


def mail_again(address, *, now):
    """Writes the mail that helps whoever reads mail at this address to go on, if they signed."""
    outbox.put_capped("pledge-signed", address, now=now)
