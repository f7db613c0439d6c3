from importlib import import_module

from django.db import migrations

earlier = import_module("coalition.migrations.0006_contained_first")


class Migration(migrations.Migration):
    """Whether names contain the words is asked before, where plain conditions are cheaper."""

    dependencies = [
        ("coalition", "0008_prove_contacts"),
    ]

    operations = [
        migrations.RunSQL([(earlier.RESTORE_FIND, None)], [(earlier.CREATE_FIND, None)]),
    ]
