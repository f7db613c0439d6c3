"""The database keeps the trail: nobody changes it, and what the admin logs is in it.

Emptying the table is refused by a trigger of its own, which the tests switch off: Django empties
all tables after a test that commits.
"""

from django.db import migrations

FORWARDS = """
    CREATE FUNCTION common_trail_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'The audit trail is append-only'
              USING ERRCODE = 'integrity_constraint_violation';
    END $$;

    CREATE TRIGGER trail_stays BEFORE UPDATE OR DELETE ON common_auditentry
       FOR EACH STATEMENT EXECUTE FUNCTION common_trail_stays();
    CREATE TRIGGER trail_is_not_emptied BEFORE TRUNCATE ON common_auditentry
       FOR EACH STATEMENT EXECUTE FUNCTION common_trail_stays();

    CREATE FUNCTION common_trail_of_admin() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO common_auditentry (at, actor_id, actor_name, action, subject_type, subject_id,
                                       label, from_status, why, details)
        VALUES (
            NEW.action_time,
            NEW.user_id,
            (SELECT username FROM auth_user WHERE id = NEW.user_id),
            CASE NEW.action_flag WHEN 1 THEN 'added' WHEN 2 THEN 'changed' ELSE 'deleted' END,
            coalesce((SELECT concat(app_label, '.', model)
                        FROM django_content_type WHERE id = NEW.content_type_id), ''),
            CASE WHEN NEW.object_id ~ '^[0-9]{1,18}$' THEN NEW.object_id::bigint END,
            NEW.object_repr,
            '',
            '',
            jsonb_build_object('message', NEW.change_message)
        );
        RETURN NULL;
    END $$;

    CREATE TRIGGER admin_is_in_the_trail AFTER INSERT ON django_admin_log
       FOR EACH ROW EXECUTE FUNCTION common_trail_of_admin();
"""
BACKWARDS = """
    DROP TRIGGER admin_is_in_the_trail ON django_admin_log;
    DROP FUNCTION common_trail_of_admin();
    DROP TRIGGER trail_stays ON common_auditentry;
    DROP TRIGGER trail_is_not_emptied ON common_auditentry;
    DROP FUNCTION common_trail_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("common", "0003_one_trail"),
    ]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
