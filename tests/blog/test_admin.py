"""Staff write, schedule and withdraw posts in the admin, under the strict policy."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from blog.models import Author, Post
from tests.blog.factories import add_image, add_quote, make_author, make_post, make_tag, picture

pytestmark = pytest.mark.django_db
ADD = "admin:blog_post_add"


def form(**changes):
    fields = {
        "title": "From the form",
        "slug": "from-the-form",
        "excerpt": "In short.",
        "status": "draft",
        "author": changes.pop("author", None) or make_author().pk,
    }
    for kind in ("richtext", "image", "quote"):
        fields[f"blog_{kind}_set-TOTAL_FORMS"] = 0
        fields[f"blog_{kind}_set-INITIAL_FORMS"] = 0
    return fields | changes


def block(kind, number, **fields):
    """Form fields of one new block; `ordering` gives its place."""
    prefix = f"blog_{kind}_set"
    fields = {"region": "main"} | fields
    return {f"{prefix}-TOTAL_FORMS": number + 1} | {
        f"{prefix}-{number}-{name}": value for name, value in fields.items()
    }


def errors(response):
    return re.findall(r'class="errorlist[^"]*"[^>]*><li>(.*?)</li>', response.text)


def test_a_post_is_written_in_blocks_and_read_in_their_order(admin_client, client):
    response = admin_client.post(
        reverse(ADD),
        form(
            status="published",
            tags=[make_tag().pk],
            **block("richtext", 0, ordering=20, text="<p>Words <b>here</b></p>"),
            **block("image", 0, ordering=10, file=picture(), alt="People", credit="Me"),
            **block("quote", 0, ordering=30, text="Said.", attribution="Somebody"),
        ),
    )
    assert response.status_code == 302, errors(response)
    post = Post.objects.get()
    assert [type(part).__name__ for part in post.blocks()] == ["Image", "RichText", "Quote"]
    assert post.body_text.startswith("Words here")
    assert post.is_live(timezone.now())
    page = client.get(post.get_absolute_url()).text
    for text in ("From the form", "Words", "Said.", "Somebody", 'alt="People"'):
        assert text in page


def test_who_changed_what_is_kept(admin_client, admin_user):
    admin_client.post(reverse(ADD), form(**block("quote", 0, ordering=10, text="Said.")))
    entry = LogEntry.objects.get()
    assert entry.user == admin_user
    assert "quotation" in entry.get_change_message()
    history = admin_client.get(reverse("admin:blog_post_history", args=[Post.objects.get().pk]))
    assert "quotation" in history.text


def test_a_picture_without_description_or_credit_is_sent_back_with_reasons(admin_client):
    response = admin_client.post(
        reverse(ADD),
        form(**block("image", 0, ordering=10, file=picture(), alt=" ", credit="Me")),
    )
    assert response.status_code == 200
    assert "Describe the picture in the alternative text" in response.text
    response = admin_client.post(
        reverse(ADD),
        form(**block("image", 0, ordering=10, file=picture(), alt="People", credit=" ")),
    )
    assert "This field is required." in response.text
    assert not Post.objects.exists()


def test_a_decorative_picture_needs_no_description(admin_client):
    fields = block("image", 0, ordering=10, file=picture(), is_decorative="on", credit="Me")
    assert admin_client.post(reverse(ADD), form(**fields)).status_code == 302


def test_a_file_that_is_no_picture_is_sent_back_with_a_reason(admin_client):
    file = picture("GIF", name="moving.gif")
    response = admin_client.post(
        reverse(ADD), form(**block("image", 0, ordering=10, file=file, alt="x", credit="Me"))
    )
    assert "Choose a JPEG, PNG or WebP picture." in response.text


def test_publishing_without_a_time_means_now(admin_client):
    admin_client.post(reverse(ADD), form(status="published"))
    post = Post.objects.get()
    assert abs(timezone.now() - post.published_at) < timedelta(minutes=1)


def test_withdrawing_without_a_time_is_sent_back(admin_client):
    response = admin_client.post(reverse(ADD), form(status="withdrawn"))
    assert "Say when the post is published." in response.text


def test_a_post_with_all_blocks_opens_saves_and_loses_nothing(admin_client):
    post = make_post(text="<p>Words</p>")
    image, quote = add_image(post), add_quote(post, "Said.")
    text = post.blog_richtext_set.get()
    address = reverse("admin:blog_post_change", args=[post.pk])
    assert admin_client.get(address).status_code == 200

    def kept(kind, part, **fields):
        existing = {"id": part.pk, "parent": post.pk, "ordering": part.ordering}
        return block(kind, 0, **existing | fields) | {f"blog_{kind}_set-INITIAL_FORMS": 1}

    response = admin_client.post(
        address,
        form(
            title="Changed",
            author=post.author.pk,
            **kept("richtext", text, text=text.text, DELETE="on"),
            **kept("image", image, alt=image.alt, credit="Somebody else"),
            **kept("quote", quote, text="Said."),
        ),
    )
    assert response.status_code == 302, errors(response)
    post.refresh_from_db()
    assert post.title == "Changed"
    assert post.body_text == "Said."
    assert post.blog_image_set.get().file.name == image.file.name
    assert post.blog_image_set.get().credit == "Somebody else"


def test_the_editor_loads_under_the_policy(admin_client):
    response = admin_client.get(reverse(ADD))
    policy = response.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)[1]
    assert f'<script type="importmap" nonce="{nonce}">' in response.text
    assert "unsafe" not in policy
    assert "blog/adopt-styles.js" in response.text
    inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", response.text)
    assert all("application/json" in tag or nonce in tag for tag in inline)


def test_readers_get_no_nonce(client):
    post = make_post()
    assert "nonce" not in client.get(post.get_absolute_url()).headers["Content-Security-Policy"]


def test_the_change_page_offers_a_preview_to_share(admin_client, client):
    post = make_post(status="draft", published_at=None)
    page = admin_client.get(reverse("admin:blog_post_change", args=[post.pk])).text
    address = re.search(r'href="(/blog/preview/[^"]+)"', page)[1]
    assert client.get(address).status_code == 200
    assert "/blog/preview/" not in admin_client.get(reverse(ADD)).text


def test_lists_filter_search_and_name_the_state(admin_client, django_assert_max_num_queries):
    make_post(title="Out there")
    make_post(title="Soon there", published_at=timezone.now() + timedelta(days=1))
    make_post(title="In the drawer", status="draft", published_at=None)
    address = reverse("admin:blog_post_changelist")
    assert "Scheduled" in admin_client.get(address).text
    assert "Out there" not in admin_client.get(address, {"status__exact": "draft"}).text
    assert "In the drawer" not in admin_client.get(address, {"q": "there"}).text
    for query in ({"published_at__isnull": "True"}, {"published_at__year": "2013"}):
        assert admin_client.get(address, query).status_code == 200
    for _number in range(20):
        make_post()
    with django_assert_max_num_queries(12):
        admin_client.get(address)


@pytest.mark.parametrize("model", ["author", "tag"])
def test_authors_and_tags_are_kept_there_too(admin_client, model):
    make_author()
    make_tag()
    for page in ("changelist", "add"):
        assert admin_client.get(reverse(f"admin:blog_{model}_{page}")).status_code == 200
    fields = {"name": "New one", "slug": "new-one"}
    assert admin_client.post(reverse(f"admin:blog_{model}_add"), fields).status_code == 302


def test_an_author_with_posts_cannot_be_deleted(admin_client):
    author = make_post().author
    admin_client.post(reverse("admin:blog_author_delete", args=[author.pk]), {"post": "yes"})
    assert Author.objects.filter(pk=author.pk).exists()


def test_a_stranger_and_a_reader_with_an_account_are_refused(client, django_user_model):
    assert client.get(reverse(ADD)).status_code == 302
    client.force_login(django_user_model.objects.create_user("reader"))
    assert client.post(reverse(ADD), form()).status_code == 302
    assert not Post.objects.exists()
