"""My path: the next best step, the curricula with progress, what falls due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from accounts.models import Person
from courses.enums import EnrolmentOrigin
from courses.models import Enrolment
from courses.services.assignments import AssignedTask, assigned_tasks
from courses.services.check_facts import CheckFacts, check_facts
from courses.services.enrolment import with_role_held
from courses.services.outline import (
    LessonLine,
    ModuleOutline,
    Progress,
    lesson_lines,
    modules_of,
    progress_in,
    resume_at,
)
from courses.services.steps import NextStep, next_step_among
from skills.services.gaps import GapRow, PersonGaps, gaps_against
from skills.services.reading import standings
from skills.services.requirements import requirements_of


@dataclass(frozen=True, slots=True)
class FollowedCurriculum:
    """A curriculum the person follows, with what they did in it.

    `role_held`: a current job role brings it, so it cannot be left. `was_by_role` without
    `role_held`: it belonged to a role the person no longer holds.
    """

    slug: str
    title: str
    summary: str
    origin: EnrolmentOrigin
    role_held: bool
    progress: Progress
    modules: tuple[ModuleOutline, ...]
    resume: LessonLine | None

    @property
    def was_by_role(self) -> bool:
        return self.origin == EnrolmentOrigin.JOB_ROLE and not self.role_held


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something that waits with a day: an assignment, or a level that falls.

    Exactly one of `task` and `row` is set; `opens_at` is while an assigned check is in cool-down.
    """

    due_on: date
    task: AssignedTask | None = None
    row: GapRow | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MyPath:
    """The page. `resume` is where to go on reading over all curricula followed."""

    person: Person
    gaps: PersonGaps
    step: NextStep
    resume: LessonLine | None
    curricula: tuple[FollowedCurriculum, ...]
    due_soon: tuple[DueItem, ...]


def my_path(person: Person) -> MyPath:
    """Everything My path shows; at most ten queries, however much there is.

    Due soon are open assignments, and required skills whose verified level falls within 60 days.
    """
    today = timezone.localdate()
    wanted = requirements_of([person.pk], on=today)[person.pk]
    gaps = gaps_against(wanted, standings([person.pk]))
    lines = lesson_lines(person)
    followed = _followed(person, lines)
    facts = check_facts(person, wanted.book.policy.params)
    passed = {slug: each.passed_at for slug, each in facts.items() if each.passed_at}
    tasks = assigned_tasks(person, lines, passed)
    own = [line for line in lines if line.curriculum in {each.slug for each in followed}]
    return MyPath(
        person,
        gaps,
        next_step_among(gaps, lines, {line.id for line in own}, facts),
        resume_at(own),
        followed,
        _due_soon(gaps, tasks, facts),
    )


def _followed(person: Person, lines: list[LessonLine]) -> tuple[FollowedCurriculum, ...]:
    """The curricula of current roles first, each kind in curriculum order."""
    rows = with_role_held(
        Enrolment.objects.active().filter(person=person, curriculum__is_active=True)
    ).select_related("curriculum")
    order = list(dict.fromkeys(line.curriculum for line in lines))
    found = [_curriculum(enrolment, lines) for enrolment in rows]
    place = {slug: index for index, slug in enumerate(order)}
    return tuple(
        sorted(found, key=lambda each: (not each.role_held, place.get(each.slug, len(order))))
    )


def _curriculum(enrolment: Enrolment, lines: list[LessonLine]) -> FollowedCurriculum:
    curriculum = enrolment.curriculum
    own = [line for line in lines if line.curriculum == curriculum.slug]
    return FollowedCurriculum(
        curriculum.slug,
        curriculum.title,
        curriculum.summary,
        EnrolmentOrigin(enrolment.origin),
        bool(enrolment.role_held),  # type: ignore[attr-defined]
        progress_in(own),
        modules_of(own),
        resume_at(own),
    )


def _due_soon(
    gaps: PersonGaps,
    tasks: Iterable[AssignedTask],
    facts: Mapping[str, CheckFacts],
) -> tuple[DueItem, ...]:
    opens = {("check", skill): each.opens_at for skill, each in facts.items()}
    items = [
        DueItem(task.due_on, task=task, opens_at=opens.get((task.kind, task.slug)))
        for task in tasks
        if not task.is_done
    ]
    items += [DueItem(row.due_on, row=row) for row in gaps.rows if row.due_on and row.falls_soon]
    return tuple(sorted(items, key=lambda item: item.due_on))
