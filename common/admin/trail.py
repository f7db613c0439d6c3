"""The audit trail: to search and to read."""

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from common.admin.large import LargeTableAdmin
from common.models import Action, AuditEntry


class ActorFilter(admin.SimpleListFilter):
    title = _("who")
    parameter_name = "actor"

    def lookups(self, request, model_admin):
        staff = get_user_model().objects.filter(is_staff=True).order_by("username")
        return [(user.pk, user.get_username()) for user in staff]

    def queryset(self, request, queryset):
        actor = self.value() or ""
        return queryset.filter(actor_id=actor) if actor.isdecimal() else queryset


class ActionFilter(admin.SimpleListFilter):
    title = _("what")
    parameter_name = "action"

    def lookups(self, request, model_admin):
        return Action.choices

    def queryset(self, request, queryset):
        return queryset.filter(action=self.value()) if self.value() else queryset


class SubjectFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        managed = (model._meta for model in model_admin.admin_site._registry)
        return sorted((meta.label_lower, str(meta.verbose_name)) for meta in managed)

    def queryset(self, request, queryset):
        return queryset.filter(subject_type=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(LargeTableAdmin):
    list_display = ["at", "who", "what", "subject", "why"]
    list_display_links = ["at"]
    list_filter = [("at", admin.DateFieldListFilter), ActionFilter, SubjectFilter, ActorFilter]
    search_fields = ["search"]
    search_help_text = _("Starts of words: who, what, the kind and name of the object, why")
    actions = None
    fields = ["at", "who", "what", "subject", "from_status", "why", "told"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_search_results(self, request, queryset, search_term):
        return queryset.matching(search_term), False

    @admin.display(description=_("who"))
    def who(self, entry):
        return entry.actor_name or _("the site")

    @admin.display(description=_("what"))
    def what(self, entry):
        return entry.action_name

    @admin.display(description=_("of"))
    def subject(self, entry):
        if not entry.subject_id or entry.action == Action.DELETED:
            return entry.subject_name
        try:
            name = "admin:{}_{}_change".format(*entry.subject_type.split("."))
            address = reverse(name, args=[entry.subject_id])
        except (NoReverseMatch, IndexError):
            return entry.subject_name
        return format_html('<a href="{}">{}</a>', address, entry.subject_name)

    @admin.display(description=_("details"))
    def told(self, entry):
        """What the admin logged in words; else names and values."""
        if "message" in entry.details:
            logged = LogEntry(action_flag=CHANGE, change_message=entry.details["message"])
            return logged.get_change_message()
        return ", ".join(f"{name}: {value}" for name, value in entry.details.items())
