from django.db import migrations, models

import coalition.models.fields


def fill(apps, schema_editor):
    for member in apps.get_model("coalition", "Member").objects.only("contact_email").iterator():
        member.save(update_fields=["contact_canonical"])


class Migration(migrations.Migration):
    dependencies = [
        ("coalition", "0006_contained_first"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="contact_canonical",
            field=coalition.models.fields.CanonicalAddressField(default="", of="contact_email"),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="member",
            index=models.Index(fields=["contact_canonical"], name="member_contact"),
        ),
    ]
