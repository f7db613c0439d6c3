"""Forms of applicants and members: they validate; `applications` and `revisions` act."""

import ipaddress
from urllib.parse import urlsplit, urlunsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from coalition import logos
from coalition.models import STATEMENT_MAX_LENGTH, Kind, Size
from common import text
from common.flexibility import Flexibility
from common.forms import AddressField, CountryField, LineField, NameField, TrapMixin, clean_words

LINE_MAX_LENGTH = 200
WEBSITE_MAX_LENGTH = 200
ANSWER_MAX_LENGTH = 2000

AS_KINDS = [
    (Kind.COMPANY, _("A company")),
    (Kind.NONPROFIT, _("A nonprofit")),
    (Kind.ACADEMIC, _("An academic institution")),
    (Kind.LEADER, _("A business leader, in your own name")),
]


AS_PERSON = {
    "name": _("Your name as it should appear"),
    "authority": _("This is me, and I agree to be listed publicly"),
}


class WebsiteField(forms.CharField):
    """An http(s) address of a public host; `example.com` is taken as `https://example.com`."""

    widget = forms.URLInput
    _is_address = URLValidator(
        schemes=["http", "https"], message=_("Enter a web address such as https://example.com")
    )

    def to_python(self, value):
        value = super().to_python(value)
        if not value:
            return value
        text.refuse_control_and_direction(value)
        address = value if "://" in value else f"https://{value}"
        self._is_address(address)
        parts = urlsplit(address)
        if "@" in parts.netloc:
            raise ValidationError(_("Leave the user name out of the web address."), code="user")
        if parts.netloc != parts.hostname and parts.netloc.lower() != parts.hostname:
            raise ValidationError(_("Leave the port out of the web address."), code="port")
        if not _is_public(parts.hostname):
            raise ValidationError(
                _("Enter the address of a public website, such as https://example.com"),
                code="host",
            )
        return urlunsplit(parts._replace(netloc=parts.hostname))


