from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("coalition", "0007_find_by_contact"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="revision",
            name="revision_status_known",
        ),
        migrations.AddField(
            model_name="member",
            name="link_epoch",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="revision",
            name="contact_confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="new contact confirmed"),
        ),
        migrations.AlterField(
            model_name="revision",
            name="status",
            field=models.CharField(
                choices=[
                    ("pending", "Pending"),
                    ("approved", "Approved"),
                    ("declined", "Declined"),
                    ("replaced", "Replaced by a later one"),
                    ("taken_back", "Taken back by the contact"),
                ],
                default="pending",
                max_length=20,
                verbose_name="status",
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["pending", "approved", "declined", "replaced", "taken_back"])
                ),
                name="revision_status_known",
            ),
        ),
    ]
