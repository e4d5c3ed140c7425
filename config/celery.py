"""The Celery application: tasks are found in each app's `tasks` module.

The package imports it before anything else, so whatever starts without naming its settings (web,
worker or beat) starts as production. `manage.py` and `Procfile.dev` name those of development.
"""

import os
from typing import Any

from celery import Celery, signals
from django_structlog.celery.steps import DjangoStructLogInitStep
from kombu.transport import TRANSPORT_ALIASES

from config.broker import remove_old_events

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")
TRANSPORT_ALIASES["embedded"] = "config.broker:Transport"

app = Celery("tutti")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@signals.worker_init.connect  # type: ignore[untyped-decorator]
def tidy_embedded_broker(**_: Any) -> None:
    if folder := app.conf.broker_transport_options.get("data_folder_in"):
        remove_old_events(folder)
