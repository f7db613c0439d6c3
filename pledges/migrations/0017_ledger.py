import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Coalesce

# A deleted row hands its amount over in the transaction that deletes it. Only unconfirmed rows are
# ever deleted, so this is one row of one tally, held from the end of the statement to the commit.
TRIGGER = """
    CREATE FUNCTION pledges_untally() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE pledges_tally AS tally SET value = value - gone.number
          FROM (SELECT counted_state, count(*) AS number FROM deleted GROUP BY 1) AS gone
         WHERE tally.scope = 'state' AND tally.key = gone.counted_state;
        RETURN NULL;
    END $$;
    CREATE TRIGGER pledges_untally AFTER DELETE ON pledges_pledge
        REFERENCING OLD TABLE AS deleted FOR EACH STATEMENT EXECUTE FUNCTION pledges_untally();
"""
NO_TRIGGER = """
    DROP TRIGGER pledges_untally ON pledges_pledge;
    DROP FUNCTION pledges_untally;
"""

# What was counted before there was a ledger, by the dates that the rows tell.
FILL = """
    INSERT INTO pledges_ledgerentry (day, kind, country, cleanup_id, amount)
    SELECT (confirmed_at AT TIME ZONE 'UTC')::date, 'confirmed', country, NULL::bigint, count(*)
      FROM pledges_pledge WHERE number IS NOT NULL GROUP BY 1, 2, 3
     UNION ALL
    SELECT day, kind, '', CASE kind WHEN 'cleaned_up' THEN cleanup_id END, -count(*)
      FROM (SELECT (coalesce(withdrawn_at, invalidated_at, quarantined_at, confirmed_at)
                    AT TIME ZONE 'UTC')::date AS day,
                   CASE WHEN withdrawn_at IS NOT NULL THEN 'withdrawn'
                        WHEN invalidated_at IS NULL THEN 'quarantined'
                        WHEN cleanup_id IS NULL THEN 'invalidated'
                        ELSE 'cleaned_up' END AS kind,
                   cleanup_id
              FROM pledges_pledge WHERE number IS NOT NULL AND counted_country IS NULL) AS gone
     GROUP BY 1, 2, 4;

    DELETE FROM pledges_tally WHERE scope = 'day';
    INSERT INTO pledges_tally (scope, key, value)
    SELECT 'state', counted_state, count(*) FROM pledges_pledge
     WHERE counted_state <> 'standing' GROUP BY 2
     UNION ALL
    SELECT 'day', to_char(day, 'YYYY-MM-DD'), sum(amount) FROM pledges_ledgerentry GROUP BY 2
     UNION ALL
    SELECT 'change', kind, sum(amount) FROM pledges_ledgerentry GROUP BY 2;
"""
EMPTY = """
    DELETE FROM pledges_tally WHERE scope IN ('state', 'day', 'change');
    INSERT INTO pledges_tally (scope, key, value)
    SELECT 'day', to_char(confirmed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'), count(*)
      FROM pledges_pledge WHERE counted_country IS NOT NULL GROUP BY 2
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pledges", "0016_states"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("confirmed", "New confirmations"),
                            ("withdrawn", "Withdrawals"),
                            ("quarantined", "Held for a look"),
                            ("released", "Counted again after a look"),
                            ("invalidated", "Taken out by staff"),
                            ("restored", "Put back by staff"),
                            ("cleaned_up", "Clean-up"),
                            ("cleanup_undone", "Clean-up undone"),
                            ("drifted", "Error found by a recount"),
                            ("corrected", "Correction by a recount"),
                        ],
                        max_length=14,
                        verbose_name="kind",
                    ),
                ),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("amount", models.IntegerField(verbose_name="people")),
                (
                    "cleanup",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pledges.cleanup",
                        verbose_name="clean-up",
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("kind", "confirmed"), _negated=True),
                        fields=["-day", "-id"],
                        name="ledger_departures",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("day"),
                        models.F("kind"),
                        models.F("country"),
                        Coalesce("cleanup", 0),
                        name="one_ledger_entry_a_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="finished")),
                ("drifted", models.PositiveIntegerField(verbose_name="wrong tallies")),
                ("difference", models.IntegerField(verbose_name="change of the total")),
                ("findings", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "recount",
                "indexes": [models.Index(fields=["-at"], name="recount_newest")],
            },
        ),
        migrations.RunSQL(TRIGGER, NO_TRIGGER),
        migrations.RunSQL(FILL, EMPTY),
    ]
