"""Hours as the worker finds them: who signed, whose mail was handed over, who confirmed.

The newest hours are counted anew once a minute, through the indexes on the moments; hours long past
stay as they were, also when unconfirmed pledges of theirs are deleted.
"""

from datetime import timedelta

from django.db import connection, transaction

from common import outbox
from pledges.models import Activity, Pledge, Sinking

LOCK = 1_000_100  # number of the advisory lock
STEP = timedelta(days=1)  # counted in one transaction, when catching up
SETTLED_AFTER = timedelta(hours=2)  # a sign-up under way may still be committed into its hour
KEPT = timedelta(days=400)
OTHER = "other"  # the provider of small domains: nobody can be told by theirs

# Mailboxes of many people under few names.
PROVIDERS = {
    "Gmail": "gmail.com googlemail.com",
    "Outlook": "outlook.com hotmail.com hotmail.co.uk hotmail.de hotmail.fr hotmail.it hotmail.es "
    "live.com live.co.uk live.fr live.nl msn.com outlook.de outlook.fr",
    "Yahoo": "yahoo.com yahoo.co.uk yahoo.ca yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.co.in "
    "yahoo.co.jp yahoo.com.br ymail.com rocketmail.com",
    "iCloud": "icloud.com me.com mac.com",
    "AOL": "aol.com",
    "Proton": "proton.me protonmail.com pm.me",
    "GMX": "gmx.com gmx.net gmx.de gmx.at gmx.ch",
    "Web.de": "web.de",
    "T-Online": "t-online.de",
    "Comcast": "comcast.net",
    "Orange": "orange.fr wanadoo.fr",
    "Yandex": "yandex.com yandex.ru",
    "Mail.ru": "mail.ru inbox.ru list.ru bk.ru",
    "QQ": "qq.com",
    "NetEase": "163.com 126.com yeah.net",
}
_DOMAINS = [(domain, name) for name, domains in PROVIDERS.items() for domain in domains.split()]

_COUNT = """
    WITH provider_of (domain, provider) AS (
        SELECT * FROM unnest(%(domains)s::text[], %(providers)s::text[])
    ),
    pledge AS (
        SELECT created_at, confirmed_at, country, source,
               split_part(email_canonical, '@', 2) AS domain,
               CASE WHEN referrer_id IS NOT NULL THEN 'referral'
                    WHEN member_id IS NOT NULL THEN 'member'
                    ELSE 'direct' END AS channel
          FROM pledges_pledge
         WHERE (created_at >= %(since)s AND created_at < %(until)s)
            OR (confirmed_at >= %(since)s AND confirmed_at < %(until)s)
    ),
    event (at, domain, country, channel, source, signed, handed_over, confirmed) AS (
        SELECT created_at, domain, country, channel, source, 1, 0, 0
          FROM pledge WHERE created_at >= %(since)s AND created_at < %(until)s
         UNION ALL
        SELECT confirmed_at, domain, country, channel, source, 0, 0, 1
          FROM pledge WHERE confirmed_at >= %(since)s AND confirmed_at < %(until)s
         UNION ALL
        SELECT sent_at, lower(split_part(recipient, '@', 2)), '', '', '', 0, 1, 0
          FROM common_outboxmessage
         WHERE sent_at >= %(since)s AND sent_at < %(until)s
           AND kind = 'pledge-signed' AND recipient <> ''
    ),
    placed AS (
        SELECT date_trunc('hour', at, 'UTC') AS hour, coalesce(provider, %(other)s) AS provider,
               country, channel, source, signed, handed_over, confirmed
          FROM event LEFT JOIN provider_of USING (domain)
    )
    INSERT INTO pledges_activity (hour, scope, key, signed, handed_over, confirmed)
    SELECT hour,
           CASE WHEN grouping(provider) = 0 THEN 'provider'
                WHEN grouping(country) = 0 THEN 'country'
                WHEN grouping(channel) = 0 THEN 'channel'
                WHEN grouping(source) = 0 THEN 'source'
                ELSE 'all' END,
           coalesce(provider, country, channel, source, ''),
           sum(signed), sum(handed_over), sum(confirmed)
      FROM placed
     GROUP BY GROUPING SETS ((hour), (hour, provider), (hour, country), (hour, channel), (hour, source))
    HAVING grouping(provider, country, channel, source) = 15
        OR coalesce(provider, country, channel, source) <> ''
"""


