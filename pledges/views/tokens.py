from functools import wraps

from django.shortcuts import render

from pledges.models import Pledge


def with_pledge(purpose):
    """Gives the view the live pledge its token was made for.

    A broken, cut off or ended link gets a page that helps on, with status 404.
    """

    def decorate(view):
        @wraps(view)
        def found(request, token):
            try:
                pledge = Pledge.objects.by_token(purpose, token)
            except Pledge.DoesNotExist:
                return render(request, "pledges/link_ended.html", status=404)
            return view(request, pledge)

        return found

    return decorate
