from django.contrib.postgres.indexes import OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

import coalition.search
import pledges.models.pledge

INDEXES = [
    models.Index(fields=["created_at"], name="pledge_signed"),
    models.Index(
        condition=models.Q(("confirmed_at__isnull", False)),
        fields=["confirmed_at"],
        name="pledge_confirmed",
    ),
    models.Index(
        pledges.models.pledge.MailDomain("email_canonical"),
        models.OrderBy(models.F("id"), descending=True),
        name="pledge_domain",
    ),
    models.Index(
        OpClass(coalition.search.Fold("name"), "text_pattern_ops"),
        name="pledge_name_start",
    ),
    models.Index(
        condition=models.Q(("withdrawn_at__isnull", False)),
        fields=["email_canonical"],
        name="pledge_withdrawn_address",
    ),
]


class Migration(migrations.Migration):
    atomic = False  # the indexes are made while people sign

    dependencies = [
        ("pledges", "0012_source_and_rights"),
    ]

    operations = [AddIndexConcurrently(model_name="pledge", index=index) for index in INDEXES]
