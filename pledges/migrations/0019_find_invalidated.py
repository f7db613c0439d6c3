from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is made while people sign

    dependencies = [
        ("pledges", "0018_fold_by_state"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="pledge",
            index=models.Index(
                condition=models.Q(("invalidated_at__isnull", False)),
                fields=["invalidated_at"],
                name="pledge_invalidated",
            ),
        ),
    ]
