from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations

# unaccent() is merely stable, because a dictionary can be altered. Naming the dictionary, and
# never altering it, lets a generated column hold the result. The schema is written out, because
# pg_restore runs with an empty search_path.
CREATE_FOLD = """
DO $$
DECLARE
    home text := (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                   WHERE e.extname = 'unaccent');
BEGIN
    EXECUTE format(
        'CREATE FUNCTION coalition_fold(text) RETURNS text
         LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
         AS $f$ SELECT lower(%1$I.unaccent(%2$L::regdictionary, $1)) $f$',
        home, quote_ident(home) || '.unaccent');
END $$
"""


class Migration(migrations.Migration):
    initial = True

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(CREATE_FOLD, "DROP FUNCTION coalition_fold(text)"),
    ]
