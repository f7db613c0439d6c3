from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from coalition import contacts, freshness, mails, reach, revisions
from coalition.forms import LinkForm, RevisionForm
from coalition.models import Revision
from coalition.views.applying import is_stored, take_one_logo
from coalition.views.tokens import reached_by
from common.origin import public_form
from common.pagecache import cached_page
from common.ratelimit import limited
from common.responses import see_other


@cached_page(query=("sent",))
@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@limited("coalition-link")
def link(request):
    """The answer is the same whoever asks."""
    form = LinkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not form.is_suspicious:
            mails.send_links(form.cleaned_data["email"], now=timezone.now())
        return see_other("coalition:link", query="?sent")
    context = {"form": form, "sent": "sent" in request.GET}
    return render(
        request, "coalition/link.html", context, status=422 if request.method == "POST" else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@reached_by("edit")
def edit(request, member):
    if not member.is_editable:
        return render(request, "coalition/not_listed.html", {"member": member}, status=404)
    if request.method != "POST":
        form = RevisionForm(member=member, initial=revisions.current_entry(member))
        return _own_page(request, member, form)
    take_one_logo(request)
    form = RevisionForm(request.POST, request.FILES, member=member)
    if form.is_valid() and is_stored(
        form, lambda entry, now: revisions.propose(member, entry, now=now)
    ):
        return see_other("coalition:edit", member.token("edit"), query="?sent#sent")
    return _own_page(request, member, form, status=422)


def _own_page(request, member, form, status=200):
    context = {
        "member": member,
        "form": form,
        "sent": "sent" in request.GET,
        "reaffirmed": "reaffirmed" in request.GET,
        "waiting": member.revisions.pending().first(),
        "kept_days": settings.UNCONFIRMED_KEPT_DAYS,
        "edit_token": member.token("edit"),
        "reaffirm_token": member.token("reaffirm"),
        "join_url": settings.SITE_URL + member.join_path,
        "people": reach.people_through(member),
    }
    return render(request, "coalition/own_entry.html", context, status=status)


@require_POST
@reached_by("edit")
def take_back(request, member):
    revisions.take_back(member, now=timezone.now())
    return see_other("coalition:edit", member.token("edit"))


@require_http_methods(["GET", "HEAD", "POST"])
@reached_by("contact", Revision.objects)
def contact(request, revision):
    """Whoever a member named as its contact says that it is them."""
    if request.method == "POST":
        contacts.prove(revision, now=timezone.now())
        return see_other("coalition:contact", revision.token("contact"))
    return render(request, "coalition/contact.html", {"revision": revision})


@require_http_methods(["GET", "HEAD", "POST"])
@reached_by("reaffirm")
def reaffirm(request, member):
    if not member.is_editable:
        return render(request, "coalition/not_listed.html", {"member": member}, status=404)
    if request.method == "POST":
        freshness.reaffirm(member, now=timezone.now())
        return see_other("coalition:edit", member.token("edit"), query="?reaffirmed#sent")
    context = {"member": member, "edit_token": member.token("edit")}
    return render(request, "coalition/reaffirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@reached_by("stop")
def stop(request, member):
    if request.method == "POST":
        freshness.stop_reminders(member, now=timezone.now())
        return see_other("coalition:stop", member.token("stop"))
    return render(request, "coalition/stop.html", {"member": member})
