from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from common.admin.large import LargeTableAdmin
from common.models import OutboxMessage


class DeliveryState(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [("waiting", _("Waiting")), ("failed", _("Given up")), ("sent", _("Handed over"))]

    def queryset(self, request, queryset):
        match self.value():
            case "waiting":
                return queryset.waiting()
            case "failed":
                return queryset.given_up()
            case "sent":
                return queryset.filter(sent_at__isnull=False)
        return queryset


@admin.register(OutboxMessage)
class OutboxMessageAdmin(LargeTableAdmin):
    """What waits and what failed. The text of a mail is nowhere stored, so nobody can read it."""

    list_display = ["__str__", "created_at", "attempts", "last_error", "sent_at", "failed_at"]
    list_filter = [DeliveryState]
    ordering = ["-pk"]
    actions = ["try_again"]
    fields = readonly_fields = [
        "kind",
        "recipient",
        "created_at",
        "due_at",
        "attempts",
        "last_error",
        "sent_at",
        "failed_at",
    ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        all_again = self.admin_site.admin_view(require_POST(self.try_all_again))
        name = "common_outboxmessage_try_all_again"
        return [path("try-again/", all_again, name=name), *super().get_urls()]

    def try_all_again(self, request):
        """Everything that was given up, from the overview."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        self.try_again(request, OutboxMessage.objects.given_up())
        return redirect("admin:index")

    @admin.action(description=_("Try again now"), permissions=["change"])
    def try_again(self, request, queryset):
        now = timezone.now()
        tried = queryset.filter(sent_at=None).update(due_at=now, failed_at=None, created_at=now)
        self.message_user(
            request,
            ngettext("%(n)s mail will be tried now.", "%(n)s mails will be tried now.", tried)
            % {"n": tried},
        )
