from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # CONCURRENTLY, so that sign-ups go on

    dependencies = [("common", "0004_trail_stays")]

    operations = [RemoveIndexConcurrently("outboxmessage", "outbox_recipient")]
