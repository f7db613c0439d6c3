from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is made while people sign

    dependencies = [
        ("pledges", "0021_quarantine"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="pledge",
            index=models.Index(
                condition=models.Q(("state", "quarantined")),
                fields=["quarantined_at"],
                name="pledge_awaiting_review",
            ),
        ),
    ]