class EntryForm(TrapMixin):
    """What everybody may read of a member."""

    name = LineField(
        limit=LINE_MAX_LENGTH,
        label=_("Name of the organisation"),
        error_messages={"required": _("Enter the name as it should appear")},
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    website = WebsiteField(
        label=_("Website"),
        help_text=_("Starts with https://"),
        max_length=WEBSITE_MAX_LENGTH,
        error_messages={
            "required": _("Enter the address of the website"),
            "max_length": _("Shorten the web address: 200 characters are the most"),
        },
        widget=forms.URLInput({"autocomplete": "url"}),
    )
    country = CountryField(
        blank=_("Choose a country"),
        error_messages={
            "required": _("Choose a country"),
            "invalid_choice": _("Choose a country from the list"),
        },
    )
    size = forms.ChoiceField(
        label=_("People who work there"),
        choices=[("", _("Choose a size")), *Size.choices],
        required=False,
        error_messages={"invalid_choice": _("Choose a size from the list")},
    )
    flexibility = forms.MultipleChoiceField(
        label=_("Kinds of flexibility you offer"),
        choices=Flexibility.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose from the four kinds")},
    )
    statement = forms.CharField(
        label=_("How does it work day to day?"),
        help_text=_("Two or three sentences. We may print them on your page."),
        error_messages={"required": _("Say how it works day to day")},
        widget=forms.Textarea({"rows": 3, "data-counter": STATEMENT_MAX_LENGTH}),
    )
    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG, JPEG or WebP, up to 2 MB. A light one on nothing gets a dark tile."),
        required=False,
        error_messages={"empty": _("The logo file is empty. Choose another one.")},
        widget=forms.FileInput({"accept": ".png,.jpg,.jpeg,.webp"}),
    )
    logo_alt = LineField(
        limit=LINE_MAX_LENGTH,
        label=_("The logo in words"),
        help_text=_("For people who do not see it, such as: Example Co., two linked wheels"),
        required=False,
    )

    def clean_statement(self):
        return clean_words(
            self.cleaned_data["statement"],
            STATEMENT_MAX_LENGTH,
            _("Shorten your answer: it is %(over)s characters over the limit of %(limit)s"),
        )

    def clean_logo(self):
        upload = self.cleaned_data["logo"]
        return logos.read(upload) if upload else None

    def clean(self):
        if self.has_logo() and self.cleaned_data.get("logo_alt") == "":
            self.add_error(
                "logo_alt",
                _("Say in a few words what the logo shows, for people who do not see it"),
            )
        if self.errors and self.cleaned_data.get("logo"):
            self["logo"].help_text = _(
                "Please choose the logo again: browsers do not let us keep it."
            )

    def has_logo(self):
        return bool(self.cleaned_data.get("logo"))

    def entry(self):
        """What is stored. Only for a valid form."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("authority", "leave_empty")
        }


class ContactForm(forms.Form):
    """Who speaks for a member; never published."""

    contact_name = NameField(
        limit=LINE_MAX_LENGTH,
        label=_("Your name"),
        error_messages={"required": _("Enter your name")},
        widget=forms.TextInput({"autocomplete": "name"}),
    )
    contact_role = LineField(
        limit=LINE_MAX_LENGTH,
        label=_("Your role there"),
        error_messages={"required": _("Enter your role")},
        widget=forms.TextInput({"autocomplete": "organization-title"}),
    )
    contact_email = AddressField(
        label=_("Your work email"),
        help_text=_("We send one link to confirm it is you. Never published."),
    )


class ApplicationForm(ContactForm, EntryForm):
    kind = forms.ChoiceField(
        label=_("You are joining as"),
        choices=AS_KINDS,
        widget=forms.RadioSelect,
        initial=Kind.COMPANY,
        error_messages={
            "required": _("Choose what you are joining as"),
            "invalid_choice": _("Choose what you are joining as"),
        },
    )
    authority = forms.BooleanField(
        label=_("I may speak for this organisation, and it agrees to be listed publicly"),
        error_messages={"required": _("Confirm that you may speak for the organisation")},
    )

    field_order = ["kind"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].widget.attrs["data-kind"] = ""
        for name, as_person in AS_PERSON.items():
            field = self.fields[name]
            field.widget.attrs["data-organisation"] = field.label
            field.widget.attrs["data-person"] = as_person
        self.fields["size"].widget.attrs["data-person"] = ""
        if self.data.get("kind") == Kind.LEADER:
            self._speak_to_a_person()

    def _speak_to_a_person(self):
        for name, as_person in AS_PERSON.items():
            self.fields[name].label = as_person
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["authority"].error_messages["required"] = _("Confirm that this is you")

    def clean(self):
        super().clean()
        if self.cleaned_data.get("kind") == Kind.LEADER:
            self.cleaned_data["size"] = ""  # a person has none; without script the field shows


class RevisionForm(ContactForm, EntryForm):
    """The entry of a member as it should read from now on."""

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.member = member
        self.fields["logo"].help_text = _("Only where it changes. PNG, JPEG or WebP, up to 2 MB.")
        self.fields["contact_name"].label = _("Name of the contact")
        self.fields["contact_role"].label = _("Role of the contact")
        self.fields["contact_email"].label = _("Work email of the contact")
        self.fields["contact_email"].help_text = _(
            "A new address has to confirm itself before it takes over. Never published."
        )
        if member.kind == Kind.LEADER:
            self.fields["name"].label = AS_PERSON["name"]
            del self.fields["size"]

    def has_logo(self):
        return bool(self.member.logo) or super().has_logo()

    def entry(self):
        return {"size": ""} | super().entry()


class AnswerForm(TrapMixin):
    answer = forms.CharField(
        label=_("Your answer"),
        error_messages={"required": _("Write your answer")},
        widget=forms.Textarea({"rows": 6, "data-counter": ANSWER_MAX_LENGTH}),
    )

    def clean_answer(self):
        return clean_words(
            self.cleaned_data["answer"],
            ANSWER_MAX_LENGTH,
            _("Shorten your answer: it is %(over)s characters over the limit of %(limit)s"),
        )


class LinkForm(TrapMixin):
    email = AddressField(label=_("The email address that we have for your organisation"))


def _is_public(host):
    """Whether a stranger could open it: a name with a dot, no address, nothing local."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host and not host.endswith((".local", ".localhost", ".internal", ".arpa"))
    return False
