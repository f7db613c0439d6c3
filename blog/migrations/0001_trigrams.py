from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Search forgives typing errors by comparing trigrams."""

    initial = True
    dependencies = []
    operations = [TrigramExtension()]
