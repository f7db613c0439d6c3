from django.db import migrations, models

import common.tokens


class Migration(migrations.Migration):
    dependencies = [
        ("pledges", "0011_find_the_latest"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="pledge",
            options={
                "permissions": [
                    ("see_address", "Can see addresses in full"),
                    (
                        "correct_pledge",
                        "Can resend, correct, withdraw and erase at a person's request",
                    ),
                    ("export_pledge", "Can export pledges"),
                ],
                "verbose_name": "pledge",
            },
        ),
        migrations.AddField(
            model_name="pledge",
            name="source",
            field=models.CharField(
                blank=True, db_default="", editable=False, max_length=40, verbose_name="source"
            ),
        ),
        migrations.AlterField(
            model_name="tally",
            name="key",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name="pledge",
            name="code",
            field=models.CharField(default=common.tokens.new_code, max_length=10),
        ),
        migrations.AddConstraint(
            model_name="pledge",
            constraint=models.UniqueConstraint(fields=("code",), name="pledge_code_unique"),
        ),
    ]
