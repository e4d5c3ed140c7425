from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import Count

LEAST = 16  # of the policy that ships; loading the content judges by the current one


def note_checks(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Remember the skills that have a check, as loading the content does from now on."""
    items = apps.get_model("courses", "Item").objects.filter(
        purpose="evidence", is_active=True, current__isnull=False
    )
    banks = items.order_by().values_list("skill").annotate(n=Count("pk")).filter(n__gte=LEAST)
    skills = apps.get_model("skills", "Skill").objects
    skills.filter(pk__in=[skill for skill, _ in banks]).update(has_check=True)


class Migration(migrations.Migration):
    dependencies = [
        ("courses", "0001_initial"),
        ("skills", "0004_skill_has_check"),
    ]

    operations = [migrations.RunPython(note_checks, migrations.RunPython.noop)]
