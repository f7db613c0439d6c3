"""Forms validate; they neither act nor reveal. None of them looks into the database."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common import tokens
from common.flexibility import Flexibility
from common.forms import AddressField, CountryField, LineField, NameField, TrapMixin, clean_words
from pledges import wordings

MAX_NAME = 200  # characters
MAX_REGION = 100
MAX_REASON = 280
_WORDS = wordings.WORDINGS[wordings.CURRENT]


class DetailsForm(forms.Form):
    """What a supporter tells about themselves, when signing and later on their own page."""

    name = NameField(
        label=_("Your name"),
        limit=MAX_NAME,
        error_messages={"required": _("Enter your name")},
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    country = CountryField(
        blank=_("Choose a country"),
        error_messages={
            "required": _("Choose your country"),
            "invalid_choice": _("Choose a country from the list"),
        },
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

    def clean_reason(self):
        return clean_words(
            self.cleaned_data["reason"],
            MAX_REASON,
            _("Shorten your reason: it is %(over)s characters over the limit of %(limit)s"),
        )


class PledgeForm(TrapMixin, DetailsForm):
    email = AddressField(help_text=_("We send one link to confirm it is you. Never shown."))
    via = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("name", "email", "country")
    wording = _WORDS["pledge"]

    def clean_via(self):
        """A code that cannot be one is no mistake of the visitor's: it is left out."""
        via = self.cleaned_data["via"]
        return via if tokens.looks_like_code(via) else ""


class FrameForm(PledgeForm):
    """The same in a narrow frame, which says in one line below the button what hints say here."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = self.fields["show_name"].help_text = ""


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
