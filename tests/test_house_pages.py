from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.flatpages.models import FlatPage
from django.test import Client

from flexpledge.pages import laid_out

pytestmark = pytest.mark.django_db
default_pages = import_module("flexpledge.migrations.0001_default_pages")
privacy = import_module("flexpledge.migrations.0004_privacy_of_the_network")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/about/", "The founder of FlexJobs started the campaign in 2013."),
        ("/faq/", "after 21 days without it we erase what you typed"),
        ("/privacy/", "Our public pages set no cookies."),
        ("/privacy/", "The network you signed from, not your whole address there"),
        ("/accessibility/", "level AA"),
    ],
)
def test_pages_have_their_first_words(client, address, words):
    answer = client.get(address)
    assert answer.status_code == 200
    assert words in answer.content.decode()


def test_public_pages_set_no_cookie_and_allow_nothing_inline(client):
    for address in ("/", "/about/", "/faq/", "/privacy/", "/accessibility/", "/nowhere/"):
        answer = client.get(address)
        assert not answer.cookies
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "nonce" not in policy
        assert " style=" not in answer.content.decode()
        assert " onclick=" not in answer.content.decode()


def test_the_page_one_is_on_is_marked_in_the_navigation(client):
    assert b'<a href="/about/" aria-current="page">' in client.get("/about/").content
    assert b'<a href="/about/" aria-current="page">' not in client.get("/").content


def test_title_and_description_are_told_to_networks_as_well(client):
    page = client.get("/privacy/").content.decode()
    assert "<title>Privacy, in plain words - 1 Million for Work Flexibility</title>" in page
    assert '<meta property="og:title" content="Privacy, in plain words">' in page
    assert '<meta property="og:description" content="We ask for little, keep less' in page
    assert '<link rel="canonical" href="http://127.0.0.1:8000/privacy/">' in page


def test_a_page_can_only_be_read(client):
    assert client.post("/about/").status_code == 405


def test_staff_edit_a_page_in_the_admin(admin_client, client):
    page = FlatPage.objects.get(url="/about/")
    form = admin_client.get(f"/admin/flatpages/flatpage/{page.pk}/change/")
    assert form.status_code == 200
    assert b'type="importmap" nonce="' in form.content
    answer = admin_client.post(
        f"/admin/flatpages/flatpage/{page.pk}/change/",
        {"title": "About us", "content": "<p>New</p><script>alert(1)</script><h2>Contact</h2>"},
    )
    assert answer.status_code == 302
    page.refresh_from_db()
    assert page.content == "<p>New</p><h2>Contact</h2>"
    shown = client.get("/about/").content.decode()
    assert "<h1>About us</h1>" in shown
    assert '<h2 id="contact">Contact</h2>' in shown


def test_strangers_edit_nothing(client):
    page = FlatPage.objects.get(url="/about/")
    assert client.get(f"/admin/flatpages/flatpage/{page.pk}/change/").status_code == 302


def test_pages_are_neither_added_nor_removed_in_the_admin(admin_client):
    page = FlatPage.objects.get(url="/about/")
    assert admin_client.get("/admin/flatpages/flatpage/add/").status_code == 403
    assert admin_client.get(f"/admin/flatpages/flatpage/{page.pk}/delete/").status_code == 403
    assert b"About the campaign" in admin_client.get("/admin/flatpages/flatpage/").content


def test_scripts_that_reached_the_database_another_way_are_not_shown(client):
    FlatPage.objects.filter(url="/about/").update(
        title="<i>About</i>", content="<p>Hello</p><script>alert(1)</script>"
    )
    page = client.get("/about/").content.decode()
    assert "alert(1)" not in page
    assert "<h1>&lt;i&gt;About&lt;/i&gt;</h1>" in page


def test_a_page_that_somebody_removed_is_not_found(client):
    FlatPage.objects.filter(url="/faq/").delete()
    assert client.get("/faq/").status_code == 404


def test_the_first_paragraph_leads_and_headings_can_be_linked_to():
    lead, body = laid_out(
        "<p>One &amp; two</p><h2>Main</h2><h2>Say <em>hi</em></h2><h2>Say hi</h2>"
    )
    assert lead == "One &amp; two"
    assert body == '<h2>Main</h2><h2 id="say-hi">Say <em>hi</em></h2><h2>Say hi</h2>'


def test_a_text_that_starts_with_a_heading_has_no_lead():
    assert laid_out("<h2>A</h2><p>b</p>") == ("", '<h2 id="a">A</h2><p>b</p>')


def test_tables_scroll_by_keyboard():
    _lead, body = laid_out("<p>a</p><table><tbody><tr><td>b</td></tr></tbody></table>")
    assert body.startswith(
        '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>'
    )


def test_first_words_overwrite_no_edited_page():
    FlatPage.objects.filter(url="/about/").update(content="<p>Ours</p>")
    default_pages.write(apps, None)
    assert FlatPage.objects.get(url="/about/").content == "<p>Ours</p>"
    assert FlatPage.objects.count() == 4


def test_going_back_removes_only_pages_nobody_edited():
    FlatPage.objects.filter(url="/about/").update(content="<p>Ours</p>")
    privacy.tell_no_more(apps, None)
    default_pages.remove_unedited(apps, None)
    assert [page.url for page in FlatPage.objects.all()] == ["/about/"]
    default_pages.write(apps, None)
    assert FlatPage.objects.count() == 4


def test_the_style_guide_is_for_staff(client, admin_client):
    assert admin_client.get("/admin/style-guide/").status_code == 200
    client.logout()
    assert client.get("/admin/style-guide/").status_code == 302


def test_the_admin_wears_our_mark(client):
    page = client.get("/admin/login/", follow=True).content.decode()
    assert "Work Flexibility" in page
    assert "css/admin.css" in page


def test_programs_find_what_they_look_for(client):
    assert (
        "Sitemap: http://127.0.0.1:8000/sitemap.xml" in client.get("/robots.txt").content.decode()
    )
    security = client.get("/.well-known/security.txt").content.decode()
    assert security.startswith("Contact: mailto:")
    assert "Expires: 20" in security
    for address in ("/robots.txt", "/.well-known/security.txt"):
        assert client.post(address).status_code == 405


def test_the_sitemap_names_our_own_origin(client):
    text = client.get("/sitemap.xml", headers={"host": "localhost"}).content.decode()
    for address in ("/", "/about/", "/count/", "/coalition/", "/blog/"):
        assert f"<loc>http://127.0.0.1:8000{address}</loc>" in text


@pytest.mark.parametrize("method", ["put", "patch", "delete", "post"])
@pytest.mark.parametrize(
    "address", ["/", "/supporters/", "/count/", "/coalition/", "/blog/", "/faq/"]
)
def test_a_method_that_a_page_does_not_know_answers_405(address, method):
    visitor = Client(enforce_csrf_checks=True)
    assert getattr(visitor, method)(address).status_code == 405
