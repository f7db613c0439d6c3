"""What was the history of decisions becomes the trail of everything that staff do."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

FILL = """
    UPDATE common_auditentry AS entry
       SET actor_name = coalesce((SELECT username FROM auth_user WHERE id = entry.actor_id), ''),
           subject_type = (SELECT concat(app_label, '.', model)
                             FROM django_content_type WHERE id = entry.content_type_id)
"""


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("contenttypes", "0002_remove_content_type_name"),
        ("common", "0002_failed_mails"),
    ]

    operations = [
        migrations.RemoveIndex("Decision", "decision_of"),
        migrations.RenameModel("Decision", "AuditEntry"),
        migrations.RenameField("AuditEntry", "to_status", "action"),
        migrations.RenameField("AuditEntry", "reason", "why"),
        migrations.RenameField("AuditEntry", "object_id", "subject_id"),
        migrations.AddField(
            "AuditEntry",
            "actor_name",
            models.CharField(default="", editable=False, max_length=150, verbose_name="who"),
            preserve_default=False,
        ),
        migrations.AddField(
            "AuditEntry",
            "subject_type",
            models.CharField(default="", editable=False, max_length=100, verbose_name="kind"),
            preserve_default=False,
        ),
        migrations.AddField(
            "AuditEntry",
            "label",
            models.CharField(default="", editable=False, max_length=200, verbose_name="of"),
            preserve_default=False,
        ),
        migrations.AddField(
            "AuditEntry",
            "details",
            models.JSONField(default=dict, editable=False, verbose_name="details"),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveField("AuditEntry", "content_type"),
        migrations.AlterField(
            "AuditEntry",
            "action",
            models.CharField(editable=False, max_length=20, verbose_name="what"),
        ),
        migrations.AlterField(
            "AuditEntry",
            "actor",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            "AuditEntry", "at", models.DateTimeField(editable=False, verbose_name="when")
        ),
        migrations.AlterField(
            "AuditEntry", "subject_id", models.BigIntegerField(editable=False, null=True)
        ),
        migrations.AlterField(
            "AuditEntry", "why", models.TextField(editable=False, verbose_name="why")
        ),
        migrations.AddField(
            "AuditEntry",
            "search",
            models.GeneratedField(
                db_persist=True,
                expression=django.contrib.postgres.search.SearchVector(
                    models.F("actor_name"),
                    models.F("action"),
                    django.db.models.functions.text.Replace(
                        "subject_type", models.Value("."), models.Value(" ")
                    ),
                    models.F("label"),
                    models.F("why"),
                    config="simple",
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AlterModelOptions(
            "AuditEntry",
            {
                "default_permissions": ["view"],
                "ordering": ["-at", "-pk"],
                "verbose_name": "entry of the audit trail",
                "verbose_name_plural": "audit trail",
            },
        ),
        migrations.AddIndex("AuditEntry", models.Index(fields=["-at", "-id"], name="audit_newest")),
        migrations.AddIndex(
            "AuditEntry", models.Index(fields=["actor", "-at"], name="audit_of_actor")
        ),
        migrations.AddIndex(
            "AuditEntry", models.Index(fields=["action", "-at"], name="audit_of_action")
        ),
        migrations.AddIndex(
            "AuditEntry",
            models.Index(fields=["subject_type", "subject_id", "-at"], name="audit_of_subject"),
        ),
        migrations.AddIndex(
            "AuditEntry",
            django.contrib.postgres.indexes.GinIndex(fields=["search"], name="audit_search"),
        ),
    ]
