from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pledges", "0019_find_invalidated"),
    ]

    operations = [
        migrations.CreateModel(
            name="Activity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("hour", models.DateTimeField()),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("all", "All"),
                            ("provider", "Mailbox provider"),
                            ("country", "Country"),
                            ("channel", "Way"),
                            ("source", "Source"),
                        ],
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(blank=True, max_length=40)),
                ("signed", models.PositiveIntegerField(default=0)),
                ("handed_over", models.PositiveIntegerField(default=0)),
                ("confirmed", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "activity",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("scope", "hour", "key"), name="one_activity_per_hour_and_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Sinking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("handed_over", models.PositiveIntegerField()),
                ("confirmed", models.PositiveIntegerField()),
                ("usual_percent", models.PositiveSmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "day"), name="told_of_sinking_once_a_day"
                    )
                ],
            },
        ),
    ]
