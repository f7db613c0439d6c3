"""Forms validate; they neither act nor reveal. None of them looks into the database."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from common import addresses, countries, text, tokens
from common.flexibility import Flexibility
from pledges import wordings

MAX_NAME = 200  # characters
MAX_REGION = 100
MAX_REASON = 280
_WORDS = wordings.WORDINGS[wordings.CURRENT]
# Mail programs turn these into links by themselves, and a name stands in mails to others.
_DOMAIN = re.compile(
    r"[\w-]{2,}\.(?:com|net|org|info|biz|xyz|top|shop|site|online|club|live|ru|cn|example)\b",
    re.IGNORECASE,
)


class LineField(forms.CharField):
    """One line of a person's own words, tidied and checked by `common.text`."""

    def __init__(self, *, limit, **kwargs):
        self.limit = limit
        super().__init__(**kwargs)

    def clean(self, value):
        return super().clean(text.clean_line(value or "", self.limit))


class AddressField(forms.CharField):
    widget = forms.EmailInput
    default_validators = [
        EmailValidator(_("Enter an email address in the format name@example.com"))
    ]

    def __init__(self, **kwargs):
        super().__init__(
            label=_("Email"),
            max_length=addresses.MAX_LENGTH,
            error_messages={
                "required": _("Enter your email address"),
                "max_length": _("Shorten your email address: 254 characters are the most"),
            },
            **kwargs,
        )
        self.widget.attrs |= {"autocomplete": "email", "spellcheck": "false"}


class TrapMixin(forms.Form):
    """A field that people never see and leave empty; whatever fills it is suspicious."""

    leave_empty = forms.CharField(label=_("Leave this empty"), required=False)

    @property
    def is_suspicious(self):
        return bool(self.data.get("leave_empty"))


class DetailsForm(forms.Form):
    """What a supporter tells about themselves, when signing and later on their own page."""

    name = LineField(
        label=_("Your name"),
        limit=MAX_NAME,
        error_messages={"required": _("Enter your name")},
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        choices=lambda: [("", _("Choose a country")), *countries.choices()],
        error_messages={
            "required": _("Choose your country"),
            "invalid_choice": _("Choose a country from the list"),
        },
        widget=forms.Select({"autocomplete": "country"}),
    )
    region = LineField(
        label=_("Town or region"),
        limit=MAX_REGION,
        required=False,
        widget=forms.TextInput({"autocomplete": "address-level1"}),
    )
    flexibility = forms.MultipleChoiceField(
        label=_("Which kind of flexibility matters to you?"),
        choices=Flexibility.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose from the four kinds")},
    )
    reason = forms.CharField(
        label=_("Your reason"),
        required=False,
        help_text=_("Up to 280 characters. A person reads it before it appears."),
        widget=forms.Textarea({"rows": 3, "data-counter": MAX_REASON}),
    )
    show_name = forms.BooleanField(
        label=_WORDS["show_name"],
        required=False,
        help_text=_("Leave empty and we list you as “A supporter”."),
    )
    newsletter = forms.BooleanField(label=_WORDS["newsletter"], required=False)

    def clean_name(self):
        if _DOMAIN.search(self.cleaned_data["name"]):
            raise ValidationError(_("Leave out links and web addresses."), code="link")
        return self.cleaned_data["name"]

    def clean_reason(self):
        reason = self.cleaned_data["reason"].replace("\r\n", "\n")
        over = len(reason) - MAX_REASON
        if over > 0:
            raise ValidationError(
                _("Shorten your reason: it is %(over)s characters over the limit of %(limit)s"),
                params={"over": over, "limit": MAX_REASON},
            )
        return text.clean_text(reason, MAX_REASON)


class PledgeForm(TrapMixin, DetailsForm):
    email = AddressField(help_text=_("We send one link to confirm it is you. Never shown."))
    via = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("name", "email", "country")

    def clean_via(self):
        """A code that cannot be one is no mistake of the visitor's: it is left out."""
        via = self.cleaned_data["via"]
        return via if tokens.looks_like_code(via) else ""


class AddressForm(TrapMixin):
    """Asks for a mail: the confirmation again, or the link to one's own page."""

    email = AddressField()


class DigitsForm(TrapMixin):
    email = AddressField()
    code = forms.CharField(
        label=_("The six digits from the mail"),
        error_messages={"required": _("Enter the six digits from the mail")},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self):
        digits = re.sub(r"[\s-]", "", self.cleaned_data["code"])
        if not re.fullmatch(r"[0-9]{6}", digits):
            raise ValidationError(_("The code has six digits, like 123456"))
        return digits
