"""When two results contradict each other, what that holds down, and how it ends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from skills.domain.contradiction import Pair
from skills.domain.rows import Settlement
from skills.domain.standing import Standing
from skills.enums import Lack, Rule, State

Row = Callable[..., Any]
Ask = Callable[..., Standing]


@pytest.mark.parametrize(
    ("days_after", "open_"), [(-15, False), (-14, True), (0, True), (60, True), (61, False)]
)
def test_low_result_contradicts_from_14_days_before_to_60_after(
    row: Row, ask: Ask, days_after: int, open_: bool
) -> None:
    high = row("practical_task_double", 3, "2026-06-01")
    low = row("adaptive_assessment", 1, date(2026, 6, 1) + timedelta(days=days_after))
    standing = ask(high, low)
    assert (standing.state is State.UNDER_REVIEW) == open_
    assert standing.verified == (1 if open_ else 2)
    if open_:
        assert standing.under_review == (Pair(high.id, low.id, 1),)
        assert standing.decision.rule is Rule.CONTRADICTION
        assert standing.decision.lacks == (Lack.REVIEW_SETTLED,)
        assert standing.decision.ladder_level == 2


@pytest.mark.parametrize(
    ("kind", "level", "more"),
    [
        ("adaptive_assessment", 2, {}),
        ("adaptive_assessment", 1, {"top_level": 1}),
        ("adaptive_assessment", 1, {"source": frozenset({"bank:x", "person:a"})}),
        ("adaptive_assessment", 1, {"ceiling": 1}),
        ("quiz", 0, {}),
        ("peer_validation", 0, {}),
        ("self_report", 0, {}),
    ],
)
def test_no_contradiction_by_a_near_capped_or_weak_row_or_the_same_source(
    row: Row, ask: Ask, kind: str, level: int, more: dict[str, Any]
) -> None:
    high = row("practical_task_double", 3, "2026-06-01", by="person:a")
    standing = ask(high, row(kind, level, "2026-06-10", **more))
    assert standing.under_review == ()
    assert standing.verified >= 2


def test_lowest_of_several_low_results_holds_the_level(row: Row, ask: Ask) -> None:
    high = row("practical_task_double", 3, "2026-06-01")
    lows = [row("adaptive_assessment", 1, "2026-06-02"), row("drill", 0, "2026-06-03")]
    standing = ask(high, *lows)
    assert (standing.verified, len(standing.under_review)) == (0, 2)
    assert standing.state is State.UNDER_REVIEW


def test_contradiction_does_not_end_by_staleness_but_by_lapse(row: Row, ask: Ask) -> None:
    high = row("practical_task_double", 3, "2024-01-01")
    low = row("adaptive_assessment", 0, "2024-01-31")
    stale = ask(high, low, on="2027-12-31")
    assert (stale.verified, stale.state) == (0, State.UNDER_REVIEW)
    assert stale.next_change_on == date(2028, 1, 1)
    raised = row("workplace_evidence", 3, "2024-02-01")
    support = row("workplace_evidence", 2, "2023-06-01")
    upheld = ask(replace(low, demonstrated=1), raised, support, on="2027-05-31")
    assert upheld.state is State.UNDER_REVIEW
    assert upheld.next_change_on == date(2027, 6, 1)
    assert ask(replace(low, demonstrated=1), raised, support, on="2027-06-01").verified == 1
    ended = ask(replace(low, demonstrated=1), raised, support, on="2027-06-01")
    assert ended.state is not State.UNDER_REVIEW


def test_settled_contradiction_gives_the_level_back(row: Row, ask: Ask) -> None:
    high = row("practical_task_double", 3, "2026-06-01")
    low = row("adaptive_assessment", 0, "2026-06-10")
    july = datetime(2026, 7, 1, tzinfo=UTC)
    settled = [Settlement(low.id, high.id, july.date(), july)]
    before = ask(high, low, settlements=settled, on="2026-06-30")
    assert (before.verified, before.next_change_on) == (0, date(2026, 7, 1))
    assert ask(high, low, settlements=settled).verified == 2
    other = [replace(settled[0], row=high.id), replace(settled[0], row=10**9)]
    assert ask(high, low, settlements=other).verified == 0


def test_settlement_of_a_pair_with_a_revoked_row_never_was(row: Row, ask: Ask) -> None:
    high = row("practical_task_double", 3, "2026-06-01")
    low = row("adaptive_assessment", 0, "2026-06-10")
    july = datetime(2026, 7, 1, tzinfo=UTC)
    settled = [Settlement(high.id, low.id, july.date(), july)]
    assert ask(high, low, settlements=settled).verified == 0
    mistake = replace(low, revoked_at=july + timedelta(days=9))
    after = ask(high, mistake, settlements=settled)
    assert (after.verified, after.state) == (2, ask(high).state)
    assert ask(high, mistake, settlements=settled, known_at=july + timedelta(days=1)).verified == 0
