"""How far the people are whom somebody asked to do something."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import Person, Position
from courses.models import Assignment, Lesson, LessonProgress, SkillCheck
from courses.services.enrolment import EMPLOYEE, ROLE_CHAIN

FEW = 500  # people that a query names one by one


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

    `kind` is "curriculum", "lesson" or "check", `slug` that of the activity; `finished` are the
    ids of the people who have done it.
    """

    assignment: Assignment
    kind: str
    slug: str
    title: str
    target: str
    reached: Sequence[_Person]
    finished: Set[int]
    is_late: bool

    @property
    def total(self) -> int:
        return len(self.reached)

    @property
    def done(self) -> int:
        return len(self.finished)

    @property
    def open(self) -> int:
        return 0 if self.is_late else self.total - self.done

    @property
    def overdue(self) -> int:
        return self.total - self.done if self.is_late else 0

    def people(self) -> list[PersonTask]:
        """Each of them with where they are, by name."""
        rest = TaskState.OVERDUE if self.is_late else TaskState.OPEN
        return [
            PersonTask(each.uuid, each.name, TaskState.DONE if each.id in self.finished else rest)
            for each in self.reached
        ]


def assignment_progress(
    assignments: Sequence[Assignment], *, viewer: Person
) -> list[AssignmentProgress]:
    """The state of everybody reached, in the order given; six queries for any number of them.

    Done means the same as on the person's own path: all lessons of the curriculum that have a
    text are completed, the lesson is, or the check was passed since it was assigned. Assignments
    come with person, team_of, job_role and activity at hand.
    """
    reached = _Reached(assignments, viewer)
    done = _Done(assignments, reached.everybody)
    today = timezone.localdate()
    found = []
    for assignment in assignments:
        people = reached.by(assignment)
        found.append(
            AssignmentProgress(
                assignment,
                *_activity(assignment),
                target(assignment),
                people,
                done.of(assignment).intersection(each.id for each in people),
                assignment.is_overdue_on(today),
            )
        )
    return found


def target(assignment: Assignment) -> str:
    """Who was asked, in words."""
    if assignment.person is not None:
        return assignment.person.name
    if assignment.team_of is not None:
        return f"Team of {assignment.team_of.name}"
    assert assignment.job_role is not None  # the database holds exactly one target
    return f"Everybody in the job role {assignment.job_role.name}"


def _activity(assignment: Assignment) -> tuple[str, str, str]:
    if assignment.curriculum is not None:
        return "curriculum", assignment.curriculum.slug, assignment.curriculum.title
    if assignment.lesson is not None:
        return "lesson", assignment.lesson.slug, assignment.lesson.title
    assert assignment.check_skill is not None  # the database holds exactly one activity
    return "check", assignment.check_skill.slug, assignment.check_skill.name


class _Reached:
    """Whom the assignments reach, by name; two queries."""

    def __init__(self, assignments: Sequence[Assignment], viewer: Person) -> None:
        self.held = _holders({each.job_role_id for each in assignments if each.job_role_id})
        people = Person.objects.active().visible_to(viewer)
        if not any(_is_for_everybody(each) for each in assignments):
            wanted = Q(pk__in={each.person_id for each in assignments if each.person_id})
            wanted |= Q(manager__in={each.team_of_id for each in assignments if each.team_of_id})
            wanted |= Q(pk__in={pk for holders in self.held.values() for pk in holders})
            people = people.filter(wanted)
        rows = people.values_list("pk", "uuid", "name", "manager_id")
        self.people = [_Person(*row) for row in rows]
        self.teams: dict[int | None, list[_Person]] = defaultdict(list)
        for person in self.people:
            self.teams[person.manager_id].append(person)

    @property
    def everybody(self) -> set[int]:
        return {person.id for person in self.people}

    def by(self, assignment: Assignment) -> list[_Person]:
        if assignment.team_of_id:
            return self.teams.get(assignment.team_of_id, [])
        if _is_for_everybody(assignment):
            return self.people
        if assignment.job_role_id:
            ids = self.held.get(assignment.job_role_id, set())
        else:
            ids = {assignment.person_id or 0}
        return [person for person in self.people if person.id in ids]


def _is_for_everybody(assignment: Assignment) -> bool:
    return assignment.job_role is not None and assignment.job_role.slug == EMPLOYEE


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
    """Who did what: curricula and lessons read, checks passed; four queries."""

    def __init__(self, assignments: Iterable[Assignment], people: set[int]) -> None:
        curricula = {each.curriculum_id for each in assignments if each.curriculum_id}
        lessons = {each.lesson_id for each in assignments if each.lesson_id}
        skills = {each.check_skill_id for each in assignments if each.check_skill_id}
        offered = Lesson.objects.published().filter(module__curriculum__in=curricula).order_by()
        totals = dict(offered.values_list("module__curriculum").annotate(n=Count("pk")))
        read = LessonProgress.objects.filter(completed_at__isnull=False).order_by()
        if len(people) <= FEW:
            read = read.filter(person__in=people)
        finished = read.filter(lesson__in=offered).values_list(
            "person", "lesson__module__curriculum"
        )
        self.curricula: dict[int, set[int]] = defaultdict(set)
        for person, curriculum, n in finished.annotate(n=Count("pk")):
            if n == totals[curriculum]:
                self.curricula[curriculum].add(person)
        self.lessons: dict[int, set[int]] = defaultdict(set)
        for person, lesson in read.filter(lesson__in=lessons).values_list("person", "lesson"):
            self.lessons[lesson].add(person)
        checks = SkillCheck.objects.filter(skill__in=skills, passed=True).order_by("submitted_at")
        if len(people) <= FEW:
            checks = checks.filter(person__in=people)
        self.passed: dict[int, dict[int, datetime]] = defaultdict(dict)
        for person, skill, at in checks.values_list("person", "skill", "submitted_at"):
            if at is not None:
                self.passed[skill][person] = at

    def of(self, assignment: Assignment) -> set[int]:
        if assignment.curriculum_id:
            return self.curricula.get(assignment.curriculum_id, set())
        if assignment.lesson_id:
            return self.lessons.get(assignment.lesson_id, set())
        passed = self.passed.get(assignment.check_skill_id or 0, {})
        return {person for person, at in passed.items() if at >= assignment.assigned_at}
