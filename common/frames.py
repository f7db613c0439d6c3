"""The few pages that may stand in frames of other sites. Every other page refuses to be framed."""

from functools import wraps

from csp.decorators import csp_replace
from django.views.decorators.clickjacking import xframe_options_exempt


def framed(view):
    """For pages made to stand in a frame of any site; FramesMiddleware sees to their headers.

    Whoever frames a page can make people press what they do not see, so nothing here may count
    before it is confirmed elsewhere, as signing is by mail.
    """

    @wraps(view)
    def in_frame(request, *args, **kwargs):
        request.is_framed = True
        return view(request, *args, **kwargs)

    return in_frame


class FramesMiddleware:
    """Lets others frame what a `framed` view answered, or what was answered in its place.

    Stands last, so that it sees an outage or a refusal too: nobody's form may end in the empty
    rectangle of a browser that was told not to show it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if getattr(request, "is_framed", False):
            return _open_to_frames(request, response)
        return response


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def _open_to_frames(_request, response):
    return response
