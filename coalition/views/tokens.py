from functools import wraps

from django.core.exceptions import ObjectDoesNotExist
from django.shortcuts import render

from coalition.models import Member
from common.origin import public_form
from common.ratelimit import limited
from common.responses import private_page


def reached_by(purpose, rows=Member.objects):
    """For a contact's page: hands over the row of the link, or answers 404 with help."""

    def decorate(view):
        @wraps(view)
        def found(request, token):
            try:
                row = rows.by_token(purpose, token)
            except ObjectDoesNotExist:
                return render(request, "coalition/link_unknown.html", status=404)
            return view(request, row)

        return public_form(private_page(limited(f"coalition-{purpose}")(found)))

    return decorate
