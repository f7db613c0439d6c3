"""What only staff need: sessions, who they are, messages, and Django's guard of their forms.

The public has no session and no cookie, and its forms are guarded without one (`common.origin`).
Leaving this out is felt in every sign-up.
"""

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.middleware import csrf

from flexpledge.staff.area import is_inside


class _OnlyInside:
    def __call__(self, request):
        return super().__call__(request) if is_inside(request) else self.get_response(request)


class SessionMiddleware(_OnlyInside, sessions.SessionMiddleware):
    pass


class CsrfViewMiddleware(_OnlyInside, csrf.CsrfViewMiddleware):
    def process_view(self, request, *view):
        return super().process_view(request, *view) if is_inside(request) else None


class AuthenticationMiddleware(_OnlyInside, auth.AuthenticationMiddleware):
    pass


class MessageMiddleware(_OnlyInside, messages.MessageMiddleware):
    pass
