"""Log lines that can be searched by machine and hold nothing that acts for, or names, a person."""

import json
import logging
import re
import secrets
import time
from contextvars import ContextVar

from django.conf import settings

_REDACTED = (
    # Tokens in addresses.
    (
        re.compile(
            r"(/(?:pledge/(?:confirm|mine|new-address|not-me)|unsubscribe|coalition/(?:confirm|edit|answer|contact|reaffirm|stop)|blog/preview|admin/account/password/choose)/)[^/\s?\"']+"
        ),
        r"\1…",
    ),
    # Rows and values that PostgreSQL adds to its errors.
    (re.compile(r"^(DETAIL|CONTEXT):.*$", re.MULTILINE), r"\1: …"),
    # Whom a mail goes to, and where a request comes from that gunicorn cannot read.
    (re.compile(r"[^\s@<>()\"':,;]+@[\w-]+(?:\.[\w-]+)+"), "…@…"),
    (re.compile(r"\bip=\S+"), "ip=…"),
)
_ID_OF_A_PROXY = re.compile(r"[A-Za-z0-9-]{8,64}")
_request_id = ContextVar("request_id", default="")


class RedactingFormatter(logging.Formatter):
    """`time level logger message`, with tokens and personal data replaced by an ellipsis.

    Works on the finished line, so that arguments, tracebacks and third-party loggers are covered.
    """

    def __init__(self):
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def format(self, record):
        line = super().format(record)
        for pattern, instead in _REDACTED:
            line = pattern.sub(instead, line)
        return line


class JSONFormatter(RedactingFormatter):
    """One JSON object a line: time (UTC), level, logger, message, and the id of the request."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self):
        logging.Formatter.__init__(self)
        self.converter = time.gmtime

    def formatMessage(self, record):
        return record.message

    def format(self, record):
        line = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": super().format(record),  # with the traceback, where there is one
        }
        if request_id := _request_id.get():
            line["request"] = request_id
        return json.dumps(line, ensure_ascii=False)


def formatter(*, for_people):
    """Lines for people to read on a developer's machine, for programs elsewhere."""
    return RedactingFormatter() if for_people else JSONFormatter()


class RequestIdMiddleware:
    """Gives every request an id that its log lines carry.

    A proxy of ours may have given one already; what strangers send is not looked at.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXY_COUNT else ""
        is_usable = _ID_OF_A_PROXY.fullmatch(given)
        token = _request_id.set(given if is_usable else secrets.token_hex(8))
        try:
            return self.get_response(request)
        finally:
            _request_id.reset(token)
