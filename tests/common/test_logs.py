"""What every log line carries, and what none does."""

import json
import logging

import pytest
from django.db import IntegrityError, connection
from django.http import HttpResponse

from common.logs import JSONFormatter, RedactingFormatter, RequestIdMiddleware

ADDRESS = "robin@example.org"


def line_of(formatter, message, *args, error=None):
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("site", logging.ERROR, __file__, 1, message, args, info)
    return formatter.format(record)


def line_written_during(request):
    """The JSON line that a view logs while it answers this request."""
    written = []

    def view(request):
        written.append(json.loads(line_of(JSONFormatter(), "Something happened")))
        return HttpResponse()

    RequestIdMiddleware(view)(request)
    return written[0]


def test_a_line_is_one_object_that_says_when_how_bad_where_and_what():
    line = json.loads(line_of(JSONFormatter(), "Waited %s s\nfor nothing", 3))
    assert line["message"] == "Waited 3 s\nfor nothing"
    assert (line["level"], line["logger"]) == ("ERROR", "site")
    assert line["time"].endswith("Z")
    assert "request" not in line


def test_the_lines_of_a_request_carry_its_id(rf):
    first, second = line_written_during(rf.get("/")), line_written_during(rf.get("/"))
    assert len(first["request"]) == 16
    assert first["request"] != second["request"]
    assert "request" not in json.loads(line_of(JSONFormatter(), "between requests"))


@pytest.mark.parametrize(
    ("proxies", "given", "is_taken"),
    [(1, "from-our-proxy-1", True), (0, "from-a-stranger", False), (1, 'x" forged="y', False)],
)
def test_only_a_proxy_of_ours_names_the_request(rf, settings, proxies, given, is_taken):
    settings.TRUSTED_PROXY_COUNT = proxies
    line = line_written_during(rf.get("/", headers={"X-Request-ID": given}))
    assert (line["request"] == given) is is_taken


@pytest.mark.parametrize("formatter", [RedactingFormatter(), JSONFormatter()])
@pytest.mark.parametrize(
    "message",
    [
        f"refused {ADDRESS}",
        f"<{ADDRESS}>: no such user",
        "Invalid request from ip=192.0.2.7: x",
        "/pledge/mine/robin/withdraw/",
    ],
)
def test_who_somebody_is_stands_in_no_line(formatter, message):
    line = line_of(formatter, message)
    assert "robin" not in line
    assert "192.0.2.7" not in line


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", [RedactingFormatter(), JSONFormatter()])
def test_what_the_database_quotes_from_rows_stands_in_no_line(formatter):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE people (name text UNIQUE)")
        twice = "INSERT INTO people VALUES ('Robin Unmistakable'), ('Robin Unmistakable')"
        with pytest.raises(IntegrityError) as caught:
            cursor.execute(twice)
    assert "Unmistakable" in str(caught.value)
    line = line_of(formatter, "It broke", error=caught.value)
    assert "IntegrityError" in line
    assert "DETAIL: …" in line
    assert "Unmistakable" not in line
