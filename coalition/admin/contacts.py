"""Staff name another contact, where nobody reads mail at the address of the one before."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coalition import contacts, revisions
from coalition.admin.deciding import page_of
from coalition.forms import ContactForm


class NewContactForm(ContactForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact_name"].label = gettext_lazy("Name")
        self.fields["contact_role"].label = gettext_lazy("Role there")
        self.fields["contact_email"].label = gettext_lazy("Email")
        self.fields["contact_email"].help_text = gettext_lazy(
            "Gets a mail and has to press a button in it; then the change waits for approval."
        )


class NamingContacts:
    """The page for it, as a part of MemberAdmin."""

    def get_urls(self):
        name_contact = self.admin_site.admin_view(self.contact_view)
        return [
            path("<path:object_id>/contact/", name_contact, name="coalition_member_contact"),
            *super().get_urls(),
        ]

    def contact_view(self, request, object_id):
        member = self.get_object(request, object_id)
        if not self.has_change_permission(request, member):
            raise PermissionDenied
        if member is None or not member.is_editable:
            raise Http404
        current = {name: getattr(member, name) for name in contacts.FIELDS}
        typed = request.POST if request.method == "POST" else None
        form = NewContactForm(typed, initial=current)
        if form.is_valid():
            revisions.name_contact(
                member, form.cleaned_data, actor=request.user, now=timezone.now()
            )
            told = _("The change waits: for the new address to confirm itself, then for approval.")
            self.message_user(request, told, messages.SUCCESS)
            return redirect(page_of(member))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Name another contact"),
            "subtitle": member,
            "original": member,
            "form": form,
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(
            request, "admin/coalition/member/contact.html", context, status=status
        )
