"""What holds for every evidence set."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.domain.policy import Policy
from skills.domain.standing import Answer, answer, forecast, verified_on
from skills.enums import EndReason, Phase, State
from tests.thoroughness import examples

MANY = settings(max_examples=examples(400))
FEWER = settings(max_examples=examples(250))


def whole(standing: Any) -> tuple[Any, ...]:
    return (
        standing.verified,
        standing.claimed,
        standing.claimed_on,
        standing.state,
        standing.strength,
        {(pair.higher, pair.lower) for pair in standing.under_review},
    )


def pairs_of(standing: Any) -> set[tuple[int, int]]:
    return {(pair.higher, pair.lower) for pair in standing.under_review}


@pytest.mark.slow
@settings(max_examples=examples(2500))
@given(data=st.data())
def test_standing_agrees_with_the_policy_read_word_by_word(
    data: st.DataObject, policy: Policy, ledgers: SimpleNamespace, naive: Any
) -> None:
    ledger = data.draw(st.one_of(ledgers.years, ledgers.brief))
    assert whole(ledger.asked(policy)) == naive(ledger, policy).whole(ledger.as_of)


@pytest.mark.slow
@settings(max_examples=examples(1500))
@given(data=st.data())
def test_the_answer_is_the_standing_without_its_reasons(
    data: st.DataObject, policy: Policy, ledgers: SimpleNamespace
) -> None:
    ledger = data.draw(st.one_of(ledgers.years, ledgers.brief))
    told = answer(
        ledger.rows,
        ledger.settlements,
        skill=ledger.skill,
        policy=policy,
        as_of=ledger.as_of,
        known_at=ledger.known_at,
    )
    standing = ledger.asked(policy)
    assert told == tuple(getattr(standing, name) for name in Answer._fields)


@MANY
@given(data=st.data())
def test_order_of_rows_makes_no_difference(
    data: st.DataObject, policy: Policy, ledgers: SimpleNamespace
) -> None:
    ledger = data.draw(ledgers.years)
    shuffled = data.draw(st.permutations(ledger.rows))
    settled = tuple(reversed(ledger.settlements))
    assert ledger.asked(policy, rows=shuffled, settlements=settled) == ledger.asked(policy)


@MANY
@given(data=st.data())
def test_verified_lies_on_the_scale_and_is_explained(
    data: st.DataObject, policy: Policy, ledgers: SimpleNamespace
) -> None:
    ledger = data.draw(ledgers.years)
    standing = ledger.asked(policy)
    assert 0 <= standing.verified <= 4
    assert standing.verified == standing.decision.level <= standing.decision.ladder_level
    assert bool(standing.decision.rows) == (standing.decision.ladder_level > 0)
    assert bool(standing.decision.lacks) == (standing.decision.level < 4)
    assert (standing.state is State.UNDER_REVIEW) == bool(standing.under_review)


@FEWER
@given(data=st.data())
def test_level_never_rises_with_time_alone_unless_a_contradiction_ends(
    data: st.DataObject, policy: Policy, ledgers: SimpleNamespace
) -> None:
    ledger = data.draw(ledgers.years)
    newest = max((each.observed_on for each in ledger.rows), default=ledger.as_of)
    day = max(newest, ledger.as_of)
    before = ledger.asked(policy, as_of=day, settlements=())
    for _ in range(25):
        day += timedelta(days=data.draw(st.integers(1, 120)))
        after = ledger.asked(policy, as_of=day, settlements=())
        assert after.verified <= before.verified or pairs_of(before) - pairs_of(after)
        before = after


@MANY
@given(data=st.data())
def test_adding_a_row_never_lowers_the_level_unless_it_contradicts_or_replaces(
    data: st.DataObject, policy: Policy, ledgers: SimpleNamespace
) -> None:
    ledger = data.draw(ledgers.years.filter(lambda each: each.rows))
    new = data.draw(st.sampled_from(ledger.rows))
    rest = tuple(each for each in ledger.rows if each is not new)
    settled = tuple(each for each in ledger.settlements if each.kept != new.id)
    without = ledger.asked(policy, rows=rest, settlements=settled)
    with_it = ledger.asked(policy, settlements=settled)
    opened = pairs_of(with_it) - pairs_of(without)
    replaces = any(each.ended_by == new.id for each in with_it.contributions)
    assert with_it.verified >= without.verified or opened or replaces


@MANY
@given(data=st.data())
def test_after_a_revocation_the_row_had_never_been(
    data: st.DataObject, policy: Policy, ledgers: SimpleNamespace
) -> None:
    ledger = data.draw(ledgers.years.filter(lambda each: each.rows))
    gone = data.draw(st.sampled_from(ledger.rows))
    revoked = tuple(
        replace(each, revoked_at=ledger.known_at) if each is gone else each for each in ledger.rows
    )
    never = tuple(each for each in ledger.rows if each is not gone)
    assert ledger.asked(policy, rows=revoked) == ledger.asked(policy, rows=never)


@MANY
@given(data=st.data())
def test_rows_recorded_after_known_at_do_not_exist(
    data: st.DataObject, policy: Policy, ledgers: SimpleNamespace
) -> None:
    ledger = data.draw(ledgers.years)
    known = tuple(each for each in ledger.rows if each.recorded_at <= ledger.known_at)
    assert ledger.asked(policy, rows=known) == ledger.asked(policy)


@MANY
@given(data=st.data())
def test_self_reports_move_nothing_but_the_claim(
    data: st.DataObject, policy: Policy, ledgers: SimpleNamespace
) -> None:
    ledger = data.draw(ledgers.years)
    silent = tuple(each for each in ledger.rows if each.kind != "self_report")
    with_it, without = ledger.asked(policy), ledger.asked(policy, rows=silent)
    assert (with_it.verified, with_it.state, with_it.strength, with_it.due_on) == (
        without.verified,
        without.state,
        without.strength,
        without.due_on,
    )


@MANY
@given(data=st.data())
def test_every_contribution_says_what_it_adds_or_why_it_ended(
    data: st.DataObject, policy: Policy, ledgers: SimpleNamespace, naive: Any
) -> None:
    ledger = data.draw(ledgers.years)
    told = {each.row.id: each for each in ledger.asked(policy).contributions}
    plain = naive(ledger, policy)
    levels = {each.id: level for each, level in plain.contributions(ledger.as_of)}
    assert {each.id for each in plain.rows if each.observed_on <= ledger.as_of} == set(told)
    for number, each in told.items():
        assert each.level == levels.get(number, 0)
        assert (each.phase is Phase.ENDED) == (number not in levels) == (each.ended is not None)
        assert each.ended is None or each.ended_on <= ledger.as_of
        assert (each.ended_by is not None) == (each.ended is EndReason.REPLACED)


@FEWER
@given(data=st.data())
def test_forecast_and_verified_on_tell_the_same_level(
    data: st.DataObject, policy: Policy, ledgers: SimpleNamespace
) -> None:
    ledger = data.draw(ledgers.brief)
    seen = tuple(each for each in ledger.rows if each.observed_on <= ledger.as_of)
    asked = {"skill": ledger.skill, "policy": policy, "known_at": ledger.known_at}
    turns = forecast(ledger.rows, ledger.settlements, as_of=ledger.as_of, **asked)
    level, day = ledger.asked(policy).verified, ledger.as_of
    for turn in turns:
        eve = turn.on - timedelta(days=1)
        assert verified_on(seen, ledger.settlements, as_of=eve, **asked) == level != turn.level
        assert verified_on(seen, ledger.settlements, as_of=turn.on, **asked) == turn.level
        assert turn.on > day
        level, day = turn.level, turn.on
    assert level == 0
