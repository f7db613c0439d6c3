from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is made while people sign

    dependencies = [
        ("pledges", "0010_where_it_came_from"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="pledge",
            index=models.Index(
                condition=models.Q(("network", ""), _negated=True),
                fields=["created_at"],
                name="pledge_network_known",
            ),
        ),
    ]
