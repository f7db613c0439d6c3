"""A few pages that are kept as finished answers, and the clock they age by."""

import threading
import time

from django.db import OperationalError
from django.http import HttpResponse
from django.urls import path

from common import pagecache
from common.pagecache import cached_page, validated_without
from common.pagecache.page import Page
from flexpledge import urls

SECURITY = ["Content-Security-Policy", "Permissions-Policy", "X-Content-Type-Options", "X-Frame-Options"]  # fmt: skip


class Site:
    """A few pages, and what a test makes of them."""

    words = "first"
    built = 0
    takes_s = 0
    noise = ""
    is_out = False

    def page(self):
        self.built += 1
        time.sleep(self.takes_s)
        if self.is_out:
            raise OperationalError
        return HttpResponse(f"{self.words} {self.noise}")


site = Site()


@cached_page(query=("kind",), uncached=("q",))
def page(request):
    response = site.page()
    response.write("".join(f"{name}={request.GET[name]}" for name in request.GET))
    return validated_without(response, site.noise)


@cached_page(query=("kind",), is_strict=True)
def strict(request):
    response = site.page()
    response.write(request.GET.urlencode())
    return response


@cached_page()
def with_cookie(request):
    response = site.page()
    response.set_cookie("who", "somebody")
    return response


@cached_page()
def with_nonce(request):
    return HttpResponse(f"{site.page().content} {request.csp_nonce}")


def unkept(request):
    return site.page()


urlpatterns = [
    path("page/", page),
    path("strict/", strict),
    path("cookie/", with_cookie),
    path("nonce/", with_nonce),
    path("unkept/", unkept),
    *urls.urlpatterns,
]


def stand(settings):
    """Puts the pages into the place of the site's, with nothing kept of them yet."""
    settings.ROOT_URLCONF = __name__
    settings.PAGE_FRESH_S = 60
    site.__dict__.clear()


def get(client, address="/page/", **headers):
    return client.get(address, headers=headers)


def age(seconds):
    """Lets all that is kept grow older."""
    for shelf in (pagecache.middleware._plain, pagecache.middleware._queried):
        for key, one in list(shelf._pages.items()):
            values = {name: getattr(one, name) for name in Page.__slots__}
            shelf.put(key, Page(**values | {"built_at": one.built_at - seconds}))
    pagecache.middleware.shared.ask("clear")


def in_threads(number, act):
    """What `act` returned in each of so many threads that start at once."""
    answers, ready = [], threading.Barrier(number)

    def run():
        ready.wait()
        answers.append(act())

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
