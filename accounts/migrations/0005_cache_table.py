"""The table in which all processes count together where no Redis is given for it."""

from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def make_table(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    database = schema_editor.connection.alias
    call_command("createcachetable", "tutti_cache", database=database, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_api_client")]

    operations = [migrations.RunPython(make_table, migrations.RunPython.noop)]
