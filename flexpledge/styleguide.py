"""Every component once, for staff and developers."""

from types import SimpleNamespace

from django import forms
from django.contrib.admin.views.decorators import staff_member_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe


class SampleForm(forms.Form):
    name = forms.CharField(label="Your name", help_text="A hint stands above the control.")
    email = forms.EmailField(label="Email")
    website = forms.URLField(label="Website", required=False, assume_scheme="https")
    country = forms.ChoiceField(label="Country", choices=[("", "Choose"), ("CA", "Canada")])
    reason = forms.CharField(
        label="Your reason",
        required=False,
        widget=forms.Textarea({"rows": 3, "data-counter": 280}),
    )
    logo = forms.FileField(label="Logo", required=False)
    kinds = forms.MultipleChoiceField(
        label="Which kinds?",
        choices=[("remote", "Remote work"), ("part_time", "Part-time")],
        widget=forms.CheckboxSelectMultiple,
    )
    kind = forms.ChoiceField(
        label="Which one?",
        choices=[("company", "Company"), ("nonprofit", "Nonprofit")],
        widget=forms.RadioSelect,
    )
    agrees = forms.BooleanField(label="Show my name publicly", help_text="Unticked by default.")
    leave_empty = forms.CharField(label="Leave this empty", required=False)


@require_safe
@staff_member_required
def styleguide(request):
    voice = SimpleNamespace(
        text="Two hours moved from nine to seven. That is all it took for me to keep a job I love.",
        shown_name="Robin Example",
        initial="R",
        country_name="United Kingdom",
        kind_names=["Flexible schedule"],
    )
    return render(
        request,
        "flexpledge/styleguide.html",
        {
            "sample": SampleForm(auto_id="sample_%s"),
            "wrong": SampleForm({"email": "robin@example"}, auto_id="wrong_%s"),
            "voice": voice,
            "rows": [("United States", 5210), ("Canada", 1604), ("35 more countries", 2148)],
            "columns": [(week, 40 * week) for week in range(1, 13)],
            "page": Paginator(range(120), 10).get_page(request.GET.get("page", 4)),
            "links": [("Blog", "/blog/")],
        },
    )
