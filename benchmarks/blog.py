"""Are the blog's pages as quick with 20,000 posts as with 20?

Run with `python -m benchmarks.blog`. Makes two databases beside the one of DATABASE_URL, measures
whole requests in this process, alternating between them, and drops them again.
"""

import os
import random
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flexpledge.settings")
os.environ["DEBUG"] = "true"
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from blog.models import Author, Image, Post, Quote, RichText, Tag  # noqa: E402
from blog.pictures import Encoding  # noqa: E402

SIZES = (20, 20_000)  # posts
ROUNDS = 9
REQUESTS = 7  # a round, after one that warms up
MOST_QUERIES = 8
MOST_TIMES_SLOWER = 1.5
FULL = 15  # newest posts of one author and topic, so that no list is shorter with few posts
NEWEST = datetime(2025, 12, 28, 9, tzinfo=UTC)
SYLLABLES = "ba lan ce mo ti ver ka lo su ri ne ta fo mi du pel gra sto win hol".split()


def main():
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    home = connection.settings_dict["NAME"]
    names = {size: f"{home}_blog_{size}" for size in SIZES}
    try:
        for size, name in names.items():
            make(home, name, size)
        measured = measure(names)
    finally:
        use(home)
        with connection.cursor() as cursor:
            for name in names.values():
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    sys.exit(report(measured))


def use(name):
    connection.close()
    connection.settings_dict["NAME"] = name


def make(home, name, size):
    use(home)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    use(name)
    call_command("migrate", verbosity=0)
    fill(size)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def fill(size):
    chance = random.Random(size)  # the same posts each time
    words = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(8000)]
    often = [1 / (rank + 2) for rank in range(len(words))]  # as words are used in any language
    authors = [Author(name=f"Author {n}", slug=f"author-{n}") for n in range(10)]
    Author.objects.bulk_create(authors)
    tags = [Tag(name=f"Topic {n}", slug=f"topic-{n}") for n in range(20)]
    Tag.objects.bulk_create(tags)

    full = {f"post-{number}" for number in range(FULL)}

    def say(count):
        return " ".join(chance.choices(words, often, k=count))

    for start in range(0, size, 2000):
        posts = [
            Post(
                title=f"{say(5)} {number}",
                slug=f"post-{number}",
                status=Post.Status.PUBLISHED,
                published_at=NEWEST - timedelta(hours=4 * number),
                excerpt=say(20),
                author=authors[0] if number < FULL else chance.choice(authors),
                body_text=say(250) + (" steady telecommuting" if number < FULL else ""),
            )
            for number in range(start, min(size, start + 2000))
        ]
        Post.objects.bulk_create(posts)
        Post.tags.through.objects.bulk_create(
            Post.tags.through(post=post, tag=tag)
            for post in posts
            for tag in (tags[:2] if post.slug in full else chance.sample(tags, 2))
        )
        RichText.objects.bulk_create(
            RichText(parent=post, region="main", ordering=20, text=f"<p>{post.body_text}</p>")
            for post in posts
        )
        Quote.objects.bulk_create(
            Quote(parent=post, region="main", ordering=30, text=post.excerpt) for post in posts
        )
        Image.objects.bulk_create(
            Image(
                parent=post,
                region="main",
                ordering=10,
                file="blog/none.jpg",
                width=1600,
                height=900,
                encoding=Encoding.READY,
                alt="People",
                credit="Nobody",
            )
            for post in posts
        )
    Post.objects.filter(slug="post-5").update(title="Telecommuting at its best")


def pages():
    post = Post.objects.get(slug="post-10")
    return {
        "index": "/blog/",
        "tag": f"/blog/tags/{post.tags.first().slug}/",
        "author": f"/blog/authors/{post.author.slug}/",
        "search, a rare word": "/blog/search/?q=steady",
        "search, a misspelt word": "/blog/search/?q=telecomuting",
        "archive of a month": "/blog/2025/12/",
        "archive of a year": "/blog/2025/",
        "post": post.get_absolute_url(),
        "feed": "/blog/feed/",
    }


def measure(names):
    """Page → size → (queries, medians of the rounds in ms). Both sizes follow on each other."""
    client = Client()
    use(names[SIZES[0]])
    measured = {page: {size: (0, []) for size in SIZES} for page in pages()}
    for round_ in range(ROUNDS):
        for page in measured:
            for size in SIZES if round_ % 2 else reversed(SIZES):
                use(names[size])
                address = pages()[page]
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(address).status_code == 200, address  # noqa: S101
                asked = len(queries)
                times = []
                for _ in range(REQUESTS):
                    began = time.perf_counter()
                    client.get(address)
                    times.append(1000 * (time.perf_counter() - began))
                medians = [*measured[page][size][1], statistics.median(times)]
                measured[page][size] = asked, medians
    return measured


def report(measured):
    few, many = SIZES
    failed = 0
    sys.stdout.write(f"| page | queries | {few} posts, ms | {many:,} posts, ms | times |\n")
    sys.stdout.write("|---|---|---|---|---|\n")
    for page, sizes in measured.items():
        queries = max(count for count, _medians in sizes.values())
        quick, slow = sizes[few][1], sizes[many][1]
        times = statistics.median(more / less for less, more in zip(quick, slow, strict=True))
        failed |= queries > MOST_QUERIES or times > MOST_TIMES_SLOWER
        sys.stdout.write(
            f"| {page} | {queries} | {statistics.median(quick):.1f} "
            f"| {statistics.median(slow):.1f} | {times:.2f} |\n"
        )
    return failed


if __name__ == "__main__":
    main()
