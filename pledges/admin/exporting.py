"""Managers export pledges here, for a purpose that the audit trail keeps."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import countries, trail
from common.models import Action
from pledges import exports
from pledges.models import Pledge

State = Pledge.State


class ExportForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[
            ("", gettext_lazy("All")),
            *(choice for choice in State.choices if choice[0] != State.ERASED),
        ],
        initial=State.STANDING,
        required=False,
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=lambda: [("", _("All")), *countries.choices()],
        required=False,
    )
    wants_news = forms.BooleanField(label=gettext_lazy("Only those who want news"), required=False)
    purpose = forms.CharField(
        label=gettext_lazy("Purpose"),
        max_length=200,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text=gettext_lazy("What you need it for. The audit trail keeps it with your name."),
    )


class Exporting:
    """The part of an admin that exports. Who may not see addresses gets a file without them."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/", view, name="pledges_pledge_export"), *super().get_urls()]

    def export_view(self, request):
        if not request.user.has_perm("pledges.export_pledge"):
            raise PermissionDenied
        form = ExportForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            return self.export(request.user, **form.cleaned_data)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "form": form,
            "title": _("Export pledges"),
        }
        return render(request, "admin/pledges/pledge/export.html", context)

    def export(self, actor, *, purpose, **criteria):
        now = timezone.now()
        columns = [
            column
            for column in exports.COLUMNS
            if column != "email" or actor.has_perm("pledges.see_address")
        ]
        trail.record(
            actor, Action.EXPORTED, Pledge, now=now, why=purpose, columns=columns, **criteria
        )
        return StreamingHttpResponse(
            exports.csv_pieces(exports.selected(**criteria), columns),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="pledges-{now:%Y-%m-%d}.csv"'},
        )
