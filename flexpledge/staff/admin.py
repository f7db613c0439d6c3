"""Where Managers look after their colleagues' accounts. Nobody sees or sets another's password."""

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import Group, User
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from common.forms import AddressField
from flexpledge.staff import invitations, rights, second_factor, sessions

# Factors are a person's own, addresses stand in the account, and groups come from a migration with
# the rights of `flexpledge.staff.rights`.
admin.site.unregister([Authenticator, EmailAddress, Group, User])


class InvitationForm(forms.Form):
    email = AddressField()
    groups = forms.ModelMultipleChoiceField(
        Group.objects, label=gettext_lazy("Groups"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, groups, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["groups"].queryset = groups


@admin.register(User)
class StaffAdmin(admin.ModelAdmin):
    list_display = [
        "username",
        "name",
        "group_names",
        "state",
        "has_second_factor",
        "last_login",
    ]
    list_filter = ["groups", "is_active"]
    search_fields = ["username", "email", "first_name", "last_name"]
    ordering = ["username"]
    actions = None
    readonly_fields = ["state", "has_second_factor", "last_login", "date_joined"]

    # --- rights -------------------------------------------------------------------------------

    def has_change_permission(self, request, obj=None):
        """Nobody touches whoever may do more than they may themselves."""
        return super().has_change_permission(request, obj) and (
            obj is None or request.user.is_superuser or self.is_within(obj, request.user)
        )

    def is_within(self, person, colleague):
        groups = {group.name for group in person.groups.all()}
        return not person.is_superuser and groups <= rights.within(colleague)

    def has_delete_permission(self, request, obj=None):
        """Deactivating keeps what they did under their name."""
        return False

    def groups_to_give(self, request):
        return Group.objects.filter(name__in=rights.within(request.user)).order_by("name")

    # --- list and form ------------------------------------------------------------------------

    def get_queryset(self, request):
        factors = Authenticator.objects.filter(user=OuterRef("pk"))
        return (
            super()
            .get_queryset(request)
            .annotate(factors=Exists(factors))
            .prefetch_related("groups")
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        context = {"show_save_and_add_another": False} | (extra_context or {})
        return super().change_view(request, object_id, form_url, context)

    def get_fieldsets(self, request, obj=None):
        rights = ["groups", "is_active", *(["is_superuser"] if request.user.is_superuser else [])]
        return [
            (None, {"fields": ["username", "email", "first_name", "last_name"]}),
            (_("Rights"), {"fields": rights}),
            (_("Signing in"), {"fields": self.readonly_fields}),
        ]

    def get_readonly_fields(self, request, obj=None):
        """Whoever could change an address could have the link for a new password sent there."""
        locked = [] if request.user.is_superuser else ["username", "email"]
        own = ["is_active", "is_superuser"] if obj == request.user else []
        return [*self.readonly_fields, *locked, *own]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs |= {
            "queryset": self.groups_to_give(request),
            "widget": forms.CheckboxSelectMultiple,
            "help_text": "",
        }
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            sessions.end_all(obj)

    @admin.display(description=gettext_lazy("name"), ordering="last_name")
    def name(self, person):
        return person.get_full_name()

    @admin.display(description=gettext_lazy("groups"))
    def group_names(self, person):
        owner = [_("Owner")] if person.is_superuser else []
        return ", ".join([*owner, *(group.name for group in person.groups.all())])

    @admin.display(description=gettext_lazy("state"))
    def state(self, person):
        if not person.is_active:
            return _("Deactivated")
        return _("Active") if person.has_usable_password() else _("Invited")

    @admin.display(description=gettext_lazy("second factor"), boolean=True, ordering="factors")
    def has_second_factor(self, person):
        return person.factors

    # --- inviting, helping out ----------------------------------------------------------------

    def get_urls(self):
        return [
            path(
                "<path:object_id>/link/",
                self.admin_site.admin_view(self.send_link_view),
                name="auth_user_link",
            ),
            path(
                "<path:object_id>/reset-second-factor/",
                self.admin_site.admin_view(self.reset_view),
                name="auth_user_reset",
            ),
            *super().get_urls(),
        ]

    def add_view(self, request, form_url="", extra_context=None):
        """Accounts come about by inviting somebody."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = InvitationForm(request.POST or None, groups=self.groups_to_give(request))
        if form.is_valid():
            groups = [group.name for group in form.cleaned_data["groups"]]
            invitation = invitations.invite(
                form.cleaned_data["email"], groups, actor=request.user, now=timezone.now()
            )
            messages.success(request, invitation.told())
            return redirect(self.page_of(invitation.person))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "form": form,
            "title": _("Invite a colleague"),
        }
        return render(request, "admin/auth/user/invite.html", context)

    @method_decorator(require_POST)
    def send_link_view(self, request, object_id):
        person = self.person(request, object_id)
        if invitations.send_link(person, now=timezone.now()):
            messages.success(request, _("A link to choose a password is on its way."))
        else:
            messages.error(request, _("Not sent: this address takes no mail from us."))
        return redirect(self.page_of(person))

    @method_decorator(require_POST)
    def reset_view(self, request, object_id):
        person = self.person(request, object_id)
        why = request.POST.get("why", "").strip()
        if not why:
            messages.error(request, _("Say why first: the audit trail keeps it."))
        else:
            second_factor.reset(person, actor=request.user, why=why, now=timezone.now())
            messages.success(request, _("Reset: a new second factor is set up at the next login."))
        return redirect(self.page_of(person))

    def person(self, request, object_id):
        person = self.get_object(request, object_id)
        if person is None:
            raise Http404
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        return person

    def page_of(self, person):
        return reverse("admin:auth_user_change", args=[person.pk])
