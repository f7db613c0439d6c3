from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.db.models import Q


class StaffBackend(ModelBackend):
    """Lets in active staff, by login name or email address, and nobody else.

    One password is hashed for every attempt, so that the time tells nothing about the name.
    """

    def authenticate(self, request, username=None, password=None, **credentials):
        if not username or password is None:
            return None
        person = person_named(username)
        if person is None:
            get_user_model()().set_password(password)
            return None
        is_right = person.check_password(password)
        return person if is_right and self.user_can_authenticate(person) else None

    def user_can_authenticate(self, user):
        return user.is_staff and super().user_can_authenticate(user)


def person_named(name):
    """Whose login name or, failing that, email address this is. Case never matters."""
    named = Q(username__iexact=name) | Q(email__iexact=name)
    found = get_user_model().objects.filter(named).order_by("pk")
    return min(found, key=lambda one: one.username.lower() != name.lower(), default=None)
