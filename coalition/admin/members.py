from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Case, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coalition import decisions, domains, duplicates, logos
from coalition.admin.contacts import NamingContacts
from coalition.admin.deciding import DecidingAdmin, Missing
from coalition.models import Member, Question, Status
from common import moderation

SEEN = "seen"  # `key:status:newest question` of each member as the page showed it


class StateFilter(admin.SimpleListFilter):
    """Shows what is to decide, unless asked for something else."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("asked", _("Asked, no answer yet")),
            ("unconfirmed", _("Contact not confirmed")),
            (Status.APPROVED, Status.APPROVED.label),
            ("featured", _("Featured on the home page")),
            (Status.DECLINED, Status.DECLINED.label),
            (Status.LAPSED, Status.LAPSED.label),
            ("all", _("All")),
        ]

    def choices(self, changelist):
        default, *others = super().choices(changelist)
        return [default | {"display": _("To decide")}, *others]

    def queryset(self, request, queryset):
        if self.value() in Status.values:
            return queryset.filter(status=self.value())
        match self.value():
            case "asked":
                return queryset.awaiting_answer()
            case "unconfirmed":
                return queryset.unconfirmed()
            case "featured":
                return queryset.featured()
        # A search looks everywhere, and an action means what was ticked: also the entry that a
        # colleague has decided on in the meantime, so that this can be said.
        if self.value() or request.method == "POST" or request.GET.get("q"):
            return queryset
        return queryset.awaiting_moderation()


@admin.register(Member)
class MemberAdmin(NamingContacts, DecidingAdmin):
    list_display = [
        "name",
        "kind",
        "state",
        "country",
        "has_domain_proof",
        "applied",
        "joined",
    ]
    list_filter = [StateFilter, "kind"]
    search_fields = ["name"]
    ordering = [
        Case(When(status=Status.PENDING, then=Value(0)), default=Value(1)),
        "created_at",
        "pk",
    ]
    actions = [*DecidingAdmin.actions, "feature", "unfeature"]

    def get_queryset(self, request):
        newest = Question.objects.filter(member=OuterRef("pk")).order_by("-asked_at", "-pk")
        return (
            super()
            .get_queryset(request)
            .annotate(newest_question=Coalesce(Subquery(newest.values("pk")[:1]), 0))
        )

    # --- the list -----------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def state(self, member):
        """Brings along what the moderator sees here; a decision is about that."""
        return format_html(
            '{}<input type="hidden" name="{}" value="{}">',
            _("Contact not confirmed")
            if member.status == Status.PENDING and member.contact_confirmed_at is None
            else member.get_status_display(),
            SEEN,
            seen(member),
        )

    @admin.display(description=gettext_lazy("applied"), ordering="created_at")
    def applied(self, member):
        return date_format(timezone.localtime(member.created_at))

    @admin.display(description=gettext_lazy("joined"), ordering="approved_at")
    def joined(self, member):
        return member.approved_at and date_format(timezone.localtime(member.approved_at))

    @admin.display(description=gettext_lazy("mail at its domain"), boolean=True)
    def has_domain_proof(self, member):
        return domains.proof(member.website, member.contact_email) == domains.DomainProof.SAME

    def view_on_site(self, member):
        return member.get_absolute_url() if member.is_listed else None

    def get_search_results(self, request, queryset, search_term):
        words = search_term.strip()
        if not words:
            return queryset, False
        named = Member.objects.matching(words).order_by().values("pk")
        spoken_for = Member.objects.with_contact(words).values("pk")
        return queryset.filter(Q(pk__in=named) | Q(pk__in=spoken_for)), False

    def delete_model(self, request, member):
        logos_left = [member.logo, *(revision.logo for revision in member.revisions.all())]
        super().delete_model(request, member)
        transaction.on_commit(lambda: [logos.discard(logo) for logo in logos_left])

    # --- deciding -----------------------------------------------------------------------------

    def as_seen(self, request, members):
        """With the status and the newest question that the page showed."""
        entries = (entry.split(":") for entry in request.POST.getlist(SEEN))
        shown = {key: facts for key, *facts in entries}
        members = list(members)
        for member in members:
            match shown.get(str(member.pk)):
                case [status, question] if question.isdecimal():
                    member.status, member.newest_question = status, int(question)
                case [status]:
                    member.status = status
            member.seen = seen(member)
        return members

    def approve_all(self, members, **facts):
        return decisions.approve(*members, seen_questions=seen_questions(members), **facts)

    def decline_all(self, members, **facts):
        return decisions.decline(*members, seen_questions=seen_questions(members), **facts)

    def done_approving(self, count):
        return ngettext(
            "%(names)s is approved and listed; the contact gets a mail.",
            "%(count)s are approved and listed; their contacts get a mail: %(names)s.",
            count,
        )

    def done_declining(self, count):
        return ngettext(
            "%(names)s is declined; the contact gets a mail with the reason.",
            "%(count)s are declined; their contacts get a mail with the reason: %(names)s.",
            count,
        )

    def press(self, request, member):
        text = request.POST.get("text", "").strip()
        if "_note" in request.POST:
            note = request.POST.get("note", "").strip()
            if note:
                decisions.note(member, author=request.user, now=timezone.now(), text=note)
                return False
            raise Missing(_("Write the note first."))
        if "_ask" not in request.POST:
            return super().press(request, member)
        if not text:
            raise Missing(_("Write the question first: the contact reads it."))

        def ask(members, **facts):
            try:
                decisions.ask(*members, text=text, seen_questions=seen_questions(members), **facts)
            except (moderation.IllegalMove, decisions.AskedMeanwhile) as refused:
                return [], [refused]
            return members, []

        self.decide(request, [member], ask, self.done_asking)
        return True

    def done_asking(self, count):
        return _("%(names)s: the question is on its way; the answer brings it back here.")

    @admin.action(
        description=gettext_lazy("Feature the ticked ones on the home page"),
        permissions=["change"],
    )
    def feature(self, request, queryset):
        featured = queryset.listed().update(featured_at=timezone.now())
        self._tell(request, _("Featured: %(count)s. Only approved members can be."), featured)

    @admin.action(
        description=gettext_lazy("No longer feature the ticked ones"), permissions=["change"]
    )
    def unfeature(self, request, queryset):
        self._tell(request, _("No longer featured: %(count)s."), queryset.update(featured_at=None))

    def _tell(self, request, text, count):
        self.message_user(request, text % {"count": count}, messages.SUCCESS)

    # --- the page -----------------------------------------------------------------------------

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        alike = duplicates.of(obj)
        last = moderation.latest(alike)
        for other in alike:
            other.last_decision = last.get(other.pk)
        questions = list(obj.questions.select_related("actor"))
        context |= {
            "member": obj,
            "seen_name": SEEN,
            "seen": seen(obj),
            "domain_proof": domains.proof(obj.website, obj.contact_email),
            "can_name_contact": obj.is_editable and self.has_change_permission(request, obj),
            "alike": alike,
            "questions": questions,
            "notes": obj.notes.select_related("author"),
            "can_ask": obj.status == Status.PENDING
            and self.has_change_permission(request, obj)
            and all(question.answered_at for question in questions),
            "can_note": self.has_change_permission(request, obj),
        }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


def seen(member):
    return f"{member.pk}:{member.status}:{member.newest_question}"


def seen_questions(members):
    return {member.pk: member.newest_question for member in members}
