from importlib import import_module

import django.contrib.postgres.indexes
from django.db import migrations

earlier = import_module("coalition.migrations.0003_find_members")

# Only where no name contains the words, names that nearly do are looked for: a word that many
# names share is then no dearer than one that few do.
CREATE_FIND = r"""
DO $$ BEGIN PERFORM show_limit(); END $$;
CREATE OR REPLACE FUNCTION coalition_find(words text, swapped text[]) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE
SET pg_trgm.word_similarity_threshold = 0.4
SET enable_seqscan = off
AS $f$
DECLARE
    wanted text := coalition_fold(words);
    contained text[] := ARRAY(
        SELECT '%' || regexp_replace(coalition_fold(word), '([\\%_])', '\\\1', 'g') || '%'
          FROM unnest(array_prepend(words, swapped)) AS word);
BEGIN
    RETURN QUERY
    SELECT id FROM coalition_member WHERE folded_name LIKE contained[1];
    IF NOT FOUND THEN
        RETURN QUERY
        SELECT id FROM coalition_member WHERE folded_name %> wanted
         UNION
        SELECT id FROM coalition_member WHERE folded_name LIKE ANY (contained);
    END IF;
END $f$
"""
RESTORE_FIND = earlier.CREATE_FIND.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [
        ("coalition", "0005_decline_reasons"),
    ]

    operations = [
        migrations.RunSQL([(CREATE_FIND, None)], [(RESTORE_FIND, None)]),
        migrations.RemoveIndex(model_name="member", name="member_name_trigrams"),
        # Members are written rarely and searched often, so nothing waits to be indexed.
        migrations.AddIndex(
            model_name="member",
            index=django.contrib.postgres.indexes.GinIndex(
                fastupdate=False,
                fields=["folded_name"],
                name="member_name_trigrams",
                opclasses=["gin_trgm_ops"],
            ),
        ),
    ]
