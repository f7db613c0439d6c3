from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is made while people sign

    dependencies = [
        ("pledges", "0008_clean_up"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="pledge",
            index=models.Index(
                condition=models.Q(("cleanup__isnull", False)),
                fields=["cleanup", "id"],
                name="pledge_cleanup",
            ),
        ),
    ]
