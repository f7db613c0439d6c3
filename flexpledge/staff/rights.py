"""What each group of staff may do. Every model of the admin stands here or is the owner's alone.

Superusers are the owners: they may do everything. The table is the only place where rights of a
group are changed; each `migrate` brings the database in line with it.
"""

from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

MODERATOR = {
    "pledges.review_quarantine",
    "pledges.view_block",
    "pledges.view_pledge",
    "pledges.view_voice",
    "pledges.change_voice",
    "pledges.view_voicedeclinereason",
    "pledges.add_voicedeclinereason",
    "pledges.change_voicedeclinereason",
    "pledges.delete_voicedeclinereason",
    "coalition.view_member",
    "coalition.change_member",
    "coalition.view_declinereason",
    "coalition.add_declinereason",
    "coalition.change_declinereason",
    "coalition.delete_declinereason",
}

EDITOR = {
    f"blog.{verb}_{model}"
    for verb in ("view", "add", "change", "delete")
    for model in ("post", "author", "tag", "richtext", "image", "quote", "calltoaction", "video")
} | {
    "flatpages.view_flatpage",
    "flatpages.change_flatpage",
}

MANAGER = (
    MODERATOR
    | EDITOR
    | {
        "pledges.add_block",
        "pledges.change_block",
        "pledges.delete_block",
        "pledges.change_pledge",
        "pledges.correct_pledge",
        "pledges.export_pledge",
        "pledges.see_address",
        "pledges.run_cleanup",
        "pledges.view_cleanup",
        "coalition.delete_member",
        "common.view_auditentry",
        "common.view_outboxmessage",
        "common.change_outboxmessage",
        "auth.view_user",
        "auth.add_user",
        "auth.change_user",
    }
)

GROUPS = {"Moderator": MODERATOR, "Editor": EDITOR, "Manager": MANAGER}


def within(person):
    """The groups that may do no more than this person."""
    own = person.get_all_permissions()
    return {name for name, group in GROUPS.items() if group <= own}


def bring_in_line(app_config, using, **kwargs):
    """After an app was migrated, gives each group just the rights on it that stand above."""
    create_permissions(app_config, verbosity=0, using=using)  # ours may be called before Django's
    of_app = Permission.objects.using(using).filter(content_type__app_label=app_config.label)
    for group in Group.objects.using(using).filter(name__in=GROUPS):
        wanted = {
            right
            for right in of_app.select_related("content_type")
            if f"{app_config.label}.{right.codename}" in GROUPS[group.name]
        }
        group.permissions.remove(*set(group.permissions.filter(pk__in=of_app)) - wanted)
        group.permissions.add(*wanted)
