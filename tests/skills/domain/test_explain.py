"""The explanation of one standing."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.domain.explain import Explanation, Need, explain
from skills.domain.policy import Policy
from skills.domain.rows import EvidenceRow, Settlement
from skills.domain.timeline import Turn
from skills.enums import EndReason, Rule
from tests.thoroughness import examples

Row = Callable[..., Any]


@pytest.fixture(scope="session")
def told(policy: Policy, ask: Any) -> Callable[..., Explanation]:
    late = ask().known_at

    def run(
        *rows: EvidenceRow,
        settlements: Iterable[Settlement] = (),
        skill: str = "plain",
        on: str = "2026-11-22",
    ) -> Explanation:
        day = date.fromisoformat(on)
        return explain(rows, settlements, skill=skill, policy=policy, as_of=day, known_at=late)

    return run


def ways(explanation: Explanation) -> dict[tuple[str, ...], tuple[Need, ...]]:
    return {tuple(need.kind for need in way): way for way in explanation.alternatives}


def test_from_nothing_every_kind_that_carries_a_level_leads_to_level_1(told: Any) -> None:
    explanation = told()
    assert explanation.next_level == 1
    assert all(need.level == 1 for way in explanation.alternatives for need in way)
    kinds = {way[0].kind for way in explanation.alternatives}
    assert "quiz" in kinds
    assert kinds.isdisjoint({"self_report", "completion"})
    assert explanation.alternatives[0][0].kind in {"quiz", "peer_validation"}
    assert (explanation.counting, explanation.no_longer, explanation.falls) == ((), (), ())


def test_keystone_level_2_takes_performance(told: Any, row: Row) -> None:
    keystone = told(row("quiz", 1, "2026-11-01", skill="keystone"), skill="keystone")
    assert ("adaptive_assessment",) not in ways(keystone)
    assert ways(keystone)[("practical_task",)] == (Need("practical_task", 2),)
    plain = told(row("quiz", 1, "2026-11-01"))
    assert ways(plain)[("adaptive_assessment",)] == (Need("adaptive_assessment", 2),)


def test_level_3_takes_what_is_missing_and_no_more(told: Any, row: Row) -> None:
    knows = ways(told(row("adaptive_assessment", 2, "2026-11-01")))
    assert knows[("practical_task_double",)] == (Need("practical_task_double", 3),)
    assert ("practical_task",) not in knows
    apart = Need("workplace_evidence", 3, artefacts=2, apart_days=60, not_routine=True)
    assert knows[("workplace_evidence",)] == (apart,)
    did = ways(told(row("practical_task_double", 3, "2026-11-01")))
    assert did[("adaptive_assessment",)] == (Need("adaptive_assessment", 2),)
    assert did[("drill",)] == (Need("drill", 2),)
    assert ("practical_task_double",) not in did


def test_one_more_artefact_is_enough_beside_an_older_one(told: Any, row: Row) -> None:
    old = row("workplace_evidence", 2, "2026-06-01", routine=True)
    found = ways(told(old, row("adaptive_assessment", 2, "2026-11-01")))
    assert found[("workplace_evidence",)] == (Need("workplace_evidence", 3, not_routine=True),)


def test_level_4_takes_panel_and_artefacts_together(told: Any, row: Row) -> None:
    rows = [
        row("practical_task_double", 3, "2026-11-01"),
        row("adaptive_assessment", 2, "2026-11-01"),
    ]
    explanation = told(*rows)
    assert explanation.next_level == 4
    assert [{need.kind for need in way} for way in explanation.alternatives] == [
        {"workplace_evidence", "panel"}
    ]
    panel = next(need for need in explanation.alternatives[0] if need.kind == "panel")
    assert panel == Need("panel", 4, effect_beyond_team=True)


def test_at_level_4_there_is_nothing_above(told: Any, row: Row) -> None:
    explanation = told(
        row("panel", 4, "2026-11-01", effect_beyond_team=True),
        row("workplace_evidence", 3, "2026-06-01"),
        row("workplace_evidence", 3, "2026-09-01"),
    )
    assert (explanation.next_level, explanation.alternatives) == (None, ())
    assert explanation.decision.rule is Rule.STEP_4


def test_open_review_is_named_and_a_retake_may_end_it(told: Any, row: Row) -> None:
    high = row("practical_task_double", 3, "2026-11-01")
    low = row("adaptive_assessment", 1, "2026-11-02", by="bank:x")
    explanation = told(high, low)
    assert explanation.review_open
    assert ways(explanation) == {
        ("adaptive_assessment",): (Need("adaptive_assessment", 2),),
    }
    by_person = told(high, replace(low, kind="drill", source=frozenset({"person:z"})))
    assert by_person.review_open
    assert by_person.alternatives == ()


@pytest.mark.parametrize(
    ("observed", "revoked_at"),
    [("2026-10-01", datetime(2026, 10, 3, tzinfo=UTC)), ("2026-12-01", None)],
)
def test_ways_do_not_depend_on_a_settled_row_that_is_revoked_or_still_to_come(
    told: Any, row: Row, observed: str, revoked_at: datetime | None
) -> None:
    did = row("practical_task_double", 3, "2026-11-01")
    gone = row("quiz", 1, observed, id=did.id + 1, revoked_at=revoked_at)
    october = datetime(2026, 10, 2, tzinfo=UTC)
    settled = Settlement(gone.id, did.id, october.date(), october)
    explanation = told(did, gone, settlements=[settled])
    assert explanation.alternatives == told(did).alternatives
    assert ways(explanation)[("drill",)] == (Need("drill", 2),)


def test_rows_are_split_by_whether_they_still_count(told: Any, row: Row) -> None:
    old = row("quiz", 1, "2020-01-01")
    new = row("quiz", 1, "2026-11-01")
    explanation = told(old, new)
    assert [each.row for each in explanation.counting] == [new]
    assert [(each.row, each.ended) for each in explanation.no_longer] == [(old, EndReason.LAPSED)]
    assert explanation.falls == (Turn(date(2027, 11, 1), 0),)


@settings(max_examples=examples(200))
@given(data=st.data())
def test_every_alternative_raises_the_level_and_each_of_its_needs_is_needed(
    data: st.DataObject, policy: Policy, ledgers: SimpleNamespace
) -> None:
    ledger = data.draw(ledgers.years)
    given = {"skill": ledger.skill, "policy": policy, "known_at": ledger.known_at}
    explanation = explain(ledger.rows, ledger.settlements, as_of=ledger.as_of, **given)
    seen = [each for each in ledger.rows if each.observed_on <= ledger.as_of]
    for way in explanation.alternatives[:6]:
        for needs, enough in [
            (way, True),
            *((way[:n] + way[n + 1 :], False) for n in range(len(way))),
        ]:
            new = [
                EvidenceRow(
                    id=10**6 + 10 * number + piece,
                    person="p",
                    skill=ledger.skill,
                    kind=need.kind,
                    demonstrated=need.level,
                    observed_on=ledger.as_of - timedelta(days=piece * need.apart_days),
                    recorded_at=ledger.known_at,
                    source=_realistic(need.kind, seen, ledger.known_at),
                    routine=piece > 0 or not need.not_routine,
                    effect_beyond_team=need.effect_beyond_team,
                )
                for number, need in enumerate(needs)
                for piece in range(need.artefacts)
            ]
            level = ledger.asked(policy, rows=[*seen, *new]).verified
            assert (level >= explanation.next_level) == enough


def _realistic(kind: str, seen: list[EvidenceRow], known_at: Any) -> frozenset[str]:
    """The bank of the newest known row of the kind, else a stranger."""
    known = [
        each
        for each in seen
        if each.kind == kind
        and each.recorded_at <= known_at
        and not (each.revoked_at and each.revoked_at <= known_at)
        and all(member.startswith("bank:") for member in each.source)
    ]
    known.sort(key=lambda each: (each.observed_on, each.recorded_at, each.id))
    return known[-1].source if known else frozenset({f"stranger:{kind}"})
