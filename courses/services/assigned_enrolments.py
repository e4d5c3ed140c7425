"""Enrolling those whom an assigned curriculum reaches, and ending that when it is taken back.

A job role may reach the whole organisation, so for a role this is a job; a person and a team are
looked after at once.
"""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Person
from courses.enums import EnrolmentOrigin
from courses.models import Assignment, Curriculum, Enrolment, LessonProgress
from courses.services.assignment_reach import asked_for, people_reached
from courses.services.enrolment import CHUNK, with_role_held
from jobs.enums import JobState
from jobs.models import Job
from jobs.services import Progress, enqueue

TASK = "courses.settle_enrolments"


def settle_enrolments(assignment: Assignment, *, by: Person) -> None:
    """Bring enrolments in line with an assignment that was made or taken back just now.

    Called in the transaction of that change. The number of queries does not grow with the people.
    """
    if assignment.curriculum is None:
        return
    if assignment.job_role_id is None:
        _settle(assignment, people_reached(assignment).values_list("pk", flat=True))
        return
    verb = "Enrol people" if assignment.undone_at is None else "End enrolments"
    enqueue(
        TASK,
        title=f"{verb} in {assignment.curriculum}",
        by=by,
        key=_key(assignment),
        assignment_id=assignment.pk,
    )


def settling_job(assignment: Assignment) -> Job | None:
    """The job that brings the enrolments in line, while it is not done; at most one query."""
    if assignment.curriculum_id is None or assignment.job_role_id is None:
        return None
    jobs = Job.objects.filter(idempotency_key=_key(assignment))
    return jobs.exclude(state=JobState.DONE).first()


def run_settling(progress: Progress, assignment_id: int) -> str:
    """The work of that job, in chunks of 500 people; it may be stopped and run again.

    Each chunk looks at the assignment anew: one taken back meanwhile enrols nobody more.
    """
    rows = Assignment.objects.described()
    ids = sorted(people_reached(rows.get(pk=assignment_id)).values_list("pk", flat=True))
    changed = 0
    for start in range(0, len(ids), CHUNK):
        progress.report(start, len(ids), "Looking at each person")
        with transaction.atomic():
            row = rows.select_for_update(of=("self",)).get(pk=assignment_id)
            changed += _settle(row, ids[start : start + CHUNK])
    progress.report(len(ids), len(ids))
    return f"{changed} enrolment{'' if changed == 1 else 's'} changed"


def _key(assignment: Assignment) -> str:
    return f"{'enrol' if assignment.undone_at is None else 'end'}-assigned-{assignment.uuid}"


def _settle(assignment: Assignment, person_ids: Collection[int]) -> int:
    """Enrol the people, or end what the assignment began; return how many were changed."""
    curriculum = assignment.curriculum
    assert curriculum is not None  # only curricula are followed
    act = _enrol if assignment.undone_at is None else _end
    return act(curriculum, list(person_ids))


def _enrol(curriculum: Curriculum, person_ids: list[int]) -> int:
    stored = Enrolment.objects.filter(curriculum=curriculum, person__in=person_ids)
    resumed = stored.filter(left_at__isnull=False).update(
        left_at=None, origin=EnrolmentOrigin.ASSIGNED
    )
    new = set(person_ids) - set(stored.values_list("person_id", flat=True))
    Enrolment.objects.bulk_create(
        (
            Enrolment(person_id=pk, curriculum=curriculum, origin=EnrolmentOrigin.ASSIGNED)
            for pk in sorted(new)
        ),
        ignore_conflicts=True,
    )
    return resumed + len(new)


def _end(curriculum: Curriculum, person_ids: list[int]) -> int:
    """End enrolments by assignment, unless the person has begun, or something else asks for it."""
    begun = LessonProgress.objects.filter(
        person=OuterRef("person"), lesson__module__curriculum=curriculum
    )
    assigned = Enrolment.objects.active().filter(
        curriculum=curriculum, origin=EnrolmentOrigin.ASSIGNED, person__in=person_ids
    )
    idle = with_role_held(assigned).filter(~Exists(begun), ~asked_for(curriculum))
    ended = [row.pk for row in idle if not row.role_held]  # type: ignore[attr-defined]
    return Enrolment.objects.filter(pk__in=ended).update(left_at=timezone.now())
