"""The first post of the blog, and samples beside it that nobody takes for real ones.

Samples are dated before the launch, so that a reader lands on the launch note.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.core.files import File
from django.db import transaction

from blog.models import Author, Image, Post, Quote, RichText, Tag

PICTURE = Path(__file__).parent / "sample_media" / "balancing-people.png"

TAGS = {
    "launch": ("Launch", "How the campaign began and what it set out to do."),
    "numbers": ("Numbers", "What we count, how we count it, and what it does not say."),
    "ideas": ("Ideas", "Thoughts on work that leaves room for life."),
    "coalition": (
        "Coalition",
        "Companies, nonprofits and leaders who support flexible work in public.",
    ),
}

FOUNDER = ("founder", "The founder of FlexJobs", "Founded FlexJobs, and this campaign.")
TEAM = ("campaign-team", "The campaign team (sample author)", "A sample author of sample posts.")

OPENING = """
<p>Hello, and welcome. You have found 1 Million for Work Flexibility in its very first days, so let
me tell you, in my own words, why it is here and why I hope you will be part of it.</p>
<h2>A picture from my childhood</h2>
<p>As a child I loved a picture of people balancing together. Every one of them had a pose of their
own to keep, and every one of them belonged to something that nobody could have held up alone. They
balanced as individuals, and they balanced as a team.</p>
<p>I have come back to that picture many times, because life has turned out to be much like it.
There is our work. There are the people we love, our health, the things we still want to learn, the
places that need a hand. Hardly anybody gets to carry just one of these at a time. We shift our
weight from one to the other all day long, and we do it better when those around us shift a little
with us.</p>
<h2>Looking for work that bends</h2>
<p>The thought became a very practical one when I was expecting my first child. I wanted to go on
doing professional work, and I wanted it to leave room for the family we were about to be. So I went
looking for a flexible job, a good one. It was a discouraging search. The longer it lasted, the more
I felt that it should not be this hard, and that I could not be the only one who was looking.</p>
<p>That is how I came to build FlexJobs, a place where people find professional work that is
flexible. Helping others with the search that I found so difficult has been my own work ever since,
and I am grateful for it.</p>
"""

PULLED = "One person who asks for flexibility can look like an exception. A million cannot."

MIDDLE = """
<h2>An idea on a summer day</h2>
<p>Still, looking for a job is something each of us does alone, and whether work can be flexible is
something we decide together. On a summer day those two halves met in my mind, the way they do in
the picture. What if a million people said, each with their own name, that they are for work
flexibility? And what if a coalition of companies, nonprofits and business leaders said so beside
them, just as publicly?</p>
<p>That is the whole idea. One person who asks for flexibility can look like an exception. A million
cannot. And an organisation that wants to change how it works will find the step easier once it sees
who has already taken it.</p>
<h2>What we mean by flexibility</h2>
<p>It is not one thing, and no single kind is right for everybody. We stand for all of these:</p>
<ul>
<li><strong>Telecommuting:</strong> doing the job from home or from another good place, every day or
on some days.</li>
<li><strong>Flexible schedules:</strong> hours that move when life needs them to.</li>
<li><strong>Part-time work:</strong> fewer hours, and no less regard for what is done in them.</li>
<li><strong>Freelance work:</strong> projects taken on one by one, on terms that suit both
sides.</li>
</ul>
<p>I came to this as a mother, but it is not for parents alone. It is for people who care for
somebody, who study, who live far from the nearest office, who are getting well again, who are
easing out of a long career, and for those who simply do their best work this way. You do not need a
reason to be counted.</p>
<h2>Will you join us?</h2>
<p>If you believe that work can be done well and still leave room for the rest of life, please
<a href="/">add your name</a>. Then tell your friends and the people you work with, and ask them to
tell theirs. That is how a few become a million. And if you speak for a company or a nonprofit, or
lead a business of your own, have a look at <a href="/coalition/">the coalition</a>. Your public
support makes it easier for others to give theirs.</p>
<p>I still think of the people in that picture, each steady because the others are. I would love to
see you among them.</p>
<p>Thank you for reading, and for whatever you decide to carry with us.</p>
"""

SAMPLES = (
    (
        "reading-a-big-number",
        "Reading a big number (sample post)",
        datetime(2013, 9, 19, 9, tzinfo=UTC),
        ["numbers"],
        "A million is easy to write and hard to picture. Six zeros help, one at a time.",
        "<p>This is a sample post. It shows how a short piece about numbers looks.</p>"
        "<h2>One zero at a time</h2><p>Ten people fit around a table, a hundred into a café, a "
        "thousand into a school hall. Three more zeros, and no building is large enough.</p>"
        "<ol><li>Count people, not clicks.</li><li>Count each of them once.</li>"
        "<li>Show how it was counted.</li></ol>",
        "A number is a promise to those who are in it.",
    ),
    (
        "what-members-say-yes-to",
        "What coalition members say yes to (sample post)",
        datetime(2013, 9, 5, 9, tzinfo=UTC),
        ["coalition"],
        "A company does not have to be perfect to stand up for flexible work. It has to mean it.",
        "<p>This is a sample post. It shows how a piece about the coalition looks.</p>"
        "<h2>A public yes</h2><p>Members lend their name and say in a sentence how their own work "
        "bends. The sentence is theirs, and it can be as modest as the step they took.</p>",
        "",
    ),
    (
        "four-ways-to-bend",
        "Four ways to bend (sample post)",
        datetime(2013, 8, 22, 9, tzinfo=UTC),
        ["ideas", "launch"],
        "Where, when, how much, for whom: four questions, and four kinds of flexible work.",
        "<p>This is a sample post. It shows headings, a list and a link.</p>"
        "<h2>Where</h2><p>Telecommuting moves the place.</p>"
        "<h2>When</h2><p>A flexible schedule moves the hours.</p>"
        "<h2>How much</h2><p>Part-time work changes their number.</p>"
        "<h2>For whom</h2><p>Freelance work changes who asks. All four can be "
        '<a href="/">supported with one name</a>.</p>',
        "",
    ),
    (
        "how-we-count",
        "How we count, and why we wait (sample post)",
        datetime(2013, 8, 8, 9, tzinfo=UTC),
        ["numbers"],
        "A name counts once its owner has confirmed it by email, and not a moment earlier.",
        "<p>This is a sample post. It shows a piece that explains how the campaign counts.</p>"
        "<p>Anybody can type a name. Only its owner can open the email that follows and press the "
        "button in it. That is when the count goes up by one.</p>"
        "<p>Whoever takes their name back is taken out of the count again.</p>",
        "Slow and right beats fast and wrong.",
    ),
    (
        "notes-before-the-launch",
        "Notes before the launch (sample post)",
        datetime(2013, 7, 25, 9, tzinfo=UTC),
        ["launch", "ideas"],
        "What is ready, what is not, and what we would like to get right from the first day.",
        "<p>This is a sample post, the oldest one, so that the way back has an end.</p>"
        "<h2>Ready</h2><p>The idea, the name and the picture of people who balance together.</p>"
        "<h2>Not ready</h2><p>Nearly everything else, which is as it should be.</p>",
        "",
    ),
)


@transaction.atomic
def create_samples(now):
    """Writes what is missing and leaves what is there; the same posts each time."""
    founder, team = _author(*FOUNDER), _author(*TEAM)
    tags = {slug: _tag(slug, *texts) for slug, texts in TAGS.items()}
    _launch_note(founder, tags)
    for slug, title, published_at, topics, excerpt, text, quotation in SAMPLES:
        post = _post(slug, title, excerpt, team, Post.Status.PUBLISHED, published_at)
        if post:
            post.tags.set(tags[topic] for topic in topics)
            RichText.objects.create(parent=post, region="main", ordering=10, text=text)
            if quotation:
                Quote.objects.create(parent=post, region="main", ordering=20, text=quotation)
    _in_every_state(team, tags["ideas"], now)


def _launch_note(founder, tags):
    post = _post(
        "a-million-people-one-balancing-act",
        "A million people, one balancing act",
        "A picture I loved as a child, a job search before my first child was born, and an idea on "
        "a summer day: why I am asking a million people to stand up for work flexibility.",
        founder,
        Post.Status.PUBLISHED,
        datetime(2013, 10, 1, 9, tzinfo=UTC),
    )
    if not post:
        return
    post.tags.set([tags["launch"]])
    with PICTURE.open("rb") as file:
        Image.objects.create(
            parent=post,
            region="main",
            ordering=10,
            file=File(file, PICTURE.name),
            alt="Nine people on one long beam in front of a large sun. Six of them stand on each "
            "other’s shoulders as a pyramid and hold up a ball; the others read, stand on one leg "
            "or stand on their hands beside it.",
            caption="Balancing together, as individuals and as a team.",
            credit="Illustration: 1 Million for Work Flexibility",
        )
    RichText.objects.create(parent=post, region="main", ordering=20, text=OPENING)
    Quote.objects.create(parent=post, region="main", ordering=30, text=PULLED)
    RichText.objects.create(parent=post, region="main", ordering=40, text=MIDDLE)


def _in_every_state(team, tag, now):
    for slug, title, status, published_at in (
        ("sample-draft", "Still being written (sample draft)", Post.Status.DRAFT, None),
        (
            "sample-scheduled",
            "Goes live in a year (sample post)",
            Post.Status.PUBLISHED,
            now + timedelta(days=365),
        ),
        (
            "sample-withdrawn",
            "Taken back (sample post)",
            Post.Status.WITHDRAWN,
            datetime(2013, 8, 15, 9, tzinfo=UTC),
        ),
    ):
        excerpt = "A sample that readers do not see; staff do."
        post = _post(slug, title, excerpt, team, status, published_at)
        if post:
            post.tags.add(tag)
            text = "<p>This is a sample post in a state of its own.</p>"
            RichText.objects.create(parent=post, region="main", ordering=10, text=text)


def _author(slug, name, biography):
    defaults = {"name": name, "biography": biography}
    return Author.objects.get_or_create(slug=slug, defaults=defaults)[0]


def _tag(slug, name, description):
    defaults = {"name": name, "description": description}
    return Tag.objects.get_or_create(slug=slug, defaults=defaults)[0]


def _post(slug, title, excerpt, author, status, published_at):
    """The new post, or None where it is there already."""
    post, is_new = Post.objects.get_or_create(
        slug=slug,
        defaults={
            "title": title,
            "excerpt": excerpt,
            "author": author,
            "status": status,
            "published_at": published_at,
        },
    )
    return post if is_new else None
