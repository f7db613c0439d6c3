import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from pledges.models import Pledge, Tally
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db


def test_all_that_is_held_on_one_person_is_written_out(capsys):
    a_supporter(reason="Tides.")
    a_supporter("sam@example.org", name="Sam Other")
    call_command("export_person", "Robin+x@EXAMPLE.org")
    out = capsys.readouterr().out
    held = json.loads(out)
    assert held["pledges"][0]["reason"]["value"] == "Tides."
    assert [mail["kind"] for mail in held["mails"]] == ["pledge-welcome"]
    assert "Sam" not in out


def test_one_person_is_erased_with_all_their_rows(capsys):
    gone = a_supporter()
    Pledge.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now())
    a_supporter()
    a_supporter("sam@example.org")
    call_command("erase_person", "ROBIN@example.org")
    assert "erased pledges: 2" in capsys.readouterr().out
    assert list(Pledge.objects.filter(erased_at=None).values_list("email", flat=True)) == [
        "sam@example.org"
    ]
    assert Tally.objects.total() == 1
    call_command("audit")


def test_the_audit_is_content_with_what_is_right(capsys):
    a_supporter(reason="Why not.")
    a_pledge("new@example.org")
    call_command("audit")
    assert "All invariants hold." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        (lambda now: Tally.objects.filter(scope="total").update(value=9), "tally drifted"),
        (lambda now: Pledge.objects.update(number=4), "supporter numbers are missing"),
        (lambda now: Tally.objects.filter(scope="day").delete(), "tallies of days"),
        (lambda now: Pledge.objects.update(has_shown_voice=True), "nobody approved"),
        (lambda now: Pledge.objects.update(created_at=now), "before they were signed"),
        (
            lambda now: a_pledge(
                "x@example.org", now=now - timedelta(days=1), confirmed_at=now - timedelta(hours=1)
            ),
            "waited to be counted",
        ),
    ],
)
def test_the_audit_finds_what_is_wrong(capsys, damage, finding):
    now = timezone.now() + timedelta(seconds=1)
    a_supporter()
    damage(now)
    with pytest.raises(CommandError):
        call_command("audit")
    assert finding in capsys.readouterr().out
