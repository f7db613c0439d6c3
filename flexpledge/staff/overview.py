"""The admin's first page: the campaign as it stands, from stored figures alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from coalition.models import Member, Revision
from common import countries, heartbeat
from common.models import Heartbeat, OutboxMessage
from flexpledge.staff.charts import Chart, Span
from pledges import activity
from pledges.figures import Figures
from pledges.models import Activity, QuarantinedPledge, Sinking, Voice

DAYS, HOURS = 30, 48  # shown in the charts
WEEK = timedelta(days=7)
MOST = 8  # countries and sources by name
_CHANNELS = {
    "direct": _("By themselves"),
    "referral": _("Through a supporter's link"),
    "member": _("Through a member's link"),
}


@dataclass(frozen=True)
class Queue:
    """What waits for a decision, and since when the oldest of it does."""

    label: str
    address: str
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True)
class Provider:
    """Confirmation mails of seven days to one provider of mailboxes, and what became of them."""

    name: str
    signed: int
    handed_over: int
    confirmed: int
    is_sinking: bool

    @property
    def percent(self):
        return (
            min(100, round(100 * self.confirmed / self.handed_over)) if self.handed_over else None
        )


class Overview:
    """What a member of staff sees; each part asks the database when the template shows it."""

    def __init__(self, user, now):
        self.user = user
        self.now = now

    @cached_property
    def figures(self):
        return Figures(lines=0)

    @cached_property
    def members(self):
        """How many are listed; how many applications wait, and since when."""
        listed = Q(pk__in=Member.objects.listed().values("pk"))
        waiting = Q(pk__in=Member.objects.awaiting_moderation().values("pk"))
        return Member.objects.aggregate(
            listed=Count("pk", filter=listed),
            waiting=Count("pk", filter=waiting),
            oldest=Min("created_at", filter=waiting),
        )

    @cached_property
    def _hours(self):
        since = self._midnight - timedelta(days=DAYS - 1)
        rows = Activity.objects.of(Activity.Scope.ALL).filter(hour__gte=since)
        return {row.hour: row for row in rows}

    @property
    def _midnight(self):
        return self.now.replace(hour=0, minute=0, second=0, microsecond=0)

    @property
    def days(self):
        """The last DAYS days, today last."""
        days = [self._midnight - timedelta(days=back) for back in reversed(range(DAYS))]
        return Chart([self._span(day, timedelta(days=1)) for day in days])

    @property
    def hours(self):
        """The last HOURS hours, this one last."""
        this = self.now.replace(minute=0, second=0, microsecond=0)
        hours = [this - timedelta(hours=back) for back in reversed(range(HOURS))]
        return Chart([self._span(hour, timedelta(hours=1)) for hour in hours])

    def _span(self, begins, length):
        rows = [row for hour, row in self._hours.items() if begins <= hour < begins + length]
        return Span(begins, sum(row.signed for row in rows), sum(row.confirmed for row in rows))

    @property
    def today(self):
        return self._span(self._midnight, timedelta(days=1))

    @cached_property
    def week(self):
        return self._span(self.now - WEEK, WEEK)

    @property
    def confirmed_percent(self):
        """Of those who signed within seven days; None where nobody did."""
        return round(100 * self.week.confirmed / self.week.signed) if self.week.signed else None

    @cached_property
    def queues(self):
        """Those that this person may work through."""
        queues = []
        if self.user.has_perm("pledges.change_voice"):
            queues.append(self._queue(_("Voices"), Voice.objects.awaiting_moderation()))
        if self.user.has_perm("coalition.change_member"):
            address = reverse("admin:coalition_member_changelist")
            waiting, oldest = self.members["waiting"], self.members["oldest"]
            queues += [
                Queue(_("Coalition applications"), address, waiting, oldest),
                self._queue(_("Changes of members"), Revision.objects.awaiting_moderation()),
            ]
        if self.user.has_perm("pledges.review_quarantine"):
            held = QuarantinedPledge.objects.awaiting_review()
            queues.append(self._queue(_("Pledges in quarantine"), held))
        return queues

    def _queue(self, label, rows):
        found = rows.order_by().aggregate(waiting=Count("pk"), oldest=Min("created_at"))
        name = rows.model._meta.label_lower.replace(".", "_")
        return Queue(label, reverse(f"admin:{name}_changelist"), **found)

    @cached_property
    def mails(self):
        """How many wait and since when, and how many were given up."""
        waiting, given_up = Q(sent_at=None, failed_at=None), Q(failed_at__isnull=False)
        return OutboxMessage.objects.filter(waiting | given_up).aggregate(
            waiting=Count("pk", filter=waiting),
            oldest=Min("created_at", filter=waiting),
            given_up=Count("pk", filter=given_up),
        )

    @cached_property
    def workers(self):
        return Heartbeat.objects.all()

    @property
    def has_worker(self):
        silent_since = self.now - heartbeat.SILENT_AFTER
        return any(worker.at > silent_since for worker in self.workers)

    @cached_property
    def _week_by_scope(self):
        """Rows of seven days, each key's hours added up, by scope."""
        rows = Activity.objects.within(self.now - WEEK, self.now).exclude(scope=Activity.Scope.ALL)
        found = {scope: [] for scope in Activity.Scope}
        for row in rows.by_scope_and_key():
            found[row["scope"]].append(row)
        return found

    @property
    def providers(self):
        sinking = set(
            Sinking.objects.filter(day=self.now.date()).values_list("provider", flat=True)
        )
        return [
            Provider(
                name=_("Others") if row["key"] == activity.OTHER else row["key"],
                signed=row["signed"],
                handed_over=row["handed_over"],
                confirmed=row["confirmed"],
                is_sinking=row["key"] in sinking,
            )
            for row in self._week_by_scope[Activity.Scope.PROVIDER]
        ]

    @property
    def origins(self):
        """Where those who signed within seven days came from: tables of label and rows."""
        by_scope = self._week_by_scope
        return [
            (_("Way"), [(_CHANNELS[row["key"]], row) for row in by_scope[Activity.Scope.CHANNEL]]),
            (
                _("Country"),
                [
                    (countries.name(row["key"]), row)
                    for row in by_scope[Activity.Scope.COUNTRY][:MOST]
                ],
            ),
            (_("Source"), [(row["key"], row) for row in by_scope[Activity.Scope.SOURCE][:MOST]]),
        ]
