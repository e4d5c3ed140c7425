"""The next step: the rule of `courses.domain.next_step` on what is stored."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import Person
from courses.domain.next_step import (
    Lacking,
    OfferedLesson,
    SkillGap,
    Step,
    StepKind,
    next_step,
)
from courses.models import Enrolment, LessonPreparation
from courses.services.check_facts import CheckFacts, check_facts
from courses.services.outline import LessonLine, lesson_lines
from skills.services.gaps import GapRow, PersonGaps, person_gaps
from skills.services.policy import current_policy

CHECK_MINUTES = 10  # eight questions at a little more than a minute


@dataclass(frozen=True, slots=True)
class MissingPart:
    """A gap that nothing on offer serves now. `opens_at` is set for a check in cool-down."""

    row: GapRow
    lacking: Lacking
    opens_at: datetime | None


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do next.

    `kind` LESSON: `row` and `lesson`; CHECK: `row`; NOTHING: `missing` lists what keeps each gap
    open, the most pressing first, and is empty where no requirement is short.
    """

    kind: StepKind
    row: GapRow | None
    lesson: LessonLine | None
    minutes: int | None
    missing: tuple[MissingPart, ...]


def step_towards(person: Person, skill: str) -> tuple[GapRow | None, NextStep]:
    """For whoever asks a person: the gap in one skill and the activity that serves it next.

    A check counts as open though the person may have to wait for it: whether they tried it is
    theirs alone. Five queries.
    """
    gaps = person_gaps([person.pk])[person.pk]
    row = gaps.row(skill)
    lines = lesson_lines(person)
    followed = set(
        Enrolment.objects.active().filter(person=person).values_list("curriculum_id", flat=True)
    )
    own = {line.id for line in lines if line.curriculum_id in followed}
    facts = check_facts(person, current_policy().params, skill=skill)
    known = {slug: replace(each, opens_at=None) for slug, each in facts.items()}
    rows = (row,) if row else ()
    return row, next_step_among(replace(gaps, rows=rows), lines, own, known)


def next_step_among(
    gaps: PersonGaps, lines: list[LessonLine], own: Collection[int], facts: dict[str, CheckFacts]
) -> NextStep:
    """The next step towards these gaps; `own` are the lessons of curricula followed. One query."""
    rows = {row.skill.slug: row for row in gaps.rows if row.shortfall}
    short = [
        SkillGap(slug, row.verified_level, row.required_level, row.weight, row.blocking)
        for slug, row in rows.items()
    ]
    step = next_step(
        short,
        _offered(lines, own, _preparations()),
        checks={slug for slug, each in facts.items() if each.exists},
        cooling={slug: each.opens_at for slug, each in facts.items() if each.opens_at},
    )
    by_slug = {line.slug: line for line in lines}
    return _shown(step, rows, by_slug)


def _preparations() -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    rows = LessonPreparation.objects.order_by()
    for lesson_id, skill, level in rows.values_list("lesson_id", "skill__slug", "level"):
        found.setdefault(lesson_id, {})[skill] = level
    return found


def _offered(
    lines: Iterable[LessonLine],
    own: Collection[int],
    prepares: Mapping[int, Mapping[str, int]],
) -> list[OfferedLesson]:
    """Every lesson with a text, those of the curricula followed first, each in curriculum order."""
    written = sorted(
        (line for line in lines if line.is_written), key=lambda line: line.id not in own
    )
    return [OfferedLesson(line.slug, prepares.get(line.id, {}), line.is_done) for line in written]


def _shown(step: Step, rows: Mapping[str, GapRow], lines: Mapping[str, LessonLine]) -> NextStep:
    lesson = lines[step.lesson] if step.lesson else None
    minutes = lesson.minutes if lesson else None
    return NextStep(
        step.kind,
        rows[step.gap.skill] if step.gap else None,
        lesson,
        CHECK_MINUTES if step.kind is StepKind.CHECK else minutes,
        tuple(
            MissingPart(rows[each.gap.skill], each.lacking, each.opens_at) for each in step.missing
        ),
    )
