from django.db import migrations, models
from django.db.models import Case, Value, When

# Both columns in one rewrite of the table. What is counted so far is told by `counted_country`; the
# second column is generated to be filled, and then becomes one that `counting` writes.
ADD = """
    ALTER TABLE pledges_pledge
        ADD COLUMN state varchar(12) GENERATED ALWAYS AS (
            CASE WHEN erased_at IS NOT NULL THEN 'erased'
                 WHEN withdrawn_at IS NOT NULL THEN 'withdrawn'
                 WHEN confirmed_at IS NULL THEN 'pending'
                 WHEN invalidated_at IS NOT NULL THEN 'invalidated'
                 WHEN quarantined_at IS NOT NULL THEN 'quarantined'
                 ELSE 'standing' END) STORED NOT NULL,
        ADD COLUMN counted_state varchar(12) GENERATED ALWAYS AS (
            CASE WHEN counted_country IS NOT NULL THEN 'standing'
                 WHEN erased_at IS NOT NULL THEN 'erased'
                 WHEN withdrawn_at IS NOT NULL THEN 'withdrawn'
                 WHEN confirmed_at IS NULL THEN 'pending'
                 WHEN invalidated_at IS NOT NULL THEN 'invalidated'
                 WHEN quarantined_at IS NOT NULL THEN 'quarantined' END) STORED;
    ALTER TABLE pledges_pledge ALTER COLUMN counted_state DROP EXPRESSION;
"""
REMOVE = "ALTER TABLE pledges_pledge DROP COLUMN state, DROP COLUMN counted_state"


class Migration(migrations.Migration):
    dependencies = [
        ("pledges", "0015_block_list"),
    ]

    operations = [
        migrations.RunSQL(
            ADD,
            REMOVE,
            state_operations=[
                migrations.AddField(
                    model_name="pledge",
                    name="counted_state",
                    field=models.CharField(editable=False, max_length=12, null=True),
                ),
                migrations.AddField(
                    model_name="pledge",
                    name="state",
                    field=models.GeneratedField(
                        db_persist=True,
                        expression=Case(
                            When(erased_at__isnull=False, then=Value("erased")),
                            When(withdrawn_at__isnull=False, then=Value("withdrawn")),
                            When(confirmed_at__isnull=True, then=Value("pending")),
                            When(invalidated_at__isnull=False, then=Value("invalidated")),
                            When(quarantined_at__isnull=False, then=Value("quarantined")),
                            default=Value("standing"),
                        ),
                        output_field=models.CharField(
                            choices=[
                                ("erased", "Erased"),
                                ("withdrawn", "Withdrawn"),
                                ("pending", "Waiting for confirmation"),
                                ("invalidated", "Taken out by staff"),
                                ("quarantined", "Waiting for a look"),
                                ("standing", "Confirmed and standing"),
                            ],
                            max_length=12,
                            verbose_name="state",
                        ),
                    ),
                ),
            ],
        ),
    ]
