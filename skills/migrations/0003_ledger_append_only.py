"""PostgreSQL refuses to change, delete or truncate ledger rows, whoever asks."""

from django.db import migrations

TABLES = ("skills_evidence", "skills_revocation", "skills_settlement")

FUNCTION = """
CREATE OR REPLACE FUNCTION skills_refuse_ledger_change() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_setting('tutti.allow_ledger_truncate', true) = 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation',
              HINT = 'Record a revocation instead.';
END;
$$ LANGUAGE plpgsql
"""


def add_triggers(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(FUNCTION, params=None)
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION skills_refuse_ledger_change()"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION skills_refuse_ledger_change()"
        )


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        schema_editor.execute(f"DROP TRIGGER {table}_no_truncate ON {table}")
    schema_editor.execute("DROP FUNCTION skills_refuse_ledger_change()")


class Migration(migrations.Migration):
    dependencies = [("skills", "0002_policy_digest")]

    operations = [migrations.RunPython(add_triggers, drop_triggers)]
