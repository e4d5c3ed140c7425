"""How far the people are whom somebody asked to do something."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Person, Position
from courses.models import Assignment, Lesson, LessonProgress, SkillCheck
from courses.services.enrolment import EMPLOYEE, ROLE_CHAIN

Reached = dict[int, list["_Person"]]


class TaskState(StrEnum):
    """Where a person is with what they were asked to do."""

    DONE = "done"
    OPEN = "open"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class _Person:
    id: int
    uuid: UUID
    name: str
    manager_id: int | None


@dataclass(frozen=True, slots=True)
class PersonTask:
    uuid: UUID
    name: str
    state: TaskState


@dataclass(frozen=True, slots=True)
class AssignmentProgress:
    """An assignment and the people it reaches today whom the viewer may look at.

    `kind` is "curriculum", "lesson" or "check", `slug` that of the activity.
    """

    assignment: Assignment
    kind: str
    slug: str
    title: str
    target: str
    people: tuple[PersonTask, ...]

    def _count(self, state: TaskState) -> int:
        return sum(each.state is state for each in self.people)

    @property
    def done(self) -> int:
        return self._count(TaskState.DONE)

    @property
    def open(self) -> int:
        return self._count(TaskState.OPEN)

    @property
    def overdue(self) -> int:
        return self._count(TaskState.OVERDUE)


def assignment_progress(
    assignments: Sequence[Assignment], *, viewer: Person
) -> list[AssignmentProgress]:
    """The state of everybody reached, in the order given; six queries for any number of them.

    Done means the same as on the person's own path: all lessons of the curriculum that have a
    text are completed, the lesson is, or the check was passed since it was assigned. Assignments
    come with person, team_of, job_role and activity at hand.
    """
    reached = _reached(assignments, viewer)
    done = _Done(assignments, {each.id for people in reached.values() for each in people})
    today = timezone.localdate()
    found = []
    for assignment in assignments:
        late = TaskState.OVERDUE if assignment.is_overdue_on(today) else TaskState.OPEN
        tasks = tuple(
            PersonTask(
                each.uuid, each.name, TaskState.DONE if done.by(assignment, each.id) else late
            )
            for each in reached[assignment.pk]
        )
        found.append(
            AssignmentProgress(assignment, *_activity(assignment), target(assignment), tasks)
        )
    return found


def target(assignment: Assignment) -> str:
    """Who was asked, in words."""
    if assignment.person is not None:
        return assignment.person.name
    if assignment.team_of is not None:
        return f"Team of {assignment.team_of.name}"
    assert assignment.job_role is not None  # the database holds exactly one target
    return f"Everybody who is {assignment.job_role.name}"


def _activity(assignment: Assignment) -> tuple[str, str, str]:
    if assignment.curriculum is not None:
        return "curriculum", assignment.curriculum.slug, assignment.curriculum.title
    if assignment.lesson is not None:
        return "lesson", assignment.lesson.slug, assignment.lesson.title
    assert assignment.check_skill is not None  # the database holds exactly one activity
    return "check", assignment.check_skill.slug, assignment.check_skill.name


def _reached(assignments: Sequence[Assignment], viewer: Person) -> Reached:
    """The people of each assignment by its id; two queries."""
    roles = {each.job_role_id for each in assignments if each.job_role_id}
    held = _holders(roles)
    everybody = any(each.job_role and each.job_role.slug == EMPLOYEE for each in assignments)
    wanted = Q(pk__in={each.person_id for each in assignments if each.person_id})
    wanted |= Q(manager__in={each.team_of_id for each in assignments if each.team_of_id})
    wanted |= Q(pk__in={pk for people in held.values() for pk in people})
    people = Person.objects.active().visible_to(viewer)
    if not everybody:
        people = people.filter(wanted)
    rows = [_Person(*row) for row in people.values_list("pk", "uuid", "name", "manager_id")]
    return {each.pk: [row for row in rows if _reaches(each, row, held)] for each in assignments}


def _reaches(assignment: Assignment, person: _Person, held: dict[int, set[int]]) -> bool:
    if assignment.person_id:
        return person.id == assignment.person_id
    if assignment.team_of_id:
        return person.manager_id == assignment.team_of_id
    if assignment.job_role is not None and assignment.job_role.slug == EMPLOYEE:
        return True
    return person.id in held.get(assignment.job_role_id or 0, ())


def _holders(roles: Collection[int]) -> dict[int, set[int]]:
    """Who holds each of these job roles today, or a role that inherits from it."""
    held: dict[int, set[int]] = defaultdict(set)
    current = Position.objects.current_on(timezone.localdate())
    named = Q()
    for step in ROLE_CHAIN:
        named |= Q((f"{step}__in", roles))
    for person_id, *chain in current.filter(named).values_list("person_id", *ROLE_CHAIN):
        for role_id in chain:
            held[role_id].add(person_id)
    return held


class _Done:
    """Who did what: lessons read by curriculum, single lessons, checks passed; four queries."""

    def __init__(self, assignments: Iterable[Assignment], people: set[int]) -> None:
        curricula = {each.curriculum_id for each in assignments if each.curriculum_id}
        lessons = {each.lesson_id for each in assignments if each.lesson_id}
        skills = {each.check_skill_id for each in assignments if each.check_skill_id}
        offered = Lesson.objects.published().filter(module__curriculum__in=curricula).order_by()
        self.totals: dict[int, int] = dict(
            offered.values_list("module__curriculum").annotate(n=Count("pk"))
        )
        read = LessonProgress.objects.filter(person__in=people, completed_at__isnull=False)
        finished = read.filter(lesson__in=offered).order_by()
        self.curricula: dict[tuple[int, int], int] = {
            (person, curriculum): n
            for person, curriculum, n in finished.values_list(
                "person", "lesson__module__curriculum"
            ).annotate(n=Count("pk"))
        }
        self.lessons = set(read.filter(lesson__in=lessons).values_list("person", "lesson"))
        self.passed: dict[tuple[int, int], datetime] = {}
        checks = SkillCheck.objects.filter(person__in=people, skill__in=skills, passed=True)
        for person, skill, at in checks.order_by("submitted_at").values_list(
            "person", "skill", "submitted_at"
        ):
            if at is not None:
                self.passed[person, skill] = at

    def by(self, assignment: Assignment, person: int) -> bool:
        if assignment.curriculum_id:
            total = self.totals.get(assignment.curriculum_id, 0)
            return total > 0 and self.curricula.get((person, assignment.curriculum_id)) == total
        if assignment.lesson_id:
            return (person, assignment.lesson_id) in self.lessons
        at = self.passed.get((person, assignment.check_skill_id or 0))
        return at is not None and at >= assignment.assigned_at
