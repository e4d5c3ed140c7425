"""The next best step follows its rule, and nothing else."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from courses.domain.next_step import (
    Lacking,
    OfferedLesson,
    SkillGap,
    Step,
    StepKind,
    next_step,
)

SKILLS = ["a", "b", "c", "d"]
LATER = datetime(2027, 1, 1, tzinfo=UTC)


@st.composite
def skill_gaps(draw: st.DrawFn) -> list[SkillGap]:
    found = []
    for skill in draw(st.lists(st.sampled_from(SKILLS), unique=True)):
        required = draw(st.integers(1, 4))
        found.append(
            SkillGap(
                skill,
                draw(st.integers(0, required - 1)),
                required,
                draw(st.integers(1, 3)),
                draw(st.booleans()),
            )
        )
    return found


lessons_strategy = st.lists(
    st.builds(
        OfferedLesson,
        st.uuids().map(str),
        st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 4), max_size=3),
        st.booleans(),
    ),
    max_size=8,
)
skill_sets = st.sets(st.sampled_from(SKILLS))


def naive(
    gaps: list[SkillGap], lessons: list[OfferedLesson], checks: set[str], cooling: set[str]
) -> tuple[str, str | None]:
    """Every activity that serves a gap, sorted by the rule as it is written; the first of them."""
    activities = []
    for gap in gaps:
        shortfall = gap.required - gap.verified
        rank = (0 if gap.blocking else 1, -(gap.weight * shortfall), gap.skill)
        for place, lesson in enumerate(lessons):
            level = lesson.prepares_for.get(gap.skill)
            if not lesson.done and level and level > gap.verified and level <= gap.required:
                activities.append((*rank, 0, place, "lesson", lesson.lesson))
        if gap.verified == 0 and gap.skill in checks - cooling:
            activities.append((*rank, 1, 0, "check", gap.skill))
    if not activities:
        return "nothing", None
    best = sorted(activities)[0]
    return best[5], best[6]


@given(skill_gaps(), lessons_strategy, skill_sets, skill_sets)
def test_the_step_is_the_first_of_all_activities_sorted_by_the_rule(
    gaps: list[SkillGap], lessons: list[OfferedLesson], checks: set[str], cooling: set[str]
) -> None:
    step = next_step(gaps, lessons, checks=checks, cooling=dict.fromkeys(cooling, LATER))
    chosen = step.lesson if step.kind is StepKind.LESSON else step.gap and step.gap.skill
    assert (step.kind.value, chosen) == naive(gaps, lessons, checks, cooling)


@given(skill_gaps(), lessons_strategy, skill_sets, skill_sets)
def test_where_nothing_serves_every_gap_says_what_is_missing(
    gaps: list[SkillGap], lessons: list[OfferedLesson], checks: set[str], cooling: set[str]
) -> None:
    step = next_step(gaps, lessons, checks=checks, cooling=dict.fromkeys(cooling, LATER))
    if step.kind is StepKind.NOTHING:
        assert [each.gap.rank for each in step.missing] == sorted(gap.rank for gap in gaps)
    else:
        assert step.missing == ()


def gap(skill: str = "a", verified: int = 0, required: int = 2) -> SkillGap:
    return SkillGap(skill, verified, required, weight=1, blocking=False)


def lesson(level: int, *, done: bool = False) -> OfferedLesson:
    return OfferedLesson(f"lesson {level}", {"a": level}, done)


def test_no_gap_leaves_nothing_to_do_and_nothing_missing() -> None:
    assert next_step([], [lesson(1)], checks={"a"}, cooling={}) == Step(StepKind.NOTHING)


def test_a_lesson_above_the_required_level_or_not_above_the_verified_serves_no_gap() -> None:
    offered = [lesson(1), lesson(3)]
    step = next_step([gap(verified=1)], offered, checks={"a"}, cooling={})
    assert step.kind is StepKind.NOTHING


def test_the_check_comes_after_the_lessons() -> None:
    step = next_step([gap()], [lesson(2)], checks={"a"}, cooling={})
    assert step.lesson == "lesson 2"
    step = next_step([gap()], [lesson(2, done=True)], checks={"a"}, cooling={})
    assert (step.kind, step.gap) == (StepKind.CHECK, gap())


def lacking(verified: int, lessons: list[OfferedLesson], checks: set[str]) -> Lacking:
    cooling = {"a": LATER}
    step = next_step([gap(verified=verified)], lessons, checks=checks, cooling=cooling)
    return step.missing[0].lacking


def test_a_check_in_cool_down_says_when_it_opens() -> None:
    step = next_step([gap()], [], checks={"a"}, cooling={"a": LATER})
    assert (step.missing[0].lacking, step.missing[0].opens_at) == (Lacking.COOL_DOWN, LATER)


def test_above_level_one_it_takes_marked_work() -> None:
    assert lacking(1, [], {"a"}) is Lacking.HIGHER_EVIDENCE


def test_a_skill_without_a_bank_says_so() -> None:
    assert lacking(0, [lesson(1, done=True)], set()) is Lacking.NO_CHECK
    assert lacking(0, [], set()) is Lacking.NO_LESSON
