"""Positions and units."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts import services
from accounts.domain.positions import Place, overfull_day, replan
from accounts.exceptions import Refused, SharesRefused
from accounts.models import JobRole, OrgUnit, Position, unit_trails
from accounts.signals import positions_changed

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)


def at(unit: str, start: int, end: int | None = None, share: str = "1", **more: Any) -> Place:
    """A place `start` to `end` days from today."""
    last = None if end is None else TODAY + end * DAY
    return Place(unit, "role", Decimal(share), TODAY + start * DAY, last, **more)


spans = st.builds(
    lambda start, length, share, unit: at(
        unit, start, None if length is None else start + length, str(Decimal(share) / 4)
    ),
    st.integers(-10, 10),
    st.none() | st.integers(0, 8),
    st.integers(1, 4),
    st.sampled_from("AB"),
)
halves = st.builds(
    lambda start, unit: at(unit, start, share="0.5"), st.integers(-10, -2), st.sampled_from("AB")
)
told_late = st.builds(
    lambda start, length, share, unit: at(
        unit, start, None if length is None else start + length, str(Decimal(share) / 4)
    ),
    st.integers(-9, -1),
    st.none() | st.integers(0, 4),
    st.integers(1, 4),
    st.sampled_from("BC"),
)


@given(places=st.lists(spans, max_size=6))
def test_shares_are_full_on_the_first_day_that_counting_finds(places: list[Place]) -> None:
    found = None
    for offset in range(-15, 40):
        day = TODAY + offset * DAY
        total = sum((p.share for p in places if p.holds_on(day)), Decimal(0))
        if total > 1:
            found = (day, total)
            break
    assert overfull_day(places) == found


@given(stored=st.lists(spans, max_size=5), wanted=st.lists(spans, max_size=4))
def test_planning_twice_changes_nothing(stored: list[Place], wanted: list[Place]) -> None:
    keys = {(p.unit, p.job_role, p.starts_on): p for p in wanted}
    wanted = list(keys.values())
    stored = [Place(**{**p.__dict__, "key": n}) for n, p in enumerate(stored)]
    first = replan(stored, wanted, today=TODAY)
    after = [Place(**{**p.__dict__, "key": n}) for n, p in enumerate(first.after)]
    again = replan(after, wanted, today=TODAY)
    assert not again
    open_ended = [p for p in after if p.ends_on is None or p.ends_on >= TODAY]
    assert all(any(p.same_terms(want) for want in wanted) for p in open_ended)


def test_a_position_not_wanted_any_more_ends_yesterday() -> None:
    plan = replan([at("A", -100, key=1)], [at("B", 0)], today=TODAY)
    assert plan.ended == (at("A", -100, -1, key=1),)
    assert plan.added == (at("B", 0),)


def test_a_position_that_never_began_is_dropped() -> None:
    for start in (0, 5):
        plan = replan([at("A", start, key=1)], [], today=TODAY)
        assert plan.dropped == (at("A", start, key=1),)
        assert plan.after == ()


def test_history_stays() -> None:
    old = at("A", -100, -1, key=1)
    plan = replan([old], [], today=TODAY)
    assert not plan
    assert plan.after == (old,)


def test_a_corrected_first_day_changes_the_position_it_belongs_to() -> None:
    plan = replan([at("A", -100, key=1)], [at("A", -90)], today=TODAY)
    assert plan.changed == (at("A", -90, key=1),)
    assert not plan.added
    assert not plan.ended


def test_the_same_place_with_a_new_share_from_today_is_a_new_position() -> None:
    plan = replan([at("A", -100, key=1)], [at("A", 0, share="0.5")], today=TODAY)
    assert plan.ended == (at("A", -100, -1, key=1),)
    assert plan.added == (at("A", 0, share="0.5"),)


def test_a_move_told_late_ends_the_former_position_the_day_before() -> None:
    plan = replan([at("A", -100, key=1)], [at("B", -30)], today=TODAY)
    assert plan.ended == (at("A", -100, -31, key=1),)
    assert plan.added == (at("B", -30),)


def test_a_new_share_told_late_keeps_the_former_one_until_then() -> None:
    plan = replan([at("A", -100, key=1)], [at("A", -30, share="0.5")], today=TODAY)
    assert plan.ended == (at("A", -100, -31, key=1),)
    assert plan.added == (at("A", -30, share="0.5"),)


def test_each_of_two_moves_told_late_ends_what_it_follows() -> None:
    stored = [at("A", -100, share="0.5", key=1), at("B", -100, share="0.5", key=2)]
    b = Place("B", "other role", Decimal("0.5"), TODAY - 40 * DAY)
    plan = replan(stored, [b, at("C", -20, share="0.5")], today=TODAY)
    assert {each.key: each.ends_on for each in plan.ended} == {
        1: TODAY - 21 * DAY, 2: TODAY - 41 * DAY,
    }  # fmt: skip


def test_a_new_part_elsewhere_ends_nothing_it_has_room_beside() -> None:
    stays, rep = at("Ops", -400, share="0.5"), at("Union", -400, share="0.1", key=2)
    lab = Place("Lab", "mentor", Decimal("0.1"), TODAY - 300 * DAY)
    plan = replan([replace(stays, key=1), rep], [stays, lab], today=TODAY)
    assert plan.ended == (at("Union", -400, -1, share="0.1", key=2),)
    assert plan.added == (lab,)


def test_a_move_told_late_ends_all_that_it_leaves_no_room_for() -> None:
    stored = [at("A", -100, share="0.5", key=1), at("B", -50, share="0.5", key=2)]
    plan = replan(stored, [at("C", -20)], today=TODAY)
    assert {each.ends_on for each in plan.ended} == {TODAY - 21 * DAY}


def test_moves_told_late_in_one_file_follow_each_other() -> None:
    plan = replan([at("A", -100, key=1)], [at("B", -60, -31), at("C", -30)], today=TODAY)
    assert plan.ended == (at("A", -100, -61, key=1),)
    assert overfull_day(plan.after) is None


def test_a_part_that_stays_is_not_ended_by_a_move_of_the_other_part() -> None:
    stored = [at("A", -100, share="0.5", key=1), at("B", -100, share="0.5", key=2)]
    plan = replan(stored, [at("A", -100, share="0.5"), at("C", -9, share="0.5")], today=TODAY)
    assert plan.ended == (at("B", -100, -10, share="0.5", key=2),)


def test_nothing_moves_to_before_the_position_it_would_follow_began() -> None:
    plan = replan([at("A", -10, key=1)], [at("B", -30)], today=TODAY)
    assert overfull_day(plan.after) == (TODAY - 10 * DAY, Decimal(2))


def test_a_passing_part_told_late_ends_nothing_that_went_on_after_it() -> None:
    stored, passed = at("A", -100, key=1), at("B", -60, -31, share="0.2")
    plan = replan([stored], [passed], today=TODAY)
    assert plan.ended == (at("A", -100, -1, key=1),)
    assert overfull_day(plan.after) == (TODAY - 60 * DAY, Decimal("1.2"))


@given(
    stored=st.lists(halves, min_size=1, max_size=2),
    wanted=st.lists(told_late, min_size=1, max_size=3),
)
def test_a_past_day_is_left_without_a_place_only_where_the_file_corrects_it(
    stored: list[Place], wanted: list[Place]
) -> None:
    stored = [replace(each, key=n) for n, each in enumerate(stored)]
    plan = replan(stored, wanted, today=TODAY)
    corrected = {each.key for each in plan.changed}
    refused = overfull_day(plan.after) is not None
    for day in (TODAY + offset * DAY for offset in range(-10, 0)):
        held = any(each.holds_on(day) for each in stored if each.key not in corrected)
        assert refused or not held or any(each.holds_on(day) for each in plan.after)


@given(stored=st.lists(spans, max_size=4), wanted=st.lists(spans, max_size=3))
def test_days_before_the_first_change_stay_as_they_were(
    stored: list[Place], wanted: list[Place]
) -> None:
    assume(overfull_day(stored) is None)
    stored = [replace(each, key=n) for n, each in enumerate(stored)]
    plan = replan(stored, wanted, today=TODAY)
    corrected = [each for each in stored if each.key in {new.key for new in plan.changed}]
    touched = [*plan.added, *plan.changed, *corrected]
    first = min([TODAY, *(each.starts_on for each in touched)])
    for offset in range(-12, (first - TODAY).days):
        day = TODAY + offset * DAY
        before = {each.key for each in stored if each.holds_on(day)}
        assert {each.key for each in plan.after if each.holds_on(day)} == before


@given(since=st.integers(2, 9), moved=st.integers(1, 9), shares=st.tuples(*[st.integers(1, 4)] * 2))
def test_who_moves_holds_one_place_on_each_day(
    since: int, moved: int, shares: tuple[int, int]
) -> None:
    old, new = (str(Decimal(share) / 4) for share in shares)
    assume(moved < since)
    stored = at("A", -since, share=old, key=1)
    plan = replan([stored], [at("B", -moved, share=new)], today=TODAY)
    for offset in range(-since, 9):
        held = [each.unit for each in plan.after if each.holds_on(TODAY + offset * DAY)]
        assert held == ["A" if offset < -moved else "B"]


def test_ended_history_is_not_taken_for_a_corrected_first_day() -> None:
    plan = replan([at("A", -100, -50, key=1)], [at("A", -60)], today=TODAY)
    assert plan.added == (at("A", -60),)
    assert overfull_day(plan.after) == (TODAY - 60 * DAY, Decimal(2))


@pytest.fixture
def role(make_job_role: Callable[..., JobRole]) -> JobRole:
    return make_job_role("role")


@pytest.fixture
def unit(make_unit: Callable[..., OrgUnit]) -> OrgUnit:
    return make_unit("Unit")


def test_positions_may_fill_a_day_and_no_more(
    organisation: Any, unit: OrgUnit, role: JobRole
) -> None:
    add = services.add_position
    person = organisation.person
    add(person, unit=unit, job_role=role, starts_on=TODAY, share=Decimal("0.6"))
    add(person, unit=unit, job_role=role, starts_on=TODAY, share=Decimal("0.4"), ends_on=TODAY)
    with pytest.raises(SharesRefused, match=r"add up to 1\.001"):
        add(person, unit=unit, job_role=role, starts_on=TODAY, share=Decimal("0.001"))
    add(person, unit=unit, job_role=role, starts_on=TODAY + DAY, share=Decimal("0.4"))
    assert Position.objects.filter(person=person).count() == 3


def test_set_positions_writes_only_what_changed_and_says_so(
    organisation: Any, unit: OrgUnit, role: JobRole
) -> None:
    person = organisation.person
    told: list[list[int]] = []

    def hear(sender: Any, person_ids: list[int], **_: Any) -> None:
        told.append(person_ids)

    wanted = [Place(unit.pk, role.pk, Decimal("0.5"), TODAY - 10 * DAY)]
    clash = Place(unit.pk, role.pk, Decimal("0.9"), TODAY - 5 * DAY)
    positions_changed.connect(hear)
    try:
        with time_machine.travel("2026-11-22T12:00:00Z", tick=False):
            services.set_positions(person, wanted)
            assert not services.set_positions(person, wanted)
            services.set_positions(person, [])
            with pytest.raises(SharesRefused):
                services.set_positions(person, [*wanted, clash])
    finally:
        positions_changed.disconnect(hear)
    assert told == [[person.pk]] * 2
    [position] = Position.objects.filter(person=person)
    assert position.ends_on == TODAY - DAY


def test_set_positions_changes_and_drops(organisation: Any, unit: OrgUnit, role: JobRole) -> None:
    person = organisation.person
    first = Place(unit.pk, role.pk, Decimal(1), TODAY - 10 * DAY, TODAY + 9 * DAY)
    later = Place(unit.pk, role.pk, Decimal(1), TODAY + 10 * DAY)
    services.set_positions(person, [first, later], today=TODAY)
    shorter = Place(unit.pk, role.pk, Decimal("0.5"), TODAY - 10 * DAY)
    services.set_positions(person, [shorter], today=TODAY)
    [position] = Position.objects.filter(person=person)
    assert (position.share, position.ends_on) == (Decimal("0.5"), None)


def test_ending_a_position_keeps_its_history(
    organisation: Any, unit: OrgUnit, role: JobRole
) -> None:
    position = services.add_position(
        organisation.person, unit=unit, job_role=role, starts_on=TODAY, ends_on=TODAY + 5 * DAY
    )
    with pytest.raises(Refused, match="before it began"):
        services.end_position(position, on=TODAY - DAY)
    with pytest.raises(Refused, match="earlier"):
        services.end_position(position, on=TODAY + 6 * DAY)
    with time_machine.travel("2026-11-23T12:00:00Z", tick=False):
        services.end_position(position)
    assert Position.objects.get().ends_on == TODAY + DAY


def test_correcting_by_hand_checks_the_shares_as_they_will_be(
    organisation: Any, unit: OrgUnit, role: JobRole
) -> None:
    person = organisation.person
    first = services.add_position(person, unit=unit, job_role=role, starts_on=TODAY)
    second = Position(person=person, unit=unit, job_role=role, starts_on=TODAY)
    with pytest.raises(SharesRefused):
        services.save_positions(person, saved=[second])
    services.save_positions(person, saved=[second], removed=[first])
    assert [each.pk for each in Position.objects.all()] == [second.pk]


def test_position_share_is_above_zero_and_at_most_one(
    organisation: Any, unit: OrgUnit, role: JobRole
) -> None:
    for share in ("0", "1.001"):
        position = Position(
            person=organisation.person,
            unit=unit,
            job_role=role,
            starts_on=TODAY,
            share=Decimal(share),
        )
        with pytest.raises(ValidationError):
            position.full_clean()


def test_unit_at_path_makes_what_is_missing_and_nothing_twice(db: None) -> None:
    core = services.unit_at_path("Operations / Networks/Core")
    assert services.unit_at_path("Operations/Networks/Core") == core
    services.unit_at_path("Operations/Alpha")
    services.unit_at_path("Aaa/Networks")
    other = services.unit_at_path("Operations/Networks/Access")
    assert OrgUnit.objects.count() == 7
    assert OrgUnit.objects.find_problems() == ([], [], [], [], [])
    trails = unit_trails(OrgUnit.objects.filter(pk__in=[core.pk, other.pk]))
    assert [unit.name for unit in trails[core.pk]] == ["Operations", "Networks", "Core"]
    assert unit_trails([]) == {}
    with pytest.raises(Refused):
        services.unit_at_path("Operations//Core")
