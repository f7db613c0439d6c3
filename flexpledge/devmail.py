"""Mails of a developer's machine, read in the browser. Answers 404 outside DEBUG."""

import email
import email.policy
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import wraps
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

_SEPARATOR = b"\n" + b"-" * 79 + b"\n"  # what Django's file backend writes after each mail
_HTML_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation-by-user-activation"
)


class Mail:
    def __init__(self, file, position, source):
        self.file = file
        self.position = position
        self.message = email.message_from_bytes(source, policy=email.policy.default)
        self.subject = self.message["Subject"]
        self.recipient = self.message["To"]
        self.sent_at = _moment(self.message["Date"])

    @property
    def text(self):
        return self._part("plain")

    @property
    def html(self):
        return self._part("html")

    def _part(self, subtype):
        part = self.message.get_body(preferencelist=(subtype,))
        return part.get_content() if part else ""


def _moment(date):
    try:
        return parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return datetime.fromtimestamp(0, UTC)


def mails():
    """All mails in the folder, newest first."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    found = [mail for file in Path(folder).glob("*.log") for mail in _read(file)] if folder else []
    return sorted(found, key=lambda mail: (mail.sent_at, mail.file, mail.position), reverse=True)


def _read(file):
    """The backend keeps one file for all mails of one connection."""
    sources = file.read_bytes().split(_SEPARATOR)
    return [Mail(file.stem, position, source) for position, source in enumerate(sources[:-1])]


def _only_in_debug(view):
    @never_cache
    @require_safe
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not settings.DEBUG:
            raise Http404("only with DEBUG")
        return view(request, *args, **kwargs)

    return guarded


def _one(file, position):
    for mail in mails():
        if (mail.file, mail.position) == (file, position):
            return mail
    raise Http404("no such mail")


@_only_in_debug
def index(request):
    return render(request, "flexpledge/devmail_index.html", {"mails": mails()})


@_only_in_debug
def mail(request, file, position):
    return render(request, "flexpledge/devmail.html", {"mail": _one(file, position)})


@xframe_options_sameorigin
@_only_in_debug
def html(request, file, position):
    source = _one(file, position).html.replace("<head>", '<head><base target="_top">', 1)
    return HttpResponse(source, headers={"Content-Security-Policy": _HTML_POLICY})