def fill_in(*, now):
    """Counts the hours that may have changed; returns from when on, or None while another does."""
    since = _open_since(now)
    with connection.cursor() as cursor:
        begin = since
        while begin <= now:
            if not _count(cursor, begin, begin + STEP):
                return None
            begin += STEP
    # Also where nothing happened: from here the next turn goes on.
    Activity.objects.get_or_create(scope=Activity.Scope.ALL, hour=_hour_of(now))
    return since


def _hour_of(moment):
    return moment.replace(minute=0, second=0, microsecond=0)


def _open_since(now):
    """The first hour that may not be as it will stay."""
    settled = _hour_of(now) - SETTLED_AFTER
    newest = Activity.objects.of(Activity.Scope.ALL).order_by("-hour").first()
    if newest:
        return min(settled, newest.hour)
    first = Pledge.objects.order_by("created_at").values_list("created_at", flat=True).first()
    begin = max(first, now - KEPT) if first else settled
    return min(settled, _hour_of(begin))


@transaction.atomic
def _count(cursor, since, until):
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
    if not cursor.fetchone()[0]:
        return False
    Activity.objects.within(since, until).delete()
    domains, providers = zip(*_DOMAINS, strict=True)
    cursor.execute(
        _COUNT,
        {
            "since": since,
            "until": until,
            "domains": list(domains),
            "providers": list(providers),
            "other": OTHER,
        },
    )
    return True


def forget(*, now):
    """Deletes hours that nobody looks at any more; returns how many rows."""
    return Activity.objects.filter(hour__lt=now - KEPT).delete()[0]


# --- Confirmation health ----------------------------------------------------------------------

LATELY = timedelta(hours=6)
USUALLY = timedelta(days=7)
ENOUGH_LATELY, ENOUGH_USUALLY = 30, 100  # mails handed over, before a share says something
SUNK_TO = 0.5  # of what is usual


def watch_providers(*, now):
    """Tells staff, once a day, of each provider whose mail no longer leads to confirmations."""
    usual = _shares(now - USUALLY, now - LATELY, enough=ENOUGH_USUALLY)
    lately = _shares(now - LATELY, now, enough=ENOUGH_LATELY)
    sunk = []
    for provider, (handed_over, confirmed) in lately.items():
        if provider not in usual:
            continue
        usual_share = usual[provider][1] / usual[provider][0]
        if confirmed / handed_over < SUNK_TO * usual_share:
            sunk.append(_tell(provider, handed_over, confirmed, usual_share, now=now))
    return [provider for provider in sunk if provider]


def _shares(since, until, *, enough):
    """Mails handed over and confirmations, by provider with enough of the former."""
    rows = Activity.objects.of(Activity.Scope.PROVIDER).within(since, until).by_scope_and_key()
    return {
        row["key"]: (row["handed_over"], row["confirmed"])
        for row in rows
        if row["handed_over"] >= enough
    }


@transaction.atomic
def _tell(provider, handed_over, confirmed, usual_share, *, now):
    sinking, is_new = Sinking.objects.get_or_create(
        provider=provider,
        day=now.date(),
        defaults={
            "handed_over": handed_over,
            "confirmed": confirmed,
            "usual_percent": round(100 * usual_share),
        },
    )
    if not is_new:
        return None
    outbox.put_for_staff("provider-sinking", now=now, sinking_id=sinking.pk)
    return provider
