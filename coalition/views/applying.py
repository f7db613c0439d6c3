from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coalition import applications, duplicates, logos
from coalition.forms import AnswerForm, ApplicationForm
from coalition.models import Status
from coalition.views.tokens import reached_by
from common.origin import public_form
from common.pagecache import cached_page
from common.ratelimit import limited
from common.responses import see_other


@cached_page()
@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@limited("coalition-apply")
def apply(request):
    if request.method != "POST":
        return render(request, "coalition/apply.html", {"form": ApplicationForm()})
    take_one_logo(request)
    form = ApplicationForm(request.POST, request.FILES)
    if form.is_valid() and is_stored(form, lambda entry, now: applications.apply(entry, now=now)):
        return see_other("coalition:received")
    return render(request, "coalition/apply.html", {"form": form}, status=422)


def take_one_logo(request):
    """Before anything of the body is read."""
    request.encoding = "utf-8"  # a charset of the client's choice could decode to surrogates
    request.upload_handlers = [logos.LogoUpload(request)]


def is_stored(form, store):
    """Stores the entry of a valid form; where the disk is full, the form says so."""
    if form.is_suspicious:
        return True  # a program learns nothing from our answer
    try:
        store(form.entry(), timezone.now())
    except applications.LogoNotStored:
        form.add_error(
            "logo", _("We cannot store pictures just now. Send the application without a logo.")
        )
        return False
    return True


@cached_page()
@require_safe
def received(request):
    return render(request, "coalition/received.html")


@require_http_methods(["GET", "HEAD", "POST"])
@reached_by("confirm")
def confirm(request, member):
    now = timezone.now()
    if request.method == "POST":
        applications.confirm(member, now=now)
        return see_other("coalition:confirmed")
    context = {"member": member, "alike": duplicates.public(member, now=now)}
    return render(request, "coalition/confirm.html", context)


@cached_page()
@require_safe
def confirmed(request):
    return render(request, "coalition/confirmed.html")


@require_http_methods(["GET", "HEAD", "POST"])
@reached_by("answer")
def answer(request, member):
    question = None
    if member.status == Status.PENDING:
        question = member.questions.filter(answered_at=None).first()
    if question is None:
        return render(request, "coalition/answered.html", {"member": member})
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not form.is_suspicious:
            applications.answer(question, form.cleaned_data["answer"], now=timezone.now())
        return see_other("coalition:answer", member.token("answer"))
    context = {"member": member, "question": question, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "coalition/answer.html", context, status=status)
