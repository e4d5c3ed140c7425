"""The next best step: the one activity that serves the most pressing gap.

gaps in order: blocking first, then the largest weight x shortfall, then skill id
for a gap: the first unfinished lesson, the person's own curricula first and each in its order,
           that prepares for a level l with verified < l <= required;  then the skill check,
           while verified is 0 and there is one that is not in cool-down
the first gap that an activity serves decides; if none is served, every gap says what is missing
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class StepKind(StrEnum):
    LESSON = "lesson"
    CHECK = "check"
    NOTHING = "nothing"


class Lacking(StrEnum):
    """Why no activity serves a gap."""

    COOL_DOWN = "cool_down"  # the lessons are read and the check opens again later
    HIGHER_EVIDENCE = "higher_evidence"  # a check cannot show more: it takes marked work
    NO_CHECK = "no_check"  # the lessons are read, and there is no check for the skill yet
    NO_LESSON = "no_lesson"  # neither a lesson nor a check exists yet


@dataclass(frozen=True, slots=True)
class SkillGap:
    """A binding requirement that is not met: verified < required, levels 0-4, weight 1-3."""

    skill: str
    verified: int
    required: int
    weight: int
    blocking: bool

    @property
    def rank(self) -> tuple[bool, int, str]:
        """Smaller is more pressing."""
        return (not self.blocking, -self.weight * (self.required - self.verified), self.skill)


@dataclass(frozen=True, slots=True)
class OfferedLesson:
    """A lesson with a text. `prepares_for` gives a level per skill."""

    lesson: str
    prepares_for: Mapping[str, int]
    done: bool

    def serves(self, gap: SkillGap) -> bool:
        return gap.verified < self.prepares_for.get(gap.skill, 0) <= gap.required


@dataclass(frozen=True, slots=True)
class Missing:
    """What keeps a gap open. `opens_at` is set for a check in cool-down."""

    gap: SkillGap
    lacking: Lacking
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The next step. `gap` and, for a lesson, `lesson` are set unless nothing can be done now;
    then `missing` has a line for each gap, the most pressing first.
    """

    kind: StepKind
    gap: SkillGap | None = None
    lesson: str | None = None
    missing: tuple[Missing, ...] = ()


def next_step(
    gaps: Iterable[SkillGap],
    lessons: Sequence[OfferedLesson],
    *,
    checks: Collection[str],
    cooling: Mapping[str, datetime],
) -> Step:
    """Choose the next step.

    `lessons` come in order, those of the person's own curricula first; `checks` are the skills that
    have a skill check, `cooling` those in cool-down with the time it ends. No gap at all: NOTHING
    without anything missing.
    """
    ordered = sorted(gaps, key=lambda gap: gap.rank)
    missing = []
    for gap in ordered:
        serving = [lesson for lesson in lessons if lesson.serves(gap)]
        unread = next((lesson.lesson for lesson in serving if not lesson.done), None)
        if unread is not None:
            return Step(StepKind.LESSON, gap, unread)
        if gap.verified == 0 and gap.skill in checks and gap.skill not in cooling:
            return Step(StepKind.CHECK, gap)
        missing.append(_missing(gap, bool(serving), checks, cooling))
    return Step(StepKind.NOTHING, missing=tuple(missing))


def _missing(
    gap: SkillGap, has_lessons: bool, checks: Collection[str], cooling: Mapping[str, datetime]
) -> Missing:
    if gap.verified > 0:
        return Missing(gap, Lacking.HIGHER_EVIDENCE)
    if gap.skill in checks:
        return Missing(gap, Lacking.COOL_DOWN, cooling[gap.skill])
    return Missing(gap, Lacking.NO_CHECK if has_lessons else Lacking.NO_LESSON)
