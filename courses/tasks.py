"""Background tasks: ids in, one service call."""

from celery import shared_task

from courses.services import assigned_enrolments, enrolment
from jobs.services import run_job


@shared_task(name="courses.follow_job_roles")
def follow_job_roles() -> None:
    """Daily: a position may begin on a day on which nobody changes anything."""
    enrolment.follow_job_roles_of()


@shared_task(name="courses.settle_enrolments")
def settle_enrolments(job_uuid: str) -> None:
    run_job(job_uuid, assigned_enrolments.run_settling)
