"""Who may look at long work."""

from accounts.enums import Group
from accounts.models import Person
from jobs.models import Job


def can_view_all_jobs(user: Person) -> bool:
    """HR and administrators run jobs for everybody; auditors read everything."""
    return user.is_active and (
        user.is_staff or user.belongs_to(Group.HR) or user.belongs_to(Group.AUDITOR)
    )


def can_view_job(user: Person, job: Job) -> bool:
    """The person who asked for it, and those who see all jobs."""
    return user.is_active and (job.created_by_id == user.pk or can_view_all_jobs(user))


def can_try_again(user: Person, job: Job) -> bool:
    """The person who asked for it and administrators; of what the schedule asked for, HR too."""
    if not user.is_active:
        return False
    of_schedule = job.created_by_id is None and user.belongs_to(Group.HR)
    return job.created_by_id == user.pk or user.is_staff or of_schedule
