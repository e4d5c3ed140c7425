"""Background tasks: ids in, one service call."""

from celery import shared_task

from jobs.services import run_job
from operations.exceptions import ContentInvalid
from operations.services import content


@shared_task(name="operations.load_content")
def load_content(job_uuid: str) -> None:
    run_job(job_uuid, content.run_content_load, final=(ContentInvalid,))
