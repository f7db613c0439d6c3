from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is made while mail leaves

    dependencies = [
        ("common", "0005_mails_by_quota_alone"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="process")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("at", models.DateTimeField(verbose_name="last heard of")),
            ],
            options={
                "verbose_name": "heartbeat",
                "ordering": ["-at"],
            },
        ),
        AddIndexConcurrently(
            model_name="outboxmessage",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", False)),
                fields=["sent_at"],
                name="outbox_sent",
            ),
        ),
    ]
