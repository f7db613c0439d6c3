"""The block list: an entry is written, tried on the last days, switched on and off."""

from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coalition.domains import PUBLIC_MAIL
from common import addresses
from pledges import blocking
from pledges.models import Block

TRIED_FOR = timedelta(days=7)
SAMPLE = 20
NOT_ONE = {
    Block.Kind.NETWORK: gettext_lazy("Write a network like 203.0.113.0/24, no wider than /8."),
    Block.Kind.DOMAIN: gettext_lazy("Write a domain like example.org."),
    Block.Kind.ADDRESS: gettext_lazy("Write an address like name@example.org."),
}


class BlockForm(forms.ModelForm):
    typed = forms.CharField(
        label=gettext_lazy("What"),
        max_length=addresses.MAX_LENGTH,
        help_text=gettext_lazy(
            "203.0.113.0/24, or example.org with all below it, or name@example.org. Of an address "
            "only a fingerprint is kept."
        ),
    )

    class Meta:
        model = Block
        fields = ["kind", "typed", "note"]

    def clean(self):
        cleaned = super().clean()
        kind, typed = cleaned.get("kind"), cleaned.get("typed")
        if kind and typed:
            try:
                self.instance.key, self.instance.shown = self.entry(kind, typed)
            except ValidationError as error:
                self.add_error("typed", error)
        return cleaned

    def entry(self, kind, typed):
        try:
            if kind != Block.Kind.NETWORK:
                validate_email(typed if kind == Block.Kind.ADDRESS else f"a@{typed.lstrip('@')}")
            key, shown = blocking.entry(kind, typed)
        except (ValueError, ValidationError):
            raise ValidationError(NOT_ONE[kind]) from None
        if kind == Block.Kind.DOMAIN and key in PUBLIC_MAIL:
            raise ValidationError(
                _("Very many people have their mail there; block something else.")
            )
        if Block.objects.filter(key=key).exists():
            raise ValidationError(_("This is on the list already."))
        return key, shown


@admin.register(Block)
class BlockAdmin(admin.ModelAdmin):
    form = BlockForm
    list_display = ["shown", "kind", "note", "active_since"]
    list_filter = ["kind", ("active_since", admin.EmptyFieldListFilter)]
    list_per_page = 50
    search_fields = ["shown", "note"]
    ordering = ["-pk"]

    def get_form(self, request, obj=None, **kwargs):
        if obj is not None:
            kwargs["form"] = forms.ModelForm  # what an entry says stays as it was tried
        return super().get_form(request, obj, **kwargs)

    def get_fields(self, request, obj=None):
        return ["kind", "shown", "active_since", "note"] if obj else ["kind", "typed", "note"]

    def get_readonly_fields(self, request, obj=None):
        return ["kind", "shown", "active_since"] if obj else []

    def save_model(self, request, obj, form, change):
        if change:
            super().save_model(request, obj, form, change)
        else:  # perhaps a second click
            facts = {"kind": obj.kind, "shown": obj.shown, "note": obj.note}
            facts["created_at"] = timezone.now()
            obj.pk = Block.objects.get_or_create(key=obj.key, defaults=facts)[0].pk

    def response_add(self, request, obj, post_url_continue=None):
        """On to whom it would have held back; nothing is blocked before."""
        return redirect(page_of(obj))

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        if obj is not None:
            held = blocking.would_have_held(obj, since=timezone.now() - TRIED_FOR)
            context |= {
                "held": held.count(),
                "sample": held.order_by("-created_at")[:SAMPLE],
                "days": TRIED_FOR.days,
                "sees_addresses": request.user.has_perm("pledges.see_address"),
                "may_switch": self.has_change_permission(request, obj),
            }
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def get_urls(self):
        switch = self.admin_site.admin_view(self.switch_view)
        return [
            path("<path:object_id>/switch/", switch, name="pledges_block_switch"),
            *super().get_urls(),
        ]

    def switch_view(self, request, object_id):
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        block = self.get_object(request, object_id)
        if block is None:
            raise Http404
        if not self.has_change_permission(request, block):
            raise PermissionDenied
        is_on = "on" in request.POST
        blocking.switch(block, is_on, actor=request.user, now=timezone.now())
        told = _("%s is blocked from now on.") if is_on else _("%s is blocked no longer.")
        messages.success(request, told % block)
        return redirect(page_of(block))


def page_of(block):
    return reverse("admin:pledges_block_change", args=[block.pk])
