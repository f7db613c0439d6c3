"""Nothing that staff paste, or code stores, can run in a reader's browser or feed reader."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from blog import previews
from blog.models import Post, RichText
from tests.blog.attacks import ATTACKS
from tests.blog.factories import (
    add_call,
    add_image,
    add_quote,
    add_text,
    add_video,
    make_author,
    make_post,
)

pytestmark = pytest.mark.django_db

BATCHES = [ATTACKS[start : start + 15] for start in range(0, len(ATTACKS), 15)]
HARMLESS = {
    "p h2 h3 h4 ul ol li a strong em br hr blockquote table thead tbody tr th td caption",
    "figure figcaption span",
}
ALLOWED_TAGS = set(" ".join(HARMLESS).split())
ALLOWED_ATTRIBUTES = {"href", "rel", "scope", "colspan", "rowspan", "title", "lang"}
# As browsers read it: controls and spaces in front are skipped, without a scheme it is relative.
SCHEME = re.compile(r"[\x00-\x20]*[a-z][a-z0-9+.\t\r\n-]*:", re.IGNORECASE)
HARMLESS_SCHEME = re.compile(r"(https?|mailto):", re.IGNORECASE)
NEVER = re.compile(r"(?!)")
OUR_ANCHORS = {  # what the page adds to headings, in just this form
    ("h2", "id"): re.compile(r"s-[\w-]*"),
    ("h3", "id"): re.compile(r"s-[\w-]*"),
    ("h4", "id"): re.compile(r"s-[\w-]*"),
    ("a", "class"): re.compile("anchor"),
    ("a", "aria-label"): re.compile("Link to this section"),
}


class Dangers(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag not in ALLOWED_TAGS:
            self.found.append(tag)
        for name, value in attrs:
            if OUR_ANCHORS.get((tag, name), NEVER).fullmatch(value or ""):
                continue
            if name not in ALLOWED_ATTRIBUTES:
                self.found.append(f"{tag} {name}")
            if name == "href" and SCHEME.match(value) and not HARMLESS_SCHEME.match(value):
                self.found.append(f"{tag} {name}={value}")


def dangers(markup):
    parser = Dangers()
    parser.feed(markup)
    parser.close()
    return parser.found


def prose(page):
    return page.split('<div class="prose">')[1].split("<aside")[0].rpartition("</div>")[0]


def full_texts(client):
    atom = ElementTree.fromstring(client.get(reverse("blog:feed")).content)  # noqa: S314  our own
    rss = ElementTree.fromstring(client.get(reverse("blog:feed-rss")).content)  # noqa: S314
    return [
        *(entry.text for entry in atom.iter("{http://www.w3.org/2005/Atom}content")),
        *(item.text for item in rss.iter("{http://purl.org/rss/1.0/modules/content/}encoded")),
    ]


def shown(client, post):
    texts = [prose(client.get(post.get_absolute_url()).text), *full_texts(client)]
    return [*texts, prose(client.get(previews.address(post)).text)]


def test_the_check_itself_sees_dangers():
    assert dangers("<p onclick=x><script>1</script><a href='javascript:1'>y</a></p>") == [
        "p onclick",
        "script",
        "a href=javascript:1",
    ]


def test_there_are_many_and_all_differ():
    assert len(set(ATTACKS)) == len(ATTACKS) >= 150


@pytest.mark.parametrize("attacks", BATCHES)
def test_what_code_saves_is_clean_when_stored_and_shown(client, attacks):
    post = make_post()
    for attack in attacks:
        block = add_text(post, f"<p>before</p>{attack}<p>after</p>")
        assert dangers(RichText.objects.get(pk=block.pk).text) == [], attack
    for text in shown(client, post):
        assert dangers(text) == []
        assert text.count("before") >= len(attacks)


@pytest.mark.parametrize("attacks", BATCHES)
def test_what_reaches_the_table_raw_is_still_clean_when_shown(client, attacks):
    post = make_post()
    for attack in attacks:
        block = add_text(post, "<p>clean</p>")
        raw = f"<p>before</p>{attack}<p>after</p>".replace("\x00", "")  # no text column holds it
        RichText.objects.filter(pk=block.pk).update(text=raw)
    for text in shown(client, post):
        assert dangers(text) == []


@pytest.mark.parametrize("attacks", BATCHES)
def test_what_staff_paste_into_the_form_is_clean(admin_client, client, attacks):
    attacks = [attack.replace("\x00", "") for attack in attacks]  # Django refuses it by itself
    form = {
        "title": "Pasted",
        "slug": "pasted",
        "excerpt": "x",
        "status": "published",
        "published_at_0": "01/10/2013",
        "published_at_1": "09:00:00",
        "author": make_author().pk,
        "blog_richtext_set-TOTAL_FORMS": len(attacks),
        "blog_richtext_set-INITIAL_FORMS": 0,
    }
    for kind in ("image", "quote", "calltoaction", "video"):
        form |= {f"blog_{kind}_set-TOTAL_FORMS": 0, f"blog_{kind}_set-INITIAL_FORMS": 0}
    for number, attack in enumerate(attacks):
        form[f"blog_richtext_set-{number}-region"] = "main"
        form[f"blog_richtext_set-{number}-ordering"] = number
        form[f"blog_richtext_set-{number}-text"] = f"<p>before</p>{attack}"
    response = admin_client.post(reverse("admin:blog_post_add"), form)
    assert response.status_code == 302
    post = Post.objects.get(slug="pasted")
    assert post.blog_richtext_set.count() == len(attacks)
    assert all(dangers(block.text) == [] for block in post.blog_richtext_set.all())
    for text in shown(client, post):
        assert dangers(text) == []


@pytest.mark.parametrize("attacks", BATCHES)
def test_plain_fields_are_escaped(client, attacks):
    post = make_post(text="<p>words</p>")
    for attack in attacks:
        attack = attack.replace("\x00", "")
        Post.objects.filter(pk=post.pk).update(title=attack[:200], excerpt=attack[:400])
        add_quote(post, attack, attribution=attack[:200])
        add_call(post, attack[:200])
        add_video(post, title=attack[:200])
        add_image(post, alt=attack[:300], caption=attack[:300], credit=attack[:200])
    page = client.get(post.get_absolute_url()).text
    assert "<script>alert" not in page
    marked_up = [attack for attack in attacks if "<" in attack]
    for path in (post.get_absolute_url(), "/blog/", "/blog/feed/", "/blog/feed/rss/"):
        text = client.get(path).text
        assert [attack for attack in marked_up if attack in text] == []
