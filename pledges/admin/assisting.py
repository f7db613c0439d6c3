"""The pages on which staff do what a person asked them to: each wants the reason."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.forms import AddressField
from pledges import assistance
from pledges.forms import DetailsForm
from pledges.models import Pledge


class ReasonForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        help_text=gettext_lazy(
            "Who asked, how, and how you know it was them. No names and no addresses: the audit "
            "trail is kept when this person is erased."
        ),
        widget=forms.Textarea({"rows": 3, "class": "vLargeTextField"}),
    )


class CorrectForm(DetailsForm, ReasonForm):
    email = AddressField()
    field_order = ("name", "email", "country", "why")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(self.field_order):
            del self.fields[name]
        self.fields["name"].label = _("Name")
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"  # it is not the colleague's own name


@dataclass(frozen=True)
class Assistance:
    """One thing that staff do on request. `states`: of pledges for which it makes sense."""

    name: str
    label: str
    explanation: str
    states: frozenset
    form: type = ReasonForm


_LIVE = frozenset(Pledge.State) - {Pledge.State.ERASED, Pledge.State.WITHDRAWN}
ALL = (
    Assistance(
        "resend",
        gettext_lazy("Mail again"),
        gettext_lazy(
            "Sends the confirmation once more, or, to who has confirmed, the link to their own "
            "page. An address gets only so many mails a day."
        ),
        _LIVE,
    ),
    Assistance(
        "correct",
        gettext_lazy("Correct"),
        gettext_lazy(
            "For what was typed wrongly. A new address must prove itself: it gets a mail, and "
            "nothing changes there before its button is pressed."
        ),
        _LIVE,
        CorrectForm,
    ),
    Assistance(
        "withdraw",
        gettext_lazy("Withdraw"),
        gettext_lazy(
            "The person is no longer counted, and every link ends. What identifies them is erased "
            "later. It cannot be taken back; they can sign anew."
        ),
        _LIVE,
    ),
    Assistance(
        "erase",
        gettext_lazy("Erase"),
        gettext_lazy(
            "Removes name, address, reason and mails at once and for good. What stays is in "
            "nobody’s name."
        ),
        _LIVE | {Pledge.State.WITHDRAWN},
    ),
)


class Assisting:
    """Mixed into the admin of pledges."""

    def get_urls(self):
        pages = [
            path(
                f"<path:object_id>/{one.name}/",
                self.admin_site.admin_view(self.assist_view),
                {"wanted": one},
                name=f"pledges_pledge_{one.name}",
            )
            for one in ALL
        ]
        return [*pages, *super().get_urls()]

    def has_assist_permission(self, request):
        return request.user.has_perm("pledges.correct_pledge")

    def possible(self, request, pledge):
        """What may be done for this person now, as pairs of label and address."""
        if not self.has_assist_permission(request):
            return []
        return [
            (one.label, reverse(f"admin:pledges_pledge_{one.name}", args=[pledge.pk]))
            for one in ALL
            if pledge.state in one.states
        ]

    def assist_view(self, request, object_id, wanted):
        """Asks for the reason, then does it; leads back to the record."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if not self.has_assist_permission(request):
            raise PermissionDenied
        pledge = self.get_object(request, object_id)
        if pledge is None:
            raise Http404
        if pledge.state not in wanted.states:
            messages.warning(request, _("Left as it is: %s.") % str(pledge.state_name).lower())
            return redirect("admin:pledges_pledge_change", pledge.pk)
        initial = {name: getattr(pledge, name) for name in ("name", "email", "country")}
        typed = request.POST if request.method == "POST" else None
        form = wanted.form(typed, initial=initial)
        if form.is_valid() and self.press(request, pledge, wanted, form):
            return self.back(pledge)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": wanted.label,
            "subtitle": str(pledge),
            "pledge": pledge,
            "explanation": wanted.explanation,
            "form": form,
        }
        status = 422 if form.is_bound else 200
        page = "admin/pledges/pledge/assist.html"
        return TemplateResponse(request, page, context, status=status)

    def press(self, request, pledge, wanted, form):
        """Does it and says so; returns False where the form has to be looked at again."""
        facts = {"actor": request.user, "now": timezone.now(), **form.cleaned_data}
        try:
            done = getattr(assistance, wanted.name)(pledge, **facts)
        except assistance.AddressTaken:
            form.add_error("email", _("Another pledge has this address."))
            return False
        except Pledge.DoesNotExist:
            messages.warning(request, _("Left as it is: it was withdrawn in the meantime."))
            return True
        level, text = _told(wanted, done, pledge)
        messages.add_message(request, level, text)
        return True

    def back(self, pledge):
        if Pledge.objects.filter(pk=pledge.pk).exists():
            return redirect("admin:pledges_pledge_change", pledge.pk)
        return redirect("admin:pledges_pledge_changelist")


def _told(wanted, done, pledge):
    """What to say of it, with its level."""
    match wanted.name, done:
        case "resend", False:
            return messages.WARNING, _(
                "No mail: the address got one just now, or as many as it may today."
            )
        case "resend", _other:
            return messages.SUCCESS, _("The mail is on its way.")
        case "correct", []:
            return messages.WARNING, _("Nothing was different.")
        case "correct", fields if "email" in fields and pledge.confirmed_at:
            return messages.SUCCESS, _("Corrected. The new address takes over once it is proven.")
        case "correct", _other:
            return messages.SUCCESS, _("Corrected.")
        case "withdraw", _other:
            return messages.SUCCESS, _("Withdrawn.")
        case _:
            return messages.SUCCESS, _("Erased.")
