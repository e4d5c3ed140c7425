"""Former addresses of people, which sign-in still resolved, are forgotten."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.db.models.functions import Lower


def forget_former_addresses(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    addresses = apps.get_model("account", "EmailAddress")
    addresses.objects.exclude(email=Lower("user__email")).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_cache_table"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(forget_former_addresses, migrations.RunPython.noop)]
