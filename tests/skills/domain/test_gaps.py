"""Requirements, gaps and what may be shown about groups."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.domain.gaps import (
    Requirement,
    gap_figure,
    gaps_of,
    held_since,
    last_day_of_grace,
    merge,
)
from skills.enums import RequirementState

DAY = date(2026, 11, 22)

requirements = st.lists(
    st.builds(
        Requirement,
        st.sampled_from(["employee", "analyst", "lead"]),
        st.sampled_from("stuvw"),
        st.integers(1, 4),
        st.integers(1, 3),
        st.sampled_from([None, None, None, DAY, DAY - timedelta(days=1)]),
    ),
    max_size=9,
    unique_by=lambda each: (each.job_role, each.skill),
)
levels = st.dictionaries(st.sampled_from("stuvw"), st.integers(0, 4))
exemptions = st.dictionaries(
    st.sampled_from("stuvw"), st.sampled_from([DAY, DAY - timedelta(days=1)]), max_size=2
)


def states(
    asked: list[Requirement],
    verified: dict[str, int],
    exempt: dict[str, date] | None = None,
) -> dict[str, RequirementState]:
    gaps = gaps_of(merge(asked, as_of=DAY), verified, exempt or {}, as_of=DAY)
    return {gap.required.skill: gap.state for gap in gaps}


def test_merge_takes_the_maximum_of_level_and_of_weight() -> None:
    merged = merge([Requirement("employee", "s", 1, 3), Requirement("lead", "s", 3, 2)], as_of=DAY)[
        "s"
    ]
    assert (merged.level, merged.weight, merged.job_role) == (3, 3, "lead")
    assert merged.blocking_level == 1


@pytest.mark.parametrize(
    ("roles", "deciding"),
    [
        ([("b", 2, 3), ("a", 3, 1)], "a"),
        ([("b", 3, 2), ("a", 3, 1)], "b"),
        ([("b", 3, 2), ("a", 3, 2)], "a"),
    ],
)
def test_deciding_role_sets_the_level_then_the_weight_then_comes_first(
    roles: list[tuple[str, int, int]], deciding: str
) -> None:
    asked = [Requirement(role, "s", level, weight) for role, level, weight in roles]
    assert merge(asked, as_of=DAY)["s"].job_role == deciding
    assert merge(asked[::-1], as_of=DAY)["s"].job_role == deciding


def test_blocking_is_judged_by_what_is_asked_with_weight_3_only() -> None:
    asked = [Requirement("employee", "s", 2, 3), Requirement("lead", "s", 4, 2)]
    assert states(asked, {"s": 1})["s"] is RequirementState.BLOCKING
    assert states(asked, {"s": 2})["s"] is RequirementState.SHORT
    assert states(asked, {"s": 4})["s"] is RequirementState.MET


def test_grace_ends_after_its_last_day() -> None:
    def asked(until: date) -> list[Requirement]:
        return [Requirement("lead", "s", 2, 3, until)]

    assert states(asked(DAY), {})["s"] is RequirementState.IN_GRACE
    assert states(asked(DAY - timedelta(days=1)), {})["s"] is RequirementState.BLOCKING
    gap = gaps_of(merge(asked(DAY), as_of=DAY), {}, {}, as_of=DAY)[0]
    assert (gap.until, gap.missing, gap_figure([gap])) == (DAY, 0, None)


def test_grace_of_a_new_position_leaves_what_already_bound() -> None:
    asked = [Requirement("employee", "s", 1, 1), Requirement("lead", "s", 3, 3, DAY)]
    merged = merge(asked, as_of=DAY)["s"]
    assert (merged.level, merged.weight, merged.blocking_level) == (1, 1, 0)
    assert merged.in_grace == merged.to_come == (asked[1],)
    assert merged.grace_until is None


def test_requirements_wholly_in_grace_are_dated_by_the_first_that_binds() -> None:
    later = DAY + timedelta(days=9)
    asked = [Requirement("employee", "s", 1, 1, DAY), Requirement("lead", "s", 3, 2, later)]
    merged = merge(asked, as_of=DAY)["s"]
    assert (merged.grace_until, merged.level, merged.job_role) == (DAY, 3, "lead")


def test_last_day_of_grace_is_the_later_of_requirement_and_new_position() -> None:
    assert last_day_of_grace(None, None, 90) is None
    assert last_day_of_grace(DAY, None, 90) == DAY
    assert last_day_of_grace(None, DAY, 90) == DAY + timedelta(days=89)
    assert last_day_of_grace(DAY + timedelta(days=100), DAY, 90) == DAY + timedelta(days=100)
    assert last_day_of_grace(None, DAY, 0) is None


@pytest.mark.parametrize(
    ("terms", "since"),
    [
        ([], None),
        ([(-9, None)], -9),
        ([(1, None)], None),
        ([(-9, -1)], None),
        ([(-30, -10), (-9, None)], -30),  # goes on the next day
        ([(-30, -11), (-9, None)], -9),  # a day between
        ([(-9, None), (-30, -10)], -30),
        ([(-50, -40), (-30, -10), (-9, 3)], -30),
        ([(-30, None), (-9, -3)], -30),
        ([(-30, -5), (-20, -8), (-4, None)], -30),
    ],
)
def test_a_role_is_held_since_the_first_of_an_unbroken_chain_of_positions(
    terms: list[tuple[int, int | None]], since: int | None
) -> None:
    def day(number: int | None) -> date | None:
        return None if number is None else DAY + timedelta(days=number)

    dated = [(DAY + timedelta(days=first), day(last)) for first, last in terms]
    assert held_since(dated, on=DAY) == day(since)


@given(
    st.lists(
        st.tuples(st.integers(-40, 5), st.none() | st.integers(0, 12)).map(
            lambda term: (term[0], None if term[1] is None else term[0] + term[1])
        ),
        max_size=6,
    )
)
def test_going_back_a_day_at_a_time_finds_since_when_a_role_is_held(
    terms: list[tuple[int, int | None]],
) -> None:
    def holds(number: int) -> bool:
        return any(first <= number and (last is None or number <= last) for first, last in terms)

    since = None
    for number in range(0, -60, -1):
        if not holds(number):
            break
        since = DAY + timedelta(days=number)
    dated = [
        (DAY + timedelta(days=first), None if last is None else DAY + timedelta(days=last))
        for first, last in terms
    ]
    assert held_since(dated, on=DAY) == since


def test_exemption_leaves_both_sums_until_its_last_day_has_passed() -> None:
    asked = [Requirement("employee", "s", 2, 3), Requirement("employee", "t", 2, 1)]
    merged = merge(asked, as_of=DAY)
    exempt = gaps_of(merged, {"t": 2}, {"s": DAY}, as_of=DAY)
    assert (exempt[0].state, exempt[0].until) == (RequirementState.EXEMPT, DAY)
    assert gap_figure(exempt) == 0
    past = gaps_of(merged, {"t": 2}, {"s": DAY - timedelta(days=1)}, as_of=DAY)
    assert gap_figure(past) == 6 / 8


def test_gap_figure_weighs_missing_levels() -> None:
    asked = [Requirement("employee", "s", 4, 3), Requirement("employee", "t", 2, 1)]
    gaps = gaps_of(merge(asked, as_of=DAY), {"s": 3, "t": 4}, {}, as_of=DAY)
    assert gap_figure(gaps) == 3 / 14


@given(requirements, levels, exemptions)
def test_gap_lies_between_0_all_met_and_1_nothing_evidenced(
    asked: list[Requirement], verified: dict[str, int], exempt: dict[str, date]
) -> None:
    merged = merge(asked, as_of=DAY)
    gaps = gaps_of(merged, verified, exempt, as_of=DAY)
    figure = gap_figure(gaps)
    binding = {gap.state for gap in gaps} - {RequirementState.EXEMPT, RequirementState.IN_GRACE}
    assert (figure is None) == (not binding)
    if figure is not None:
        assert 0 <= figure <= 1
        assert (figure == 0) == (binding == {RequirementState.MET})
        assert gap_figure(gaps_of(merged, {}, exempt, as_of=DAY)) == 1


@given(requirements, levels, st.sampled_from("stuvw"))
def test_gap_never_grows_with_a_higher_level(
    asked: list[Requirement], verified: dict[str, int], skill: str
) -> None:
    merged = merge(asked, as_of=DAY)
    before = gap_figure(gaps_of(merged, verified, {}, as_of=DAY))
    higher = verified | {skill: 4}
    after = gap_figure(gaps_of(merged, higher, {}, as_of=DAY))
    assert (before is None) == (after is None)
    assert before is None or after is None or after <= before
