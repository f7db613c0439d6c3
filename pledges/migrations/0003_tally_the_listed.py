import django.contrib.postgres.fields
from django.db import migrations, models

import pledges.models


class Migration(migrations.Migration):
    dependencies = [
        ("pledges", "0002_milestone"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="pledge", name="pledge_to_fold"),
        migrations.AddField(
            model_name="pledge",
            name="counted_under",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), editable=False, null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="pledge",
            name="listed_under",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        models.Q(
                            ("confirmed_at__isnull", False),
                            ("invalidated_at__isnull", True),
                            ("quarantined_at__isnull", True),
                            ("withdrawn_at__isnull", True),
                            ("shows_name", True),
                        ),
                        then=pledges.models.ArrayAppend(
                            models.F("flexibility"), models.Value("name")
                        ),
                    ),
                    models.When(
                        models.Q(
                            ("confirmed_at__isnull", False),
                            ("invalidated_at__isnull", True),
                            ("quarantined_at__isnull", True),
                            ("withdrawn_at__isnull", True),
                            ("has_shown_voice", True),
                        ),
                        then=models.F("flexibility"),
                    ),
                    default=None,
                ),
                output_field=django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=20), null=True, size=None
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="pledge",
            index=models.Index(
                condition=models.Q(
                    pledges.models.IsDistinctFrom(
                        models.F("standing_country"), models.F("counted_country")
                    ),
                    pledges.models.IsDistinctFrom(
                        models.F("listed_under"), models.F("counted_under")
                    ),
                    _connector="OR",
                ),
                fields=["confirmed_at", "id"],
                name="pledge_to_fold",
            ),
        ),
    ]
