"""Asking a person, a team or a job role to do something by a day; taking it back."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import JobRole, Person
from accounts.permissions import can_direct
from courses.exceptions import AssignmentRefused
from courses.models import Assignment, Curriculum, Lesson
from courses.models.learning import AssignmentQuerySet
from courses.permissions import can_assign_to_role, can_assign_to_team, can_undo_assignment
from courses.services.assigned_enrolments import settle_enrolments
from courses.services.assignment_reach import assignments_for
from courses.services.check_facts import bank_size, least_bank
from courses.services.outline import LessonLine, progress_in
from skills.models import Skill
from skills.services.policy import current_policy

NOTE_LENGTH = 300


@dataclass(frozen=True, slots=True)
class AssignedTask:
    """An assignment as the person it reaches sees it.

    `kind` is "curriculum", "lesson" or "check", `slug` that of the activity. `is_done`: all
    lessons that had a text by the due date are completed, the lesson is, or a check was passed
    since it was assigned.
    """

    uuid: UUID
    kind: str
    slug: str
    title: str
    due_on: date
    note: str
    assigned_by: str
    assigned_at: datetime
    reached_by: str
    is_done: bool
    is_overdue: bool


def assign_activity(
    *,
    by: Person,
    due_on: date,
    person: Person | None = None,
    team_of: Person | None = None,
    job_role: JobRole | None = None,
    line_of: Person | None = None,
    curriculum: Curriculum | None = None,
    lesson: Lesson | None = None,
    check_skill: Skill | None = None,
    note: str = "",
) -> Assignment:
    """Ask one person, one manager's direct reports or one job role for one activity by a day.

    A job role means everybody who holds it, or with `line_of` those in that manager's line. Whom a
    curriculum reaches now is enrolled in it, for a job role by a job; those who join later are when
    their positions change, or by the next day where somebody above them moved. Raises
    PermissionDenied, and AssignmentRefused (with the field at fault) for a day in the past, an
    activity that is not on offer, what the same person asks for already, or not exactly one target
    and one activity.
    """
    _check_one("person", [person, team_of, job_role], "Choose one person, team or job role.")
    _check_one("activity", [curriculum, lesson, check_skill], "Choose one activity.")
    if line_of is not None and job_role is None:
        raise AssignmentRefused("job_role", "Choose the job role to ask in this line.")
    _check_permission(by, person, team_of, line_of)
    _check_target(person, team_of, job_role)
    _check_offered(curriculum, lesson, check_skill)
    if due_on < timezone.localdate():
        raise AssignmentRefused("due_on", "The due date must not be in the past.")
    if len(note) > NOTE_LENGTH:
        raise AssignmentRefused("note", f"The note may have {NOTE_LENGTH} characters.")
    asked = {
        "person": person,
        "team_of": team_of,
        "job_role": job_role,
        "line_of": line_of,
        "curriculum": curriculum,
        "lesson": lesson,
        "check_skill": check_skill,
        "assigned_by": by,
    }
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=by.pk)  # two clicks come one after the other
        _refuse_twice(asked)
        assignment = Assignment.objects.create(due_on=due_on, note=note.strip(), **asked)
        settle_enrolments(assignment, by=by)
    return assignment


def undo_assignment(assignment: Assignment, *, by: Person) -> Assignment:
    """Take an assignment back; undoing it twice changes nothing.

    Enrolments it made end, for a job role by a job, unless the person has begun or something else
    still asks for the curriculum. Raises PermissionDenied.
    """
    if not can_undo_assignment(by, assignment):
        raise PermissionDenied
    with transaction.atomic():
        row = Assignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
        if row.undone_at is None:
            row.undone_at, row.undone_by = timezone.now(), by
            row.save(update_fields=["undone_at", "undone_by"])
            settle_enrolments(row, by=by)
    return row


def assigned_tasks(
    person: Person, lines: Collection[LessonLine], passed: dict[str, datetime]
) -> list[AssignedTask]:
    """What a person was asked to do, done or not; one query.

    `lines` are the person's `lesson_lines`, `passed` the time of the last passed check by skill.
    """
    today = timezone.localdate()
    return [_task(assignment, lines, passed, today) for assignment in assignments_for(person)]


def open_assignments() -> AssignmentQuerySet:
    """What anybody assigned and nobody took back, the next due first."""
    return Assignment.objects.open().described()


def assignments_made_by(person: Person) -> AssignmentQuerySet:
    """What a person assigned and nobody took back, the next due first."""
    return open_assignments().filter(assigned_by=person)


def activity_of(assignment: Assignment) -> tuple[str, str, str]:
    """What was asked for: "curriculum", "lesson" or "check", its slug, its title."""
    if assignment.curriculum is not None:
        return "curriculum", assignment.curriculum.slug, assignment.curriculum.title
    if assignment.lesson is not None:
        return "lesson", assignment.lesson.slug, assignment.lesson.title
    assert assignment.check_skill is not None  # the database holds exactly one activity
    return "check", assignment.check_skill.slug, assignment.check_skill.name


def _task(
    assignment: Assignment,
    lines: Iterable[LessonLine],
    passed: dict[str, datetime],
    today: date,
) -> AssignedTask:
    kind, slug, title = activity_of(assignment)
    if kind == "curriculum":
        by = assignment.due_on
        own = [line for line in lines if line.curriculum == slug and line.is_due_by(by)]
        done = progress_in(own).is_complete
    elif kind == "lesson":
        done = any(line.slug == slug and line.is_done for line in lines)
    else:
        done = slug in passed and passed[slug] >= assignment.assigned_at
    return AssignedTask(
        assignment.uuid,
        kind,
        slug,
        title,
        assignment.due_on,
        assignment.note,
        assignment.assigned_by.name,
        assignment.assigned_at,
        _reached_by(assignment),
        done,
        not done and assignment.is_overdue_on(today),
    )


def target(assignment: Assignment) -> str:
    """Who was asked, in words."""
    if assignment.person is not None:
        return assignment.person.name
    if assignment.team_of is not None:
        return f"Team of {assignment.team_of.name}"
    return _role_asked(assignment, "Everybody")


def _reached_by(assignment: Assignment) -> str:
    if assignment.job_role is not None:
        return _role_asked(assignment, "everybody")
    return "your team" if assignment.team_of_id else "you"


def _role_asked(assignment: Assignment, everybody: str) -> str:
    assert assignment.job_role is not None  # the database holds exactly one target
    line = f" in the line of {assignment.line_of.name}" if assignment.line_of else ""
    return f"{everybody} in the job role {assignment.job_role.name}{line}"


def _refuse_twice(asked: Mapping[str, object]) -> None:
    """What the same person asks the same people for already is not asked for again."""
    targets = {name: value for name, value in asked.items() if value is not None}
    absent = {f"{name}__isnull": True for name, value in asked.items() if value is None}
    earlier = Assignment.objects.open().filter(**targets, **absent).first()
    if earlier is not None:
        day = f"{earlier.due_on.day} {earlier.due_on:%B %Y}"
        raise AssignmentRefused(
            "activity",
            f"You have asked for this already, due {day}. To change the day or the note, take "
            "that back first.",
        )


def _check_one(field: str, choices: list[object | None], message: str) -> None:
    if sum(choice is not None for choice in choices) != 1:
        raise AssignmentRefused(field, message)


def _check_permission(
    by: Person, person: Person | None, team_of: Person | None, line_of: Person | None
) -> None:
    if person is not None:
        allowed = can_direct(by, person)
    elif team_of is not None:
        allowed = can_assign_to_team(by, team_of)
    else:
        allowed = can_assign_to_role(by, line_of)
    if not allowed:
        raise PermissionDenied


def _check_target(person: Person | None, team_of: Person | None, job_role: JobRole | None) -> None:
    if person is not None and not person.is_active:
        raise AssignmentRefused("person", f"{person.name} is no longer active.")
    if team_of is not None and not team_of.has_reports:
        raise AssignmentRefused("team_of", f"Nobody reports to {team_of.name}.")
    if job_role is not None and not job_role.is_active:
        raise AssignmentRefused("job_role", "This job role is no longer in use.")


def _check_offered(
    curriculum: Curriculum | None, lesson: Lesson | None, check_skill: Skill | None
) -> None:
    published = Lesson.objects.published()
    if curriculum is not None and not published.filter(module__curriculum=curriculum).exists():
        raise AssignmentRefused("curriculum", "This curriculum has no lesson to read yet.")
    if lesson is not None and not published.filter(pk=lesson.pk).exists():
        raise AssignmentRefused("lesson", "This lesson cannot be opened yet.")
    if check_skill is not None and bank_size(check_skill) < least_bank(current_policy().params):
        raise AssignmentRefused("check_skill", "There is no check for this skill yet.")
