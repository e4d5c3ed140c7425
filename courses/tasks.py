"""Background tasks: ids in, one service call."""

from celery import shared_task

from courses.services import enrolment


@shared_task(name="courses.follow_job_roles")
def follow_job_roles() -> None:
    """Daily: a position may begin on a day on which nobody changes anything."""
    enrolment.follow_job_roles_of()
