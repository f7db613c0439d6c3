"""Small texts at addresses that programs know."""

from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.pagecache import cached_page

CONTACT_GOOD_FOR = timedelta(days=180)  # RFC 9116 asks for less than a year


@cached_page()
@require_safe
def robots(request):
    return _text(
        "User-agent: *",
        f"Disallow: {reverse('admin:index')}",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
    )


@cached_page()
@require_safe
def security(request):
    expires = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + CONTACT_GOOD_FOR
    return _text(
        f"Contact: mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
    )


def _text(*lines):
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
