"""Clean-ups: what they find, what they take out of the count, and how all of it comes back."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from common import moderation
from common.models import AuditEntry
from pledges import cleaning, confirmation, recounting, review, withdrawal
from pledges.models import Cleanup, Milestone, Pledge, Tally
from tests.coalition.cast import a_member
from tests.pledges.people import a_pledge, a_supporter

pytestmark = pytest.mark.django_db
REASON = "Two hundred sign-ups by one machine"


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """So that every clean-up here takes several, as a large one does."""
    monkeypatch.setattr(cleaning, "WINDOW", 5)
    monkeypatch.setattr(cleaning, "BATCH", 2)


@pytest.fixture
def now():
    return timezone.now()


def a_search(actor, *, now, **criteria):
    """A search that is counted."""
    cleanup = Cleanup(**criteria)
    cleaning.prepare(cleanup, actor=actor, now=now)
    return worked(cleanup)


def worked(cleanup):
    """As it is once the worker was there."""
    call_command("worker", once=True)
    cleanup.refresh_from_db()
    return cleanup


def steps(number):
    """So many steps of the worker, and then it is killed."""
    for _ in range(number):
        assert cleaning._step(now=timezone.now())


def machines(number, *, now, start=0):
    return [
        a_supporter(f"bot{i}@machine.example", now=now - timedelta(minutes=number - i))
        for i in range(start, start + number)
    ]


def found(**criteria):
    cleanup = Cleanup(last_pk=10**9, **criteria)
    return set(cleaning.matching(cleanup).values_list("name", flat=True))


# --- searching ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("bot*@machine.example", {"Bot 1", "Bot 2"}),
        ("*.1@*", {"Bot 1"}),
        ("BOT*", {"Bot 1", "Bot 2"}),
        ("*+*", {"Bot 2"}),
        ("b.t*", set()),
        ("bot_1*", set()),
        ("bot%", set()),
    ],
)
def test_in_an_address_a_star_stands_for_anything_and_all_else_for_itself(pattern, names):
    a_pledge("bot.1@machine.example", name="Bot 1")
    a_pledge("Bot2+x@machine.example", name="Bot 2")
    a_pledge("ana@example.org", name="Ana")
    assert found(address=pattern) == names


def test_a_domain_includes_those_below_it_and_none_that_only_ends_alike():
    a_pledge("a@machine.example", name="At it")
    a_pledge("b@mail.machine.example", name="Below it")
    a_pledge("c@othermachine.example", name="Other")
    assert found(domain="machine.example") == {"At it", "Below it"}


def test_a_network_includes_narrower_ones():
    a_pledge("a@example.org", name="There", network="203.0.113.0/24")
    a_pledge("b@example.org", name="Near", network="203.0.112.0/24")
    a_pledge("c@example.org", name="Sixth", network="2001:db8:1::/48")
    a_pledge("d@example.org", name="Forgotten", network="")
    assert found(network="203.0.113.0/24") == {"There"}
    assert found(network="203.0.0.0/16") == {"There", "Near"}
    assert found(network="2001:db8::/32") == {"Sixth"}


def test_who_came_through_a_link_is_found_by_its_code():
    sam, member = a_supporter("sam@example.org"), a_member()
    a_pledge("a@example.org", name="Friend", referrer=sam)
    a_pledge("b@example.org", name="Colleague", member=member)
    assert found(via=sam.code) == {"Friend"}
    assert found(via=member.code) == {"Colleague"}


def test_a_source_is_found():
    a_pledge("a@example.org", name="By letter", source="letter")
    a_pledge("b@example.org", name="By letter two", source="letter2")
    assert found(source="letter") == {"By letter"}


def test_times_are_from_and_before(now):
    for minutes in (1, 2, 3):
        a_pledge(f"{minutes}@example.org", name=f"{minutes}", now=now - timedelta(minutes=minutes))
    begin, end = now - timedelta(minutes=2), now - timedelta(minutes=1)
    assert found(signed_from=begin) == {"1", "2"}
    assert found(signed_until=end) == {"2", "3"}
    assert found(signed_from=begin, signed_until=end) == {"2"}


def test_all_that_is_said_must_fit(now):
    a_pledge("bot1@machine.example", name="Both", network="203.0.113.0/24")
    a_pledge("bot2@machine.example", name="One")
    assert found(domain="machine.example", network="203.0.113.0/24") == {"Both"}


def test_who_withdrew_or_counts_no_more_is_not_looked_for(now):
    bots = machines(3, now=now)
    withdrawal.withdraw(bots[0], now=now)
    Pledge.objects.filter(pk=bots[1].pk).update(invalidated_at=now)
    assert cleaning.matching(Cleanup(last_pk=10**9, domain="machine.example")).get() == bots[2]


# --- looking before anything happens --------------------------------------------------------------


def test_a_search_tells_how_many_it_finds_and_shows_some_and_changes_nothing(admin_user, now):
    machines(7, now=now)
    a_pledge("bot-unconfirmed@machine.example")
    a_supporter("ana@example.org")
    cleanup = a_search(admin_user, now=now, domain="machine.example")
    assert (cleanup.status, cleanup.found, cleanup.found_standing) == ("ready", 8, 7)
    assert len(cleanup.sample) == 8
    assert Tally.objects.total() == 8


def test_the_sample_is_twenty_drawn_from_all(admin_user, now):
    for i in range(50):
        a_pledge(f"bot{i}@machine.example")
    cleanup = a_search(admin_user, now=now, domain="machine.example")
    smallest = Pledge.objects.order_by("code").values_list("pk", flat=True)[:20]
    assert cleanup.sample == list(smallest)


def test_who_signs_after_the_search_was_written_is_left_alone(admin_user, now):
    machines(3, now=now)
    cleanup = a_search(admin_user, now=now, domain="machine.example")
    late = a_supporter("late@machine.example")
    cleaning.start(cleanup, reason=REASON, actor=admin_user, now=now)
    assert worked(cleanup).invalidated == 3
    late.refresh_from_db()
    assert late.invalidated_at is None


def test_a_search_ends_with_the_last_pledge_of_its_time_however_many_follow(admin_user, now):
    bots = machines(3, now=now)
    cleanup = Cleanup(domain="machine.example")
    cleaning.prepare(cleanup, actor=admin_user, now=now)
    machines(12, now=now, start=3)
    assert set(cleaning.matching(cleanup)) == set(bots)
    steps(1)
    cleanup.refresh_from_db()
    assert (cleanup.status, cleanup.found) == ("ready", 3)
    assert cleanup.position == cleanup.last_pk == bots[-1].pk


def test_no_step_looks_beyond_its_window(admin_user, now):
    for number in range(6):
        a_pledge(f"{number}@example.org")
    machines(1, now=now)
    cleanup = a_search(admin_user, now=now, domain="machine.example")
    cleaning.start(cleanup, reason=REASON, actor=admin_user, now=now)
    steps(1)
    assert not Pledge.objects.filter(invalidated_at__isnull=False).exists()
    assert worked(cleanup).invalidated == 1


# --- running --------------------------------------------------------------------------------------


def test_a_run_takes_out_what_it_found_and_every_row_remembers_it(admin_user, now):
    bots = machines(7, now=now)
    ana = a_supporter("ana@example.org")
    cleanup = a_search(admin_user, now=now, domain="machine.example")
    cleaning.start(cleanup, reason=REASON, actor=admin_user, now=now)
    assert worked(cleanup).status == "finished"
    assert cleanup.invalidated == 7
    assert set(cleanup.pledges.all()) == set(bots)
    ana.refresh_from_db()
    assert (ana.cleanup, ana.invalidated_at) == (None, None)
    assert Tally.objects.total() == 1
    assert recounting.drift() == []


def test_what_confirms_after_it_was_taken_out_does_not_count(admin_user, now):
    bot = a_pledge("bot@machine.example")
    cleanup = a_search(admin_user, now=now, domain="machine.example")
    cleaning.start(cleanup, reason=REASON, actor=admin_user, now=now)
    worked(cleanup)
    confirmation.confirm(bot, now=now)
    assert Tally.objects.total() == 0


def test_stopped_it_leaves_the_rest_and_can_go_on(admin_user, now):
    machines(9, now=now)
    cleanup = a_search(admin_user, now=now, domain="machine.example")
    cleaning.start(cleanup, reason=REASON, actor=admin_user, now=now)
    steps(2)
    cleaning.stop(cleanup, actor=admin_user, now=now)
    assert worked(cleanup).status == "stopped"
    assert cleanup.invalidated == 4
    assert Tally.objects.total() == 5
    cleaning.start(cleanup, actor=admin_user, now=now)
    assert worked(cleanup).status == "finished"
    assert cleanup.invalidated == 9
    assert cleanup.reason == REASON


def test_a_worker_killed_in_a_step_leaves_nothing_half_done(admin_user, now, monkeypatch):
    machines(9, now=now)
    cleanup = a_search(admin_user, now=now, domain="machine.example")
    cleaning.start(cleanup, reason=REASON, actor=admin_user, now=now)
    steps(1)

    def killed(*args):
        take_out(*args)
        raise KeyboardInterrupt

    take_out = cleaning._STEPS[Cleanup.Status.RUNNING]
    monkeypatch.setitem(cleaning._STEPS, Cleanup.Status.RUNNING, killed)
    with pytest.raises(KeyboardInterrupt):
        cleaning.work()
    cleanup.refresh_from_db()
    assert cleanup.invalidated == Pledge.objects.filter(invalidated_at__isnull=False).count() == 2
    monkeypatch.setitem(cleaning._STEPS, Cleanup.Status.RUNNING, take_out)
    assert worked(cleanup).invalidated == 9


def test_every_move_is_in_the_trail(admin_user, now):
    machines(1, now=now)
    cleanup = a_search(admin_user, now=now, domain="machine.example")
    cleaning.start(cleanup, reason=REASON, actor=admin_user, now=now)
    worked(cleanup)
    cleaning.undo(cleanup, actor=admin_user, now=now)
    worked(cleanup)
    trail = AuditEntry.objects.about(cleanup).order_by("pk")
    assert list(trail.values_list("actor_name", "action", "why")) == [
        ("", "ready", ""),
        ("admin", "running", REASON),
        ("", "finished", ""),
        ("admin", "undoing", ""),
        ("", "undone", ""),
    ]


def test_a_run_that_was_started_is_not_started_again(admin_user, now):
    machines(3, now=now)
    cleanup = a_search(admin_user, now=now, domain="machine.example")
    cleaning.start(cleanup, reason=REASON, actor=admin_user, now=now)
    steps(1)
    with pytest.raises(moderation.IllegalMove):
        cleaning.start(cleanup, reason="Other", actor=admin_user, now=now)
    assert worked(cleanup).reason == REASON


# --- undoing --------------------------------------------------------------------------------------


def as_they_were():
    """All that a pledge is, but for the memory of a clean-up."""
    fields = [field.attname for field in Pledge._meta.fields if field.name != "cleanup"]
    return list(Pledge.objects.order_by("pk").values(*fields))


def tallies():
    """All but those of changes: the ledger keeps the run and its undoing."""
    shown = Tally.objects.exclude(value=0).exclude(scope="change")
    return set(shown.values_list("scope", "key", "value"))


@pytest.mark.parametrize("until", ["finished", "stopped"])
def test_undone_all_is_as_before_also_after_a_stop(admin_user, now, until):
    sam = a_supporter("sam@example.org", shows_name=True)
    machines(6, now=now)
    a_supporter("bot-a@machine.example", shows_name=True, flexibility=["remote"], referrer=sam)
    a_supporter("bot-b@machine.example", has_shown_voice=True, country="FR")
    a_supporter("bot-c@machine.example", quarantined_at=now)
    a_pledge("bot-d@machine.example")
    by_hand = a_supporter("bot-e@machine.example")
    review.invalidate(Pledge.objects.filter(pk=by_hand.pk), actor=admin_user, now=now)
    before = as_they_were(), tallies(), list(Milestone.objects.values())
    cleanup = a_search(admin_user, now=now, domain="machine.example")
    cleaning.start(cleanup, reason=REASON, actor=admin_user, now=now)
    if until == "stopped":
        steps(2)
        cleaning.stop(cleanup, actor=admin_user, now=now)
    worked(cleanup)
    assert as_they_were() != before[0]
    cleaning.undo(cleanup, actor=admin_user, now=now)
    assert worked(cleanup).status == "undone"
    assert cleanup.restored == cleanup.invalidated == {"finished": 10, "stopped": 4}[until]
    assert (as_they_were(), tallies(), list(Milestone.objects.values())) == before
    assert recounting.drift() == []
    assert cleanup.pledges.count() == cleanup.invalidated


def test_who_left_meanwhile_stays_away_and_what_staff_decided_by_hand_stays_so(admin_user, now):
    gone, erased, forgiven, decided, plain = machines(5, now=now)
    cleanup = a_search(admin_user, now=now, domain="machine.example")
    cleaning.start(cleanup, reason=REASON, actor=admin_user, now=now)
    worked(cleanup)
    withdrawal.withdraw(gone, now=now)
    withdrawal.erase(erased, now=now)
    for pledge in (forgiven, decided):
        review.restore(Pledge.objects.filter(pk=pledge.pk), actor=admin_user, now=now)
    later = timezone.now()
    review.invalidate(Pledge.objects.filter(pk=decided.pk), actor=admin_user, now=later)
    cleaning.undo(cleanup, actor=admin_user, now=now)
    assert worked(cleanup).invalidated == 5
    assert cleanup.restored == 3  # but for who is back or was decided on by hand
    assert set(Pledge.objects.standing()) == {forgiven, plain}
    erased.refresh_from_db()
    assert (erased.email, erased.number) == ("", 2)
    assert Tally.objects.total() == 2
    assert recounting.drift() == []


def test_what_a_second_run_took_out_does_not_come_back_with_the_first(admin_user, now):
    machines(2, now=now)
    first = a_search(admin_user, now=now, domain="machine.example")
    cleaning.start(first, reason=REASON, actor=admin_user, now=now)
    worked(first)
    machines(2, now=now, start=2)
    second = a_search(admin_user, now=now, domain="machine.example")
    cleaning.start(second, reason=REASON, actor=admin_user, now=now)
    assert worked(second).invalidated == 2
    cleaning.undo(first, actor=admin_user, now=now)
    assert worked(first).restored == 2
    assert Tally.objects.total() == 2
    assert second.pledges.filter(invalidated_at=None).count() == 0
