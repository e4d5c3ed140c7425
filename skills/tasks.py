"""Background tasks: ids in, one service call."""

from celery import shared_task
from django.utils import timezone

from jobs.services import Progress, enqueue, run_job
from skills.services import catching_up
from skills.services.competencies import age_competencies as age
from skills.services.rebuild import republish_dates as republish


@shared_task(name="skills.start_ageing")
def start_ageing() -> None:
    today = timezone.localdate()
    enqueue(
        "skills.age_competencies",
        title="Bring aged levels up to date",
        key=f"age-competencies-{today}",
    )


@shared_task(name="skills.age_competencies")
def age_competencies(job_uuid: str) -> None:
    def work(progress: Progress) -> str:
        return _told(age(progress=progress))

    run_job(job_uuid, work)


@shared_task(name=catching_up.TASK)
def catch_up(job_uuid: str) -> None:
    def work(progress: Progress) -> str:
        return _told(catching_up.catch_up(progress))

    run_job(job_uuid, work)


@shared_task(name="skills.republish_dates")
def republish_dates(job_uuid: str) -> None:
    def work(progress: Progress, policy_id: int) -> str:
        written = republish(policy_id, progress)
        return f"dates of {written} {'piece' if written == 1 else 'pieces'} of evidence written"

    run_job(job_uuid, work)


def _told(aged: int) -> str:
    return f"{aged} {'competency' if aged == 1 else 'competencies'} brought up to date"
