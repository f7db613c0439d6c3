from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from pledges.models import IsDistinctFrom


class Migration(migrations.Migration):
    atomic = False  # the indexes are made while people sign

    dependencies = [
        ("pledges", "0017_ledger"),
    ]

    operations = [
        RemoveIndexConcurrently(model_name="pledge", name="pledge_to_fold"),
        AddIndexConcurrently(
            model_name="pledge",
            index=models.Index(
                condition=Q(
                    IsDistinctFrom(F("state"), Coalesce(F("counted_state"), Value("pending"))),
                    IsDistinctFrom(F("standing_country"), F("counted_country")),
                    IsDistinctFrom(F("listed_under"), F("counted_under")),
                    _connector="OR",
                ),
                fields=["confirmed_at", "id"],
                name="pledge_to_fold",
            ),
        ),
        AddIndexConcurrently(
            model_name="pledge",
            index=models.Index(
                condition=Q(("counted_state", None), ("state", "pending")),
                fields=["created_at"],
                name="pledge_untallied",
            ),
        ),
    ]
