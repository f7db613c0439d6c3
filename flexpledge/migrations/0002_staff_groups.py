"""The groups that staff belong to. Their rights stand in `flexpledge.staff.rights`."""

from django.db import migrations

NAMES = ("Moderator", "Editor", "Manager")


def make(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    for name in NAMES:
        Group.objects.get_or_create(name=name)


def remove_empty(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=NAMES, user=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("flexpledge", "0001_default_pages"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [migrations.RunPython(make, remove_empty)]
