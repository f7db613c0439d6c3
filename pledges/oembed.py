"""oEmbed 1.0 (oembed.com): what another site may show in place of a link to one of our pages."""

from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from django import forms
from django.conf import settings
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from pledges import invitations, snippets
from pledges.badge import Badge

KEPT_S = 86_400  # seconds that a consumer may keep the answer: it holds no number


class ConsumerForm(forms.Form):
    url = forms.CharField()
    maxwidth = forms.IntegerField(required=False, min_value=1)
    maxheight = forms.IntegerField(required=False, min_value=1)
    format = forms.ChoiceField(choices=[("json", "JSON"), ("xml", "XML")], required=False)


def resource(url, *, max_width=None, max_height=None):
    """What stands in place of the page at `url`, no larger than asked, as a dictionary for JSON.

    The form for the front page, a personal link and the page to sign on, the badge for the count.
    None for every other address: it is not ours, nobody's, or not made to be shown elsewhere.
    """
    page = _page_of(url)
    if page is None:
        return None
    if page.view_name == "pledges:count":
        title = _("The count of 1 Million for Work Flexibility")
        size = _shrunk(Badge().dimensions, max_width, max_height)
        html = snippets.badge(Badge(), reverse("pledges:count"), size)
    else:
        title = _("Add your name to 1 Million for Work Flexibility")
        width, height = snippets.FRAME_SIZE
        size = min(width, max_width or width), min(height, max_height or height)
        html = snippets.frame(page.kwargs.get("code", ""), size)
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": _("1 Million for Work Flexibility"),
        "provider_url": settings.SITE_URL,
        "cache_age": KEPT_S,
        "html": html,
        "width": size[0],
        "height": size[1],
    }


def as_xml(resource):
    document = ElementTree.Element("oembed")
    for name, value in resource.items():
        ElementTree.SubElement(document, name).text = str(value)
    return ElementTree.tostring(document, encoding="utf-8", xml_declaration=True)


def _page_of(url):
    """Which of the pages that can be shown elsewhere stands at an address, or None."""
    try:
        asked = urlsplit(url)
        page = resolve(unquote(asked.path) or "/")
    except (ValueError, Resolver404):
        return None
    if asked.scheme not in ("http", "https") or asked.netloc != urlsplit(settings.SITE_URL).netloc:
        return None
    if page.view_name == "join":
        return page if invitations.of(page.kwargs["code"]) else None
    return page if page.view_name in ("home", "pledges:sign", "pledges:count") else None


def _shrunk(size, max_width, max_height):
    """The size, in its proportions, as far as it may go."""
    width, height = size
    scale = min(1, (max_width or width) / width, (max_height or height) / height)
    return max(1, int(width * scale)), max(1, int(height * scale))
