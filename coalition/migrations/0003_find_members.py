from django.db import migrations

# `%>` uses the index on trigrams, and compares with a threshold that a function can set for itself.
# The planner guesses that half of all names are alike and would read them all, hence the second
# setting. The library must be loaded before its setting is named by anyone but a superuser.
CREATE_FIND = r"""
DO $$ BEGIN PERFORM show_limit(); END $$;
CREATE FUNCTION coalition_find(words text, swapped text[]) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE
SET pg_trgm.word_similarity_threshold = 0.4
SET enable_seqscan = off
AS $f$
DECLARE
    wanted text := coalition_fold(words);
    contained text[] := ARRAY(
        SELECT '%' || regexp_replace(coalition_fold(word), '([\\%_])', '\\\1', 'g') || '%'
          FROM unnest(array_append(swapped, words)) AS word);
BEGIN
    RETURN QUERY
    SELECT id FROM coalition_member WHERE folded_name %> wanted
     UNION
    SELECT id FROM coalition_member WHERE folded_name LIKE ANY (contained);
END $f$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("coalition", "0002_member"),
    ]

    operations = [
        migrations.RunSQL([(CREATE_FIND, None)], "DROP FUNCTION coalition_find(text, text[])"),
    ]
