"""Where people stood on the reporting line and when, and a uuid by which looks name a job role.

Of people who are there already only today's place is known: it counts as if it had always been.
"""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

BATCH = 500


def give_uuids(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for role in apps.get_model("accounts", "JobRole").objects.all():
        role.uuid = uuid.uuid4()
        role.save(update_fields=["uuid"])


def open_periods(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    periods = apps.get_model("accounts", "LinePeriod").objects
    people = apps.get_model("accounts", "Person").objects.order_by("pk")
    rows = [
        periods.model(person_id=pk, line_path=path, starts_at=joined)
        for pk, path, joined in people.values_list("pk", "line_path", "date_joined")
    ]
    periods.bulk_create(rows, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_one_address")]

    operations = [
        migrations.AddField("jobrole", "uuid", models.UUIDField(editable=False, null=True)),
        migrations.RunPython(give_uuids, migrations.RunPython.noop),
        migrations.AlterField(
            "jobrole", "uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
        ),
        migrations.AlterField(
            model_name="recordaccess",
            name="scope_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("organisation", "organisation"),
                    ("line", "line"),
                    ("reports", "reports"),
                    ("unit", "unit"),
                    ("job_role", "job_role"),
                    ("other", "other"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="recordaccess",
            name="scope_uuid",
            field=models.UUIDField(
                blank=True,
                help_text="the manager, unit or job role that was looked at",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="LinePeriod",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line_path", models.CharField(max_length=400)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="line_periods",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("person", "starts_at", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ends_at__isnull", True)),
                        fields=("person",),
                        name="line_period_open_once",
                    )
                ],
            },
        ),
        migrations.RunPython(open_periods, migrations.RunPython.noop),
    ]
