"""Staff write, schedule and withdraw posts in the admin, under the strict policy."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from blog.models import Author, Image, Post, blocks_of
from tests.blog.factories import (
    add_image,
    add_quote,
    add_video,
    make_author,
    make_post,
    make_tag,
    picture,
)

pytestmark = pytest.mark.django_db
ADD = "admin:blog_post_add"
KINDS = ("richtext", "image", "quote", "calltoaction", "video")


def form(**changes):
    fields = {
        "title": "From the form",
        "slug": "from-the-form",
        "excerpt": "In short.",
        "status": "draft",
        "author": changes.pop("author", None) or make_author().pk,
    }
    for kind in KINDS:
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
            **block("calltoaction", 0, ordering=40, text="Come along."),
            **block(
                "video",
                0,
                ordering=50,
                url="https://video.example/42",
                title="Moving",
                thumbnail=picture(),
            ),
        ),
    )
    assert response.status_code == 302, errors(response)
    post = Post.objects.get()
    kinds = ["Image", "RichText", "Quote", "CallToAction", "Video"]
    assert [type(part).__name__ for part in blocks_of(post)] == kinds
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


def change(post, **changes):
    """The form of the post as it is stored, with changes."""
    fields = {"title": post.title, "slug": post.slug, "status": post.status}
    if post.published_at:
        fields["published_at_0"] = post.published_at.strftime("%d/%m/%Y")
        fields["published_at_1"] = post.published_at.strftime("%H:%M:%S")
    return form(**fields | {"author": post.author_id} | changes)


def kept(kind, part, **fields):
    existing = {"id": part.pk, "parent": part.parent_id, "ordering": part.ordering}
    return block(kind, 0, **existing | fields) | {f"blog_{kind}_set-INITIAL_FORMS": 1}


def test_an_earlier_version_is_restored_with_all_its_blocks(admin_client, admin_user, client):
    post = make_post(title="As it was", text="<p>First words</p>", tags=[make_tag(name="Topic")])
    image = add_image(post)
    text, file = post.blog_richtext_set.get(), image.file.name
    address = reverse("admin:blog_post_change", args=[post.pk])
    response = admin_client.post(
        address,
        change(
            post,
            title="As it became",
            slug="renamed",
            **kept("richtext", text, text="<p>Other words</p>"),
            **kept("image", image, DELETE="on"),
            **block("quote", 0, ordering=5, text="New."),
        ),
    )
    assert response.status_code == 302, errors(response)

    history = admin_client.get(reverse("admin:blog_post_history", args=[post.pk]))
    assert admin_user.username in history.text
    assert "Changed Title" in history.text
    assert "before the first change" in history.text
    versions = re.findall(r'<th scope="row"><a href="([^"]+)"', history.text)
    assert len(versions) == 2
    oldest = admin_client.get(versions[-1])
    assert "As it was" in oldest.text
    post.refresh_from_db()
    assert post.title == "As it became", "looking at a version changes nothing"

    image = Image(pk=image.pk, parent=post, ordering=image.ordering)
    response = admin_client.post(
        versions[-1],
        change(
            make_unsaved(post, title="As it was", slug=oldest.context["original"].slug),
            tags=[tag.pk for tag in post.tags.all()],
            **kept("richtext", text, text="<p>First words</p>"),
            **kept("image", image, alt="People balance", credit="Robin Example"),
        ),
    )
    assert response.status_code == 302, errors(response)
    post = Post.objects.get()
    assert post.title == "As it was"
    assert post.body_text == "First words"
    assert [type(part).__name__ for part in blocks_of(post)] == ["RichText", "Image"]
    assert blocks_of(post)[1].file.name == file
    page = client.get(post.get_absolute_url()).text
    assert "First words" in page
    assert "New." not in page
    renamed = post.get_absolute_url().replace(post.slug, "renamed")
    assert client.get(renamed).status_code == 301, "the name it had meanwhile is remembered too"


def make_unsaved(post, **fields):
    for name, value in fields.items():
        setattr(post, name, value)
    return post


def test_versions_are_for_staff_alone(client):
    post = make_post()
    assert client.get(reverse("admin:blog_post_history", args=[post.pk])).status_code == 302
    assert client.get(reverse("admin:blog_post_recoverlist")).status_code == 302


def test_what_was_typed_comes_back_without_being_saved(admin_client):
    fields = form(title="Typed", slug="", **block("quote", 0, ordering=10, text="A new block."))
    response = admin_client.post(reverse(ADD), fields | {"_bring_back": "1"})
    assert response.status_code == 200
    for text in ("This is what you had typed.", 'value="Typed"', "A new block."):
        assert text in response.text
    complete = form(title="Typed", **block("quote", 0, ordering=10, text="A new block."))
    admin_client.post(reverse(ADD), complete | {"_bring_back": "1"})
    assert not Post.objects.exists()


def test_pictures_are_listed_with_their_use_and_what_they_say(
    admin_client, django_assert_max_num_queries
):
    post = make_post(title="With pictures")
    add_image(post, alt="Well described")
    add_image(post, alt="", is_decorative=True, credit="Nobody in particular")
    address = reverse("admin:blog_image_changelist")
    page = admin_client.get(address).text
    assert reverse("admin:blog_post_change", args=[post.pk]) in page
    assert "Well described" in page
    missing = admin_client.get(address, {"alt": "missing"}).text
    assert "Nobody in particular" in missing
    assert "Well described" not in missing
    for filter_value in ("decorative", "given"):
        assert admin_client.get(address, {"alt": filter_value}).status_code == 200
    assert "With pictures" in admin_client.get(address, {"q": "described"}).text
    assert admin_client.get(reverse("admin:blog_image_add")).status_code == 403
    for _number in range(20):
        add_image(post)
    with django_assert_max_num_queries(8):
        admin_client.get(address)


def test_a_video_or_canonical_address_is_one_of_the_web(admin_client):
    for address in ("javascript:alert(1)", "ftp://x.example/", "data:text/html,x"):
        video = {"url": address, "title": "x", "thumbnail": picture()}
        response = admin_client.post(
            reverse(ADD), form(canonical_url=address, **block("video", 0, ordering=10, **video))
        )
        assert response.text.count("Enter a valid URL.") == 2
        with pytest.raises(IntegrityError), transaction.atomic():
            make_post(canonical_url=address)
        with pytest.raises(IntegrityError), transaction.atomic():
            add_video(make_post(), url=address)


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


@pytest.mark.parametrize("key", ["0", "no-key", "<path:object_id>"])
def test_saving_a_post_that_is_not_there_leads_back_to_the_index(admin_client, key):
    answer = admin_client.post(f"/admin/blog/post/{key}/change/", form())
    assert answer.status_code == 302
    assert answer["Location"] == "/admin/"
