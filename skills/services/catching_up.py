"""Seeing to it that stored levels that are out of date are brought up to date soon."""

from jobs.models import Job
from jobs.services import Progress, enqueue
from skills.models import Competency
from skills.services.competencies import age_competencies
from skills.services.policy import published_policy
from skills.services.rebuild import republish_dates

TASK = "skills.catch_up"
UPKEEP = (TASK, "skills.age_competencies", "skills.republish_dates")


def start_catching_up() -> None:
    """Have a job do it, unless one that does is waiting or running already."""
    if not Job.objects.open().filter(task__in=UPKEEP).exists():
        enqueue(TASK, title="Bring stored levels up to date", alone=True)


def catch_up(progress: Progress | None = None) -> int:
    """Do what the night and the publication of a policy leave undone; return how many were aged.

    May be stopped and run again. Raises NoPolicyPublished.
    """
    published = published_policy()
    if Competency.objects.exclude(policy_id=published.id).filter(skill__is_active=True).exists():
        republish_dates(published.id, progress)
    return age_competencies(progress=progress)
