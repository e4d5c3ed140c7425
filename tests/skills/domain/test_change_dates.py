"""due_on and next_change_on against going through the days one by one."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.domain.policy import Policy
from tests.thoroughness import examples


def falls_of(plain: Any, day: date, horizon: date) -> list[date]:
    """Each day up to the horizon on which the level is lower than on the day before."""
    falls, before = [], plain.verified(day)
    while day < horizon:
        day += timedelta(days=1)
        level = plain.verified(day)
        if level < before:
            falls.append(day)
        before = level
    return falls


def next_in(days: list[date], day: date) -> date | None:
    return next((each for each in days if each > day), None)


def horizon_of(ledger: Any, plain: Any) -> date:
    """Nothing can change after the last lapse and the last settlement."""
    ends: list[date] = [dates[2] for dates in plain.dates.values()]
    last: date = max([ledger.as_of, *ends, *(each.decided_on for each in ledger.settlements)])
    return last


def check(ledger: Any, policy: Policy, naive: Any) -> None:
    standing = ledger.asked(policy)
    plain, seen = naive(ledger, policy), naive(ledger, policy, until=ledger.as_of)
    horizon = horizon_of(ledger, plain)
    falls = falls_of(seen, ledger.as_of, horizon)
    assert standing.due_on == next_in(falls, ledger.as_of)
    now, day, due = plain.whole(ledger.as_of), ledger.as_of, standing.due_on
    arrivals = {each.observed_on for each in plain.rows}
    last = standing.next_change_on or horizon
    while day < last:
        day += timedelta(days=1)
        if day in arrivals:
            falls = falls_of(naive(ledger, policy, until=day), day, horizon)
        moved = plain.whole(day) != now or next_in(falls, day) != due
        assert moved == (day == standing.next_change_on), day


@pytest.mark.slow
@settings(max_examples=examples(300))
@given(data=st.data())
def test_change_dates_of_short_half_lives_are_those_found_day_by_day(
    data: st.DataObject, policy: Policy, ledgers: SimpleNamespace, naive: Any
) -> None:
    check(data.draw(ledgers.brief), policy, naive)


@settings(max_examples=examples(60))
@given(data=st.data())
def test_change_dates_over_several_years_are_those_found_day_by_day(
    data: st.DataObject, policy: Policy, ledgers: SimpleNamespace, naive: Any
) -> None:
    check(data.draw(ledgers.yearly), policy, naive)
