"""Fields that several public forms have."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from common import addresses, countries, text


class LineField(forms.CharField):
    """One line of a person's own words, tidied and checked by `common.text`."""

    def __init__(self, *, limit, **kwargs):
        self.limit = limit
        super().__init__(**kwargs)

    def clean(self, value):
        return super().clean(text.clean_line(value or "", self.limit))


class NameField(LineField):
    """What a person is called: it stands in mails, also in those to others."""

    def clean(self, value):
        value = super().clean(value)
        text.refuse_domains(value)
        return value


class AddressField(forms.CharField):
    """An e-mail address; its syntax only, since looking it up would make the request wait."""

    widget = forms.EmailInput({"autocomplete": "email", "spellcheck": "false"})
    default_validators = [
        EmailValidator(_("Enter an email address in the format name@example.com"))
    ]
    default_error_messages = {
        "required": _("Enter your email address"),
        "max_length": _("Shorten your email address: 254 characters are the most"),
    }

    def __init__(self, **kwargs):
        super().__init__(**{"label": _("Email"), "max_length": addresses.MAX_LENGTH, **kwargs})


class CountryField(forms.ChoiceField):
    """A country by its code. `blank` is what the list offers first."""

    widget = forms.Select({"autocomplete": "country"})

    def __init__(self, *, blank, **kwargs):
        super().__init__(
            choices=lambda: [("", blank), *countries.choices()],
            **{"label": _("Country"), **kwargs},
        )

    def valid_value(self, value):
        """Without going through 250 choices, which takes longer than all else a form does."""
        return value in countries.CODES


class TrapMixin(forms.Form):
    """A field that people never see and leave empty; whatever fills it is suspicious."""

    leave_empty = forms.CharField(label=_("Leave this empty"), required=False)

    @property
    def is_suspicious(self):
        return bool(self.data.get("leave_empty"))


def clean_words(value, limit, too_long):
    """Several lines of a person's own words. `too_long` says by how much (%(over)s, %(limit)s)."""
    value = value.replace("\r\n", "\n")
    if len(value) > limit:
        raise ValidationError(
            too_long, code="max_length", params={"over": len(value) - limit, "limit": limit}
        )
    return text.clean_text(value, limit)
