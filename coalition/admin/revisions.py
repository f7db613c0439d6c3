from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coalition import domains, logos, revisions
from coalition.admin.deciding import DecidingAdmin
from coalition.models import Revision


class RevisionState(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("unproven", _("New contact not confirmed")),
            *Revision.Status.choices[1:],
            ("all", _("All")),
        ]

    def choices(self, changelist):
        default, *others = super().choices(changelist)
        return [default | {"display": _("To decide")}, *others]

    def queryset(self, request, queryset):
        if self.value() in Revision.Status.values:
            return queryset.filter(status=self.value())
        if self.value() == "unproven":
            return queryset.unproven()
        if self.value() or request.method == "POST":
            return queryset
        return queryset.awaiting_moderation()


@admin.register(Revision)
class RevisionAdmin(DecidingAdmin):
    """Whoever may decide on members may decide on their changes."""

    list_display = ["member", "status", "created_at"]
    list_filter = [RevisionState]
    list_select_related = ["member"]
    ordering = ["created_at", "pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("member")

    def has_module_permission(self, request):
        return request.user.has_module_perms("coalition")

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("coalition.view_member") or self.has_change_permission(request)

    def has_change_permission(self, request, obj=None):
        return request.user.has_perm("coalition.change_member")

    def has_delete_permission(self, request, obj=None):
        return request.user.has_perm("coalition.delete_member")

    def delete_model(self, request, revision):
        super().delete_model(request, revision)
        if revision.status != Revision.Status.APPROVED:  # else the member has it now
            transaction.on_commit(lambda: logos.discard(revision.logo))

    def approve_all(self, changes, **facts):
        return revisions.approve(*changes, **facts)

    def decline_all(self, changes, **facts):
        return revisions.decline(*changes, **facts)

    def done_approving(self, count):
        return ngettext(
            "The changes to %(names)s are live; the contact gets a mail.",
            "The changes to %(count)s are live; their contacts get a mail: %(names)s.",
            count,
        )

    def done_declining(self, count):
        return ngettext(
            "The changes to %(names)s are declined; the contact gets a mail with the reason.",
            "The changes to %(count)s are declined; their contacts get a mail: %(names)s.",
            count,
        )

    def may_approve(self, revision):
        return not revision.is_unproven

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context |= {
            "revision": obj,
            "member": obj.member,
            "differences": revisions.differences(obj),
        }
        if obj.new_address:
            context["domain_proof"] = domains.proof(
                obj.proposed.get("website", obj.member.website), obj.new_address
            )
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)
