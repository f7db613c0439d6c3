from django.db import migrations

REMEMBER = """
CREATE FUNCTION blog_remember_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO blog_formeraddress (post_id, year, month, slug)
    VALUES (
        OLD.id,
        extract(year FROM OLD.published_at AT TIME ZONE 'UTC'),
        extract(month FROM OLD.published_at AT TIME ZONE 'UTC'),
        OLD.slug
    )
    ON CONFLICT (slug, year, month) DO UPDATE SET post_id = EXCLUDED.post_id;
    RETURN NULL;
END $$;
CREATE TRIGGER blog_post_remembers_address
    AFTER UPDATE OF slug, published_at ON blog_post FOR EACH ROW
    WHEN (
        OLD.status <> 'draft'
        AND (
            OLD.slug <> NEW.slug
            OR date_trunc('month', OLD.published_at AT TIME ZONE 'UTC')
                IS DISTINCT FROM date_trunc('month', NEW.published_at AT TIME ZONE 'UTC')
        )
    )
    EXECUTE FUNCTION blog_remember_address();
"""
FORGET = """
DROP TRIGGER blog_post_remembers_address ON blog_post;
DROP FUNCTION blog_remember_address();
"""


class Migration(migrations.Migration):
    """The address a published post leaves is kept, whatever changes it."""

    dependencies = [("blog", "0003_blocks_addresses_and_cards")]
    operations = [migrations.RunSQL(REMEMBER, FORGET)]
