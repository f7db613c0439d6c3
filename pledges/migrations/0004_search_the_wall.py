import django.db.models.functions.text
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import coalition.search


class Migration(migrations.Migration):
    atomic = False  # the indexes are made while people sign

    dependencies = [
        ("coalition", "0001_name_search"),
        ("pledges", "0003_tally_the_listed"),
    ]

    operations = [
        migrations.AddField(
            model_name="pledge",
            name="shown_words",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        shows_name=True,
                        then=django.db.models.functions.text.Concat(
                            models.Value(" "), coalition.search.Fold("name")
                        ),
                    ),
                    default=None,
                ),
                output_field=models.TextField(null=True),
            ),
        ),
        migrations.AddField(
            model_name="voice",
            name="words",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Concat(
                    models.Value(" "), coalition.search.Fold("text")
                ),
                output_field=models.TextField(),
            ),
        ),
        AddIndexConcurrently(
            model_name="pledge",
            index=GinIndex(
                condition=models.Q(("shows_name", True), ("standing_country__isnull", False)),
                fields=["shown_words"],
                name="pledge_shown_words",
                opclasses=["gin_trgm_ops"],
            ),
        ),
        AddIndexConcurrently(
            model_name="voice",
            index=GinIndex(
                condition=models.Q(("status", "approved")),
                fields=["words"],
                name="voice_words",
                opclasses=["gin_trgm_ops"],
            ),
        ),
    ]
