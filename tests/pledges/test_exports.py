"""Pledges leave as a file: harmless in a spreadsheet, in constant memory, for a purpose."""

import csv
import io
import json
import tracemalloc
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection

from common import spreadsheets
from common.models import AuditEntry
from pledges import exports
from pledges.models import Pledge
from tests.pledges.people import a_pledge, a_supporter
from tests.staff.cast import a_colleague, signed_in

pytestmark = pytest.mark.django_db
EXPORT = "/admin/pledges/pledge/export/"
LIST = "/admin/pledges/pledge/"


@pytest.fixture
def manager():
    return signed_in(a_colleague("manager", "Manager"))


def exported(client, **typed):
    """The rows that somebody gets who presses the button."""
    answer = client.post(EXPORT, {"purpose": "Count by region", **typed})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="pledges-')
    assert "no-store" in answer.headers["Cache-Control"]
    return rows_of(b"".join(answer.streaming_content).decode())


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def names(rows):
    return [row["name"] for row in rows]


@pytest.mark.parametrize(
    ("typed", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1 @home", "'+1 @home"),
        ("-2", "'-2"),
        ("@SUM(1)", "'@SUM(1)"),
        ("\t=1", "' =1"),
        ("\r\n=1", "'  =1"),
        ("\u202e=1", "'=1"),
        ("＝1", "'＝1"),
        ('"=1', "'\"=1"),
        ("Robin;=1", "Robin;'=1"),
        ("Robin\u202egnihtoN\u2066", "RobingnihtoN"),
        ("Robin\nExample", "Robin Example"),
        ("Robin\r\nExample\u2028", "Robin  Example "),
        ("Zoë, “quoted” or \"not\", 100% 'sure'", "Zoë, “quoted” or \"not\", 100% 'sure'"),
        ("Anne-Marie O'Neill", "Anne-Marie O'Neill"),
    ],
)
def test_no_name_does_harm_in_a_spreadsheet(capsys, typed, cell):
    a_pledge(name=typed, region=typed)
    a_pledge("sam@example.org", name="Sam Example")
    call_command("export_pledges")
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 3
    robin, sam = rows_of(out)
    assert [robin["name"], robin["region"], robin["email"]] == [cell, cell, "robin@example.org"]
    assert sam["name"] == "Sam Example"
    assert spreadsheets.cell(typed) == cell
    assert None not in robin  # no more cells than columns
    assert None not in robin.values()


def test_cells_are_what_a_spreadsheet_reads(capsys):
    signed = datetime(2026, 11, 3, 9, 30, 15, 123456, tzinfo=UTC)
    a_pledge("+robin@example.org", now=signed, flexibility=["remote", "freelance"], wants_news=True)
    call_command("export_pledges")
    assert rows_of(capsys.readouterr().out) == [
        {
            "number": "",
            "name": "Robin Example",
            "email": "'+robin@example.org",
            "country": "CA",
            "region": "",
            "flexibility": "remote freelance",
            "shows_name": "false",
            "wants_news": "true",
            "created_at": "2026-11-03 09:30:15",
            "confirmed_at": "",
            "withdrawn_at": "",
            "invalidated_at": "",
            "quarantined_at": "",
        }
    ]


def test_all_pledges_leave_as_json_lines(capsys):
    a_supporter()
    call_command("export_pledges", format="jsonl")
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["email"] == "robin@example.org"


@pytest.mark.parametrize("format", ["csv", "jsonl"])
def test_erased_people_are_in_no_export(client, capsys, format):
    supporter = a_supporter(name="Gone Example")
    a_supporter("sam@example.org", name="Sam Example")
    client.post(f"{supporter.get_absolute_url()}erase/")
    call_command("export_pledges", format=format)
    captured = capsys.readouterr()
    assert "CA" in captured.out
    assert captured.out.count("CA") == 1
    assert captured.err == "1 pledges\n"


def test_a_large_file_takes_no_more_memory_than_a_small_one(monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 500)

    def peak(rows):
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO pledges_pledge (email, email_canonical, name, country, region,
                       flexibility, shows_name, wants_news, has_shown_voice, wording, code,
                       link_epoch, created_at)
                   SELECT address, address, 'Robin Example', 'CA', '', '{}', false, false, false,
                          '2026-11', left(md5(address), 10), 0, now()
                     FROM (SELECT %(rows)s || '-' || n || '@example.org' AS address
                             FROM generate_series(1, %(rows)s) AS n) AS addresses""",
                {"rows": rows},
            )
        tracemalloc.start()
        lines = sum(piece.count(b"\n") for piece in exports.csv_pieces(exports.selected()))
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert lines == Pledge.objects.count() + 1
        return most

    peak(1)  # imports and caches
    small = peak(1_000)
    assert peak(10_000) < 1.5 * small


# --- in the admin ----------------------------------------------------------------------------


def test_a_manager_exports_what_they_choose(manager):
    a_supporter("ana@example.org", name="Ana", country="FR", wants_news=True)
    a_supporter("ben@example.org", name="Ben")
    a_pledge("new@example.org", name="New", country="FR")
    a_pledge("gone@example.org", name="Gone", withdrawn_at=datetime(2026, 11, 3, tzinfo=UTC))
    assert names(exported(manager)) == ["Ana", "Ben", "New", "Gone"]
    assert names(exported(manager, state="standing")) == ["Ana", "Ben"]
    assert names(exported(manager, state="pending")) == ["New"]
    assert names(exported(manager, state="withdrawn")) == ["Gone"]
    assert names(exported(manager, country="FR")) == ["Ana", "New"]
    assert names(exported(manager, state="standing", wants_news="on")) == ["Ana"]


def test_only_who_may_see_addresses_gets_them(manager):
    a_supporter()
    (row,) = exported(manager)
    assert row["email"] == "robin@example.org"
    colleague = a_colleague("colleague")
    colleague.user_permissions.add(Permission.objects.get(codename="export_pledge"))
    client = signed_in(colleague)
    (row,) = exported(client)
    assert "email" not in row
    assert "robin@" not in str(row)


def test_the_trail_keeps_who_exported_what_for_which_purpose(manager):
    exported(manager, purpose="Newsletter of November", country="FR")
    entry = AuditEntry.objects.get(action="exported")
    assert (entry.actor_name, entry.why) == ("manager", "Newsletter of November")
    assert entry.details["country"] == "FR"
    assert "email" in entry.details["columns"]
    call_command("export_pledges", purpose="Move to another server")
    entry = AuditEntry.objects.filter(action="exported").latest("pk")
    assert (entry.actor, entry.why) == (None, "Move to another server")


@pytest.mark.parametrize(
    "typed", [{}, {"purpose": " "}, {"purpose": "News", "state": "asleep", "country": "XX"}]
)
def test_without_a_purpose_or_with_nonsense_nothing_leaves(manager, typed):
    a_supporter()
    answer = manager.post(EXPORT, typed)
    assert not answer.streaming
    assert "errorlist" in answer.content.decode()
    assert not AuditEntry.objects.filter(action="exported").exists()


def test_the_list_leads_to_it_only_who_may_export(manager):
    moderator = signed_in(a_colleague("moderator", "Moderator"))
    assert f'href="{EXPORT}"' in manager.get(LIST).content.decode()
    assert f'href="{EXPORT}"' not in moderator.get(LIST).content.decode()
    assert LIST in manager.get(EXPORT).content.decode()
