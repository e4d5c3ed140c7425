"""What people have been asked to do towards a skill and not done yet, for many people at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Q
from django.utils import timezone

from accounts.domain.lines import line_ids
from accounts.domain.roles import BASELINE, ROLE_CHAIN
from accounts.models import Person, Position
from courses.models import Assignment, LessonPreparation, LessonProgress, SkillCheck
from skills.services.days import written_day


@dataclass(frozen=True, slots=True)
class Ask:
    """A lesson (its id, as "N1.2") or a skill check (`lesson` empty) that a person is to do."""

    lesson: str
    due_on: date
    is_late: bool
    assigned_by: str

    @property
    def sentence(self) -> str:
        activity = self.lesson or "skill check"
        late = ", overdue" if self.is_late else ""
        return f"Asked: {activity} by {written_day(self.due_on)}{late} ({self.assigned_by})"


Asks = Mapping[tuple[int, str], Ask]
"""By the person's id and the skill's slug, what is due first."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What decides whether an assignment reaches a person."""

    person: int
    manager: int | None
    above: frozenset[int]
    job_roles: frozenset[int]

    def is_reached_by(self, asked: Assignment) -> bool:
        if asked.job_role is None:
            return self.person == asked.person_id or self.manager == (asked.team_of_id or 0)
        held = asked.job_role.slug == BASELINE or asked.job_role_id in self.job_roles
        return held and (asked.line_of_id is None or asked.line_of_id in self.above)


def asks_towards(skills: Collection[str], people: Collection[int]) -> Asks:
    """Which lessons that prepare for these skills, or checks of them, people were asked for.

    What was done is left out, and so are curricula, which serve a whole job role and no single
    gap. `people` are ids, a page of them. Six queries at most, three where nothing was asked.
    """
    places = _places(people)
    asked = list(_assignments(skills, places))
    if not asked:
        return {}
    serves = _lessons_serving(skills, asked)
    read, passed = _lessons_read(people, serves), _checks_passed(people, asked)
    today = timezone.localdate()
    found: dict[tuple[int, str], Ask] = {}
    for each in asked:
        for place in places:
            if place.is_reached_by(each) and not _is_done(each, place.person, read, passed):
                ask = _ask(each, today)
                for skill in _skills_of(each, serves):
                    found.setdefault((place.person, skill), ask)
    return found


def _places(people: Collection[int]) -> list[_Place]:
    held: dict[int, set[int]] = {}
    positions = Position.objects.current_on(timezone.localdate()).filter(person__in=people)
    for person, *roles in positions.order_by().values_list("person_id", *ROLE_CHAIN):
        held.setdefault(person, set()).update(role for role in roles if role is not None)
    rows = Person.objects.filter(pk__in=people).values_list("pk", "manager_id", "line_path")
    return [
        _Place(pk, manager, frozenset(line_ids(line)[:-1]), frozenset(held.get(pk, ())))
        for pk, manager, line in rows
    ]


def _assignments(skills: Collection[str], places: Collection[_Place]) -> Iterator[Assignment]:
    """Open assignments for these skills that may reach these people, the first due first."""
    roles = set().union(*(each.job_roles for each in places))
    above = set().union(*(each.above for each in places))
    aimed = (
        Q(person__in=[each.person for each in places])
        | Q(team_of__in={each.manager for each in places if each.manager})
        | (Q(job_role__slug=BASELINE) | Q(job_role__in=roles))
        & (Q(line_of__isnull=True) | Q(line_of__in=above))
    )
    serving = Q(check_skill__slug__in=skills) | Q(
        lesson__in=LessonPreparation.objects.filter(skill__slug__in=skills).values("lesson")
    )
    return Assignment.objects.open().on_offer().described().filter(aimed, serving).iterator()


def _lessons_serving(
    skills: Collection[str], asked: Iterable[Assignment]
) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    lessons = {each.lesson_id for each in asked if each.lesson_id}
    rows = LessonPreparation.objects.filter(lesson__in=lessons, skill__slug__in=skills).order_by()
    for lesson, skill in rows.values_list("lesson_id", "skill__slug"):
        found.setdefault(lesson, []).append(skill)
    return found


def _lessons_read(people: Collection[int], lessons: Collection[int]) -> set[tuple[int, int]]:
    read = LessonProgress.objects.filter(person__in=people, lesson__in=lessons)
    done = read.filter(completed_at__isnull=False).order_by()
    return set(done.values_list("person_id", "lesson_id"))


def _checks_passed(
    people: Collection[int], asked: Iterable[Assignment]
) -> dict[tuple[int, int], datetime]:
    skills = {each.check_skill_id for each in asked if each.check_skill_id}
    passed = SkillCheck.objects.filter(person__in=people, skill__in=skills, passed=True)
    rows = passed.order_by().values_list("person_id", "skill_id").annotate(Max("submitted_at"))
    return {(person, skill): at for person, skill, at in rows}


def _is_done(
    asked: Assignment,
    person: int,
    read: Collection[tuple[int, int]],
    passed: Mapping[tuple[int, int], datetime],
) -> bool:
    if asked.lesson_id:
        return (person, asked.lesson_id) in read
    at = passed.get((person, asked.check_skill_id or 0))
    return at is not None and at >= asked.assigned_at


def _skills_of(asked: Assignment, serves: Mapping[int, list[str]]) -> list[str]:
    if asked.check_skill is not None:
        return [asked.check_skill.slug]
    return serves.get(asked.lesson_id or 0, [])


def _ask(asked: Assignment, today: date) -> Ask:
    return Ask(
        asked.lesson.slug if asked.lesson else "",
        asked.due_on,
        asked.is_overdue_on(today),
        asked.assigned_by.name,
    )
