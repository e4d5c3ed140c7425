"""Jobs that forget say so in their row; those that ended before have forgotten."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def forget(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    resets = apps.get_model("jobs", "Job").objects.filter(task="jobs.send_password_reset")
    resets.update(forgets=True)
    resets.filter(state__in=("done", "failed")).update(arguments={})
    for job in resets.exclude(error=""):  # "ConnectionRefusedError: text"
        job.error = job.error.partition(":")[0]
        job.save(update_fields=["error"])


class Migration(migrations.Migration):
    dependencies = [("jobs", "0003_job_runs_alone")]

    operations = [
        migrations.AddField(
            model_name="job",
            name="forgets",
            field=models.BooleanField(
                default=False,
                help_text="its arguments go with its end, so it is not tried again after it",
            ),
        ),
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
