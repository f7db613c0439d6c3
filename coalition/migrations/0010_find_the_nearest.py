from importlib import import_module

from django.db import migrations

earlier = import_module("coalition.migrations.0003_find_members")

# Every name that nearly contains the words has to be compared, so a misspelt word that nearly all
# share would cost as much as there are members. Hence only so many are looked for, the nearest
# first, among those that may be shown at all: whatever narrowed the list later could miss them.
# Settings hold until the function returns, because it sets one of them itself.
CREATE_FIND = r"""
DO $$ BEGIN PERFORM show_limit(); END $$;
DROP FUNCTION coalition_find(text, text[]);
CREATE FUNCTION coalition_find(words text, swapped text[], of_status text DEFAULT NULL,
                               of_country text DEFAULT NULL, most integer DEFAULT NULL)
RETURNS SETOF bigint
LANGUAGE plpgsql STABLE
SET pg_trgm.word_similarity_threshold = 0.4
SET enable_seqscan = off
AS $f$
DECLARE
    wanted text := coalition_fold(words);
    contained text[] := ARRAY(
        SELECT '%' || regexp_replace(coalition_fold(word), '([\\%_])', '\\\1', 'g') || '%'
          FROM unnest(array_append(swapped, words)) AS word);
    found bigint[] := ARRAY(
        SELECT id FROM unnest(contained) AS pattern, coalition_member
         WHERE folded_name LIKE pattern
           AND coalesce(status = of_status, true) AND coalesce(country = of_country, true)
         LIMIT most);
    nearness text;
BEGIN
    FOREACH nearness IN ARRAY ARRAY['0.8', '0.6', '0.4'] LOOP
        EXIT WHEN cardinality(found) >= most;
        PERFORM set_config('pg_trgm.word_similarity_threshold', nearness, true);
        found := found || ARRAY(
            SELECT id FROM coalition_member
             WHERE folded_name %> wanted AND id <> ALL (found)
               AND coalesce(status = of_status, true) AND coalesce(country = of_country, true)
             LIMIT most - cardinality(found));
    END LOOP;
    RETURN QUERY SELECT unnest(found);
END $f$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("coalition", "0009_find_only_what_is_near"),
    ]

    operations = [
        migrations.RunSQL(
            [(CREATE_FIND, None)],
            [
                ("DROP FUNCTION coalition_find(text, text[], text, text, integer)", None),
                (earlier.CREATE_FIND, None),
            ],
        ),
    ]
