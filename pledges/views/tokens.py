from functools import wraps

from django.shortcuts import render

from common.responses import see_other
from pledges.models import Pledge


def with_pledge(purpose, *, ends_link=False):
    """Gives the view the live pledge its token was made for.

    A broken, cut off or ended link gets a page that helps on, with status 404. Where the view's
    own button `ends_link`, whoever presses it twice is told what became of the pledge.
    """

    def decorate(view):
        @wraps(view)
        def found(request, token):
            pledge = _by_token(Pledge.objects.live(), purpose, token)
            if pledge:
                return view(request, pledge)
            if ends_link and request.method == "POST":
                pledge = _by_token(Pledge.objects.withdrawn(), purpose, token)
                if pledge:
                    return see_other("pledges:done", pledge.state)
            return render(request, "pledges/link_ended.html", status=404)

        return found

    return decorate


def _by_token(pledges, purpose, token):
    try:
        return pledges.by_token(purpose, token)
    except Pledge.DoesNotExist:
        return None
