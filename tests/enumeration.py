"""Nobody learns from the site whom it knows: not by words, headers or time."""

import re
import statistics
import time

from django.db import connection

PAIRS = 200
KNOWN = [f"known-{number:03}@example.org" for number in range(PAIRS)]
UNKNOWN = [f"other-{number:03}@example.org" for number in range(PAIRS)]


def assert_alike(client, request_of):
    """Sends `request_of(address)`, a path and a form, for KNOWN and UNKNOWN addresses in turns."""
    seconds = {"known": [], "unknown": []}
    answers, works = [], []
    for pair in zip(KNOWN, UNKNOWN, strict=True):
        for who, address in zip(("known", "unknown"), pair, strict=True):
            path, form = request_of(address)
            statements = []
            with connection.execute_wrapper(_noting(statements)):
                start = time.perf_counter()
                response = client.post(path, form)
                seconds[who].append(time.perf_counter() - start)
            answers.append(_seen(response, address))
            works.append(statements)
    assert all(answer == answers[0] for answer in answers)
    assert all(work == works[0] for work in works)
    apart = abs(statistics.median(seconds["known"]) - statistics.median(seconds["unknown"]))
    first, _, third = statistics.quantiles(seconds["unknown"], n=4)
    assert apart < third - first


def _noting(statements):
    def note(execute, sql, *rest):
        statements.append(re.sub(r'"s\d+_x\d+"', "…", sql))  # savepoints are numbered
        return execute(sql, *rest)

    return note


def _seen(response, address):
    """All that the sender of a request sees, with its own address taken out."""
    headers = {name: value for name, value in response.items() if name not in ("Date", "Expires")}
    text = re.sub(r'(?<=csrfmiddlewaretoken" value=")\w+', "…", response.content.decode())
    return response.status_code, headers, text.replace(address, "…")
