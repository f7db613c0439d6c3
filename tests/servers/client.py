"""One request to a server, as it comes from a client that follows no redirect."""

import http.client
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def text(self):
        return self.content.decode()


def ask(url, method="GET", *, form=None, body=None, headers=(), timeout_s=30, source="127.0.0.1"):
    """`form` maps names to values or lists of values; `source` is any address in 127.0.0.0/8.

    Raises OSError where nobody answers in time, http.client.HTTPException where the answer ends
    early.
    """
    parts = urlsplit(url)
    headers = dict(headers)
    if form is not None:
        method, body = "POST", urlencode(form, doseq=True)
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    connection = http.client.HTTPConnection(
        parts.hostname, parts.port, timeout=timeout_s, source_address=(source, 0)
    )
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()
