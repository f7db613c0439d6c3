from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from common import media
from common.pagecache import cached_page
from flexpledge import devmail, health, home, metrics, pages, styleguide, wellknown
from flexpledge.sitemaps import SITEMAPS

urlpatterns = [
    path("", home.home, name="home"),
    path("join/<str:code>/", home.join, name="join"),
    path("", include("pledges.urls")),
    path("coalition/", include("coalition.urls")),
    path("blog/", include("blog.urls")),
    *(path(f"{name}/", pages.page, name=name) for name in pages.PAGES),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("robots.txt", wellknown.robots, name="robots"),
    path(
        "sitemap.xml",
        cached_page(query=("p",))(require_safe(sitemap)),
        {"sitemaps": SITEMAPS},
        name="sitemap",
    ),
    path(".well-known/security.txt", wellknown.security, name="security"),
    path("media/<path:path>", media.picture, name="media"),
    path("dev/mail/", devmail.index, name="devmail"),
    path("dev/mail/<str:file>/<int:position>/", devmail.mail, name="devmail_one"),
    path("dev/mail/<str:file>/<int:position>/html/", devmail.html, name="devmail_html"),
    path("admin/style-guide/", styleguide.styleguide, name="styleguide"),
    # The admin's own login asks for no second factor, nor does its change of password sign out.
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/account/", include("flexpledge.staff.urls")),
    path("admin/", admin.site.urls),
]
