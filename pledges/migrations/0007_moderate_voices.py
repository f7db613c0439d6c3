from django.db import migrations, models

REASONS = [
    (
        "Names or blames somebody",
        "It names or blames a person or an employer. You are welcome to say it without the name.",
    ),
    ("An advertisement", "It advertises something. Say in your own words why flexibility matters."),
    (
        "About something else",
        "It is about something else than flexible work. You are welcome to write another reason.",
    ),
    (
        "Hurts somebody",
        "It may hurt or offend other people. You are welcome to write it differently.",
    ),
    ("Cannot be understood", "We could not make out what it says. Please write it once more."),
]


def write(apps, schema_editor):
    reason = apps.get_model("pledges", "VoiceDeclineReason")
    reason.objects.bulk_create(
        reason(name=name, text=text, position=position)
        for position, (name, text) in enumerate(REASONS)
    )


class Migration(migrations.Migration):
    dependencies = [
        ("pledges", "0006_through_a_member"),
    ]

    operations = [
        migrations.CreateModel(
            name="VoiceDeclineReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        help_text="As moderators see it.", max_length=60, verbose_name="name"
                    ),
                ),
                (
                    "text",
                    models.CharField(
                        help_text="As the supporter reads it on their own page.",
                        max_length=300,
                        verbose_name="text",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
            ],
            options={
                "verbose_name": "reason for not showing a voice",
                "verbose_name_plural": "reasons for not showing a voice",
                "ordering": ["position", "name"],
            },
        ),
        migrations.RunPython(write, migrations.RunPython.noop),
        migrations.AddField(
            model_name="voice",
            name="original_text",
            field=models.CharField(
                blank=True,
                default="",
                max_length=280,
                verbose_name="as the supporter wrote it",
            ),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="voice",
            index=models.Index(
                condition=models.Q(("status", "pending")),
                fields=["created_at", "id"],
                name="voice_waiting",
            ),
        ),
    ]
