from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

LISTED = models.Q(
    ("standing_country__isnull", False),
    models.Q(("shows_name", True), ("has_shown_voice", True), _connector="OR"),
)


class Migration(migrations.Migration):
    atomic = False  # the indexes are made while people sign

    dependencies = [
        ("pledges", "0004_search_the_wall"),
    ]

    operations = [
        RemoveIndexConcurrently(model_name="pledge", name="pledge_listed"),
        AddIndexConcurrently(
            model_name="pledge",
            index=models.Index(
                condition=LISTED,
                fields=["-number"],
                include=["flexibility"],
                name="pledge_listed",
            ),
        ),
        RemoveIndexConcurrently(model_name="pledge", name="pledge_listed_by_country"),
        AddIndexConcurrently(
            model_name="pledge",
            index=models.Index(
                condition=LISTED,
                fields=["standing_country", "-number"],
                include=["flexibility"],
                name="pledge_listed_by_country",
            ),
        ),
    ]
