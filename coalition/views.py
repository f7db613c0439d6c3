from django.core.paginator import InvalidPage
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coalition import applications, logos
from coalition.directory import Directory, UnknownFilter
from coalition.forms import ApplicationForm
from coalition.models import Member
from common.origin import public_form
from common.ratelimit import limited
from common.responses import private_page, see_other


@require_safe
def members(request):
    asked = request.GET
    try:
        directory = Directory(
            kind=asked.get("kind", ""), country=asked.get("country", ""), words=asked.get("q", "")
        )
        page = directory.page(asked.get("page", 1))
    except (UnknownFilter, InvalidPage) as error:
        raise Http404 from error
    return render(request, "coalition/list.html", {"directory": directory, "page": page})


@require_safe
def member(request, slug):
    member = get_object_or_404(Member.objects.listed(), slug=slug)
    return render(request, "coalition/detail.html", {"member": member})


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@limited("coalition-apply")
def apply(request):
    if request.method != "POST":
        return render(request, "coalition/apply.html", {"form": ApplicationForm()})
    request.encoding = "utf-8"  # a charset of the client's choice could decode to surrogates
    request.upload_handlers = [logos.LogoUpload(request)]
    form = ApplicationForm(request.POST, request.FILES)
    if form.is_valid() and _is_received(form):
        return see_other("coalition:received")
    return render(request, "coalition/apply.html", {"form": form}, status=422)


def _is_received(form):
    if form.is_suspicious:
        return True  # a program learns nothing from our answer
    try:
        applications.apply(form.application(), now=timezone.now())
    except applications.LogoNotStored:
        form.add_error(
            "logo", _("We cannot store pictures just now. Send the application without a logo.")
        )
        return False
    return True


@require_safe
def received(request):
    return render(request, "coalition/received.html")


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def confirm(request, token):
    member = applications.of_token(token)
    if member is None:
        return render(request, "coalition/confirm_unknown.html", status=404)
    if request.method == "POST":
        applications.confirm(member, now=timezone.now())
        return see_other("coalition:confirmed")
    return render(request, "coalition/confirm.html", {"member": member})


@require_safe
def confirmed(request):
    return render(request, "coalition/confirmed.html")
