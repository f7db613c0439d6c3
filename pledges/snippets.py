"""What others paste into their pages: the badge and the frame, as HTML."""

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

FRAME_SIZE = (360, 800)  # pixels; holds the form in columns of 320 to 480


def frame_path(via=""):
    return reverse("pledges:frame") + (f"?via={via}" if via else "")


def frame(via="", size=FRAME_SIZE):
    """The form that is signed without leaving the page it stands in."""
    width, height = size
    return format_html(
        '<iframe src="{}"\n  width="{}" height="{}" loading="lazy" style="border:0;max-width:100%"\n'
        '  title="{}">\n</iframe>',
        settings.SITE_URL + frame_path(via),
        width,
        height,
        _("Add your name to 1 Million for Work Flexibility"),
    )


def badge(badge, path, size=None):
    """A pledges.badge.Badge that leads to `path`, in another size than its own where one is given."""
    width, height = size or badge.dimensions
    return format_html(
        '<a href="{}">\n  <img src="{}" width="{}" height="{}"\n    alt="{}">\n</a>',
        settings.SITE_URL + path,
        settings.SITE_URL + badge.path,
        width,
        height,
        _("Supporters of 1 Million for Work Flexibility"),
    )
