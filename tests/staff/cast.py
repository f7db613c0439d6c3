"""Colleagues, each in the groups named."""

from django.contrib.auth.models import Group, User


def a_colleague(name, *groups, **facts):
    facts = {"is_staff": True, "email": f"{name.lower()}@example.org", **facts}
    colleague = User.objects.create_user(name, password="a long enough secret", **facts)
    colleague.groups.set(Group.objects.filter(name__in=groups))
    return colleague


def an_owner(name="owner"):
    return a_colleague(name, is_superuser=True)
