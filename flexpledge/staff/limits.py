"""How often staff may fail to sign in (LOGIN_FAILURES), counted in PostgreSQL.

Whoever guesses is slowed down three ways, each for the rest of the window:

- one network on one name: LOGIN_FAILURES (10 in 15 minutes);
- one network on any name: five times as many, for an office behind one address;
- one name from anywhere: ten times as many, against guessing from many networks.

A refusal on one line is not counted on the next, so that one network cannot use up a name that a
colleague signs in with elsewhere. Many networks can; therefore a browser in which somebody has
signed in before holds a cookie that says so, and is counted alone. Who has neither that browser
nor patience asks for a link by mail, which needs no password.

Names are counted as typed, whether or not they are anybody's. An attempt is counted before the
password is looked at and taken back when it was right, so that many at one instant are no more
than one after the other. Where the database cannot count, nobody signs in.
"""

from datetime import timedelta

from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core import signing
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from common import ratelimit

NETWORK_TIMES = 5
NAME_TIMES = 10
KNOWN_BROWSER_S = 180 * 24 * 60 * 60
CODE_VALID_S = 90  # a code of an authenticator app, with the clocks half a minute apart
_SALT = "staff.known-browser"


def attempt_password(request, name, person):
    """Counts one; `person` is whom the name belongs to, or None. Returns how to take it back.

    Raises ImmediateHttpResponse with 429 where there were too many.
    """
    name = name.casefold()
    network = ratelimit.network_of(request)
    if person and _known_to(request) == person.pk:
        return _attempt(request, {f"login {name} {request.COOKIES[cookie_name()]}": 1})
    return _attempt(
        request,
        {
            f"login {name} {network}": 1,
            f"login {network}": NETWORK_TIMES,
            f"login {name}": NAME_TIMES,
        },
    )


def attempt_code(request, person):
    """As for passwords; whoever gets here knows the password, so no more from many networks."""
    browser = request.COOKIES[cookie_name()] if _known_to(request) == person.pk else ""
    return _attempt(request, {f"second factor {person.pk} {browser}": 1})


def is_fresh(person, code, *, now):
    """Whether this code was not used while it is valid. Marks it, in this and the next window."""
    what = f"second factor used {person.pk} {code}"
    later = now + timedelta(seconds=CODE_VALID_S)
    hits = [ratelimit.count(what, CODE_VALID_S, now=moment) for moment in (now, later)]
    return hits[0] == 1


def remember_browser(response, person):
    """From now on this browser is one in which the person has signed in."""
    response.set_cookie(
        cookie_name(),
        signing.dumps(person.pk, salt=_SALT),
        max_age=KNOWN_BROWSER_S,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def cookie_name():
    return "__Host-staff-browser" if settings.SESSION_COOKIE_SECURE else "staff-browser"


def _known_to(request):
    """The key of who has signed in in this browser before, or None."""
    try:
        return signing.loads(
            request.COOKIES.get(cookie_name(), ""), salt=_SALT, max_age=KNOWN_BROWSER_S
        )
    except signing.BadSignature:
        return None


def _attempt(request, times_allowed):
    limit = ratelimit.parse(settings.LOGIN_FAILURES)
    if limit is None:
        return lambda: None
    allowed, window_s = limit
    now = timezone.now()
    for what, times in times_allowed.items():
        if ratelimit.count(what, window_s, now=now) > allowed * times:
            wait_s = ratelimit.seconds_left(window_s, now=now)
            raise ImmediateHttpResponse(too_many(request, wait_s))

    def take_back():
        for what in times_allowed:
            ratelimit.take_back(what, window_s, now=now)

    return take_back


def too_many(request, wait_s):
    context = {"title": _("Too many attempts"), "minutes": -(-wait_s // 60)}
    response = render(request, "staff/too_many.html", context, status=429)
    response["Retry-After"] = str(wait_s)
    return response
