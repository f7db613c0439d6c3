from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from blog.sitemaps import PostSitemap
from coalition.sitemaps import MemberSitemap


class PageSitemap(Sitemap):
    def items(self):
        return [
            "home",
            "pledges:sign",
            "pledges:count",
            "pledges:embed_code",
            "coalition:list",
            "coalition:apply",
            "blog:index",
            "about",
            "faq",
            "privacy",
            "accessibility",
        ]

    def location(self, name):
        return reverse(name)


class OurOrigin:
    """Addresses start with SITE_URL, whatever the request's Host or the sites table say."""

    @property
    def protocol(self):
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc


SITEMAPS = {
    section: type(sitemap.__name__, (OurOrigin, sitemap), {})
    for section, sitemap in {
        "pages": PageSitemap,
        "coalition": MemberSitemap,
        "blog": PostSitemap,
    }.items()
}
