"""How far the people are whom somebody asked to do something. The database counts them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.utils import timezone

from accounts.models import Person
from courses.models import Assignment, Lesson, LessonProgress, SkillCheck
from courses.services.assignment_reach import people_reached
from courses.services.assignments import activity_of, target

Lessons = dict[int, list[tuple[int, date]]]
"""By curriculum the lessons that can be read, each with the day of its first text."""


class TaskState(StrEnum):
    """Where a person is with what they were asked to do."""

    DONE = "done"
    OPEN = "open"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class AssignmentProgress:
    """An assignment, and how many of the people it reaches today whom the viewer may look at.

    `kind` is "curriculum", "lesson" or "check", `slug` that of the activity.
    """

    assignment: Assignment
    kind: str
    slug: str
    title: str
    target: str
    total: int
    done: int
    is_late: bool

    @property
    def open(self) -> int:
        return 0 if self.is_late else self.total - self.done

    @property
    def overdue(self) -> int:
        return self.total - self.done if self.is_late else 0


def assignment_progress(
    assignments: Sequence[Assignment], *, viewer: Person
) -> list[AssignmentProgress]:
    """How many were reached and have done it, in the order given; two queries for any number.

    Done means the same as on the person's own path: all lessons of the curriculum that had a text
    by the due date are completed, the lesson is, or the check was passed since it was assigned.
    Assignments come with person, team_of, job_role, line_of and activity at hand.
    """
    counts = _counts(assignments, viewer)
    today = timezone.localdate()
    return [
        AssignmentProgress(
            assignment,
            *activity_of(assignment),
            target(assignment),
            *counts[assignment.pk],
            assignment.is_overdue_on(today),
        )
        for assignment in assignments
    ]


def people_asked(
    assignment: Assignment, *, viewer: Person, state: TaskState | None = None
) -> QuerySet[Person]:
    """The people reached whom the viewer may look at, by name, each with `task_state`.

    `state` leaves only those who are there.
    """
    late = assignment.is_overdue_on(timezone.localdate())
    rest = TaskState.OVERDUE if late else TaskState.OPEN
    finished = When(_finished(assignment, _lessons([assignment])), Value(TaskState.DONE))
    task_state = Case(finished, default=Value(rest), output_field=CharField())
    people = people_reached(assignment).visible_to(viewer).order_by("name", "id")
    asked = people.annotate(task_state=task_state)
    return asked if state is None else asked.filter(task_state=state)


def _counts(assignments: Sequence[Assignment], viewer: Person) -> dict[int, tuple[int, int]]:
    """People reached, and those of them who have done it, by the assignment's id."""
    lessons = _lessons(assignments)
    asked = [
        people_reached(each)
        .visible_to(viewer)
        .annotate(is_done=Case(When(_finished(each, lessons), Value(1)), default=Value(0)))
        .order_by()
        .values(asked=Value(each.pk))
        .annotate(total=Count("pk"), done=Sum("is_done"))
        for each in assignments
    ]
    if not asked:
        return {}
    rows = asked[0].union(*asked[1:], all=True).values_list("asked", "total", "done")
    return {pk: (total, done or 0) for pk, total, done in rows}


def _lessons(assignments: Iterable[Assignment]) -> Lessons:
    """The lessons of the curricula asked for; no query without one."""
    curricula = {each.curriculum_id for each in assignments if each.curriculum_id}
    found: Lessons = defaultdict(list)
    if curricula:
        rows = Lesson.objects.published().filter(module__curriculum__in=curricula)
        first = rows.order_by().annotate(first=Min("versions__created_at"))
        for curriculum, pk, at in first.values_list("module__curriculum", "pk", "first"):
            found[curriculum].append((pk, timezone.localdate(at)))
    return found


def _finished(assignment: Assignment, lessons: Lessons) -> Q:
    """Of a query over people: whether they have done what was asked."""
    me = OuterRef("pk")
    if assignment.check_skill_id:
        passed = SkillCheck.objects.filter(skill=assignment.check_skill_id, passed=True, person=me)
        return Q(Exists(passed.filter(submitted_at__gte=assignment.assigned_at)))
    read = LessonProgress.objects.filter(completed_at__isnull=False)
    if assignment.lesson_id:
        return Q(Exists(read.filter(lesson=assignment.lesson_id, person=me)))
    asked = lessons.get(assignment.curriculum_id or 0, [])
    due = [pk for pk, written_on in asked if written_on <= assignment.due_on]
    counted = read.filter(lesson__in=due).order_by().values("person").annotate(n=Count("pk"))
    return Q(pk__in=counted.filter(n=len(due)).values("person"))
