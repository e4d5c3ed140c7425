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
    """Administrators; of what no person asked for, HR too.

    Not the person who asked: whether they may still ask for the work is known to its own page.
    """
    of_nobody = job.created_by_id is None
    return user.is_active and (user.is_staff or (of_nobody and user.belongs_to(Group.HR)))
