"""A campaign at a million: supporters, their voices and mails, members, posts and staff.

Written in bulk, the large tables by the database itself. What tests look for stands apart: one
pledge, one member, one post and so on, by names that nothing else has.
"""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone

from blog.models import Author, Post, Tag
from coalition.models import Member
from common import addresses
from pledges import counting, samples
from pledges.models import Pledge

PLEDGES = 1_000_000
UNCONFIRMED = 20_000
QUARANTINED = 2_000
WITHDRAWN = 5_000
VOICES = 100_000
MAILS = 100_000
ENTRIES = 100_000
MEMBERS = 5_000
POSTS = 2_000
STAFF = 5

_SQL = """
    UPDATE pledges_pledge SET withdrawn_at = %(now)s
     WHERE number <= %(withdrawn)s;

    INSERT INTO pledges_pledge (
        email, email_canonical, name, country, region, flexibility, shows_name, wants_news,
        has_shown_voice, wording, code, link_epoch, created_at, confirmed_at, quarantined_at,
        referrer_id)
    SELECT address, address, (ARRAY['Ana', 'Ben', 'Chris', 'Dee', 'Eli'])[1 + n % 5] || ' Newcomer ' || n, 'CA', '', '{}', false, false, false, '',
           'n' || to_char(n, 'FM000000000'), 0, %(now)s - n * interval '1 minute',
           CASE WHEN n <= %(quarantined)s THEN %(now)s END,
           CASE WHEN n <= %(quarantined)s THEN %(now)s END,
           (SELECT min(id) FROM pledges_pledge) + n % 500
      FROM generate_series(%(unconfirmed)s + %(quarantined)s, 1, -1) AS n,
           LATERAL (SELECT 'new-' || n || '@example.invalid') AS made (address);

    INSERT INTO pledges_voice (pledge_id, text, original_text, status, created_at)
    SELECT id, 'Reason ' || number, '',
           CASE WHEN number % 100 = 0 THEN 'pending' ELSE 'declined' END, confirmed_at
      FROM pledges_pledge WHERE number % (%(each)s) = 0;

    INSERT INTO common_outboxmessage (kind, recipient, recipient_hash, payload, created_at, due_at,
                                      attempts, last_error, sent_at, failed_at)
    SELECT 'pledge-signed', '', sha256(n::text::bytea), '{}', moment, moment, 1, '',
           CASE WHEN n % 100 > 1 THEN moment END, CASE WHEN n % 100 = 1 THEN moment END
      FROM generate_series(1, %(mails)s) AS n,
           LATERAL (SELECT %(now)s - n * interval '1 minute') AS made (moment);

    INSERT INTO common_auditentry (at, actor_id, actor_name, action, subject_type, subject_id,
                                   label, from_status, why, details)
    SELECT %(now)s - n * interval '1 minute', NULL, 'colleague-' || n % 50, 'changed',
           'pledges.pledge', n, '#' || n, '', 'Reason ' || n, '{}'
      FROM generate_series(1, %(entries)s) AS n;
"""
LARGE_TABLES = ["pledges_pledge", "pledges_voice", "common_outboxmessage", "common_auditentry"]


def write():
    now = timezone.now()
    samples.copy_synthetic(PLEDGES, now)
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL.replace(" % ", " %% "),
            {
                "now": now,
                "unconfirmed": UNCONFIRMED,
                "quarantined": QUARANTINED,
                "withdrawn": WITHDRAWN,
                "each": PLEDGES // VOICES,
                "mails": MAILS,
                "entries": ENTRIES,
            },
        )
    counting.fold_all()
    _write_others(now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _write_others(now):
    Member.objects.bulk_create(
        Member(
            name=f"Sample Works {number}",
            slug=f"sample-works-{number}",
            kind="company",
            status="approved" if number % 10 else "pending",
            website=f"https://sample-{number}.example/",
            country="CA",
            contact_name="Pat Example",
            contact_role="Chief of sample staff",
            contact_email=f"pat@sample-{number}.example",
            contact_canonical=f"pat@sample-{number}.example",
            contact_confirmed_at=now,
            authority_confirmed_at=now,
            created_at=now - timedelta(hours=number),
            approved_at=now,
        )
        for number in range(MEMBERS)
    )
    author = Author.objects.create(name="Sample Author", slug="sample-author")
    Tag.objects.create(name="Sample topic", slug="sample-topic")
    Post.objects.bulk_create(
        Post(
            title=f"Sample post {number}",
            slug=f"sample-post-{number}",
            excerpt="In short.",
            status=Post.Status.PUBLISHED,
            published_at=now - timedelta(hours=number),
            author=author,
        )
        for number in range(POSTS)
    )
    users = get_user_model()
    users.objects.bulk_create(
        users(username=f"colleague-{number}", is_staff=True) for number in range(STAFF)
    )
    sought = "zephyr.quill@sought.example"
    Pledge.objects.create(
        email=sought,
        email_canonical=addresses.canonical(sought),
        name="Zephyr Quill",
        country="NZ",
        created_at=now,
    )
