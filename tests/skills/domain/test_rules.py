"""Single rules of the policy, each from both sides."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skills.domain.ladder import different_sources
from skills.domain.policy import Policy, policy_from_document
from skills.domain.rows import Settlement, derive_dates
from skills.domain.standing import Standing
from skills.enums import EndReason, Lack, Phase, Rule, State
from skills.exceptions import UnknownInPolicy
from tests.thoroughness import examples

Row = Callable[..., Any]
Ask = Callable[..., Standing]


def told(standing: Standing, row: Any) -> Any:
    return next(each for each in standing.contributions if each.row is row)


# --- dates -----------------------------------------------------------------------------------


def test_dates_follow_half_life_and_validity_factor(policy: Policy, row: Row) -> None:
    skill = policy.skill("plain")
    observed = date(2026, 1, 1)
    days = [
        (each - observed).days
        for each in derive_dates(row("practical_task", 2, observed), skill, policy)
    ]
    assert days == [365, 548, 1461]


def test_ageing_is_never_later_than_stale(policy: Policy, row: Row) -> None:
    dates = derive_dates(row("quiz", 1, "2026-01-01"), policy.skill("plain-18"), policy)
    assert dates.ageing_on == dates.stale_on == date(2026, 10, 2)


@pytest.mark.parametrize(
    ("expiry", "expected"),
    [
        ("2026-03-01", ("2026-03-01", "2026-03-01", "2026-03-01")),
        ("2027-06-01", ("2027-01-01", "2027-06-01", "2027-06-01")),
        ("2029-01-01", ("2027-01-01", "2028-01-02", "2029-01-01")),
        ("2035-01-01", ("2027-01-01", "2028-01-02", "2030-01-01")),
    ],
)
def test_earlier_issuers_expiry_ends_a_row_and_pulls_the_other_dates(
    policy: Policy, row: Row, expiry: str, expected: tuple[str, ...]
) -> None:
    credential = row(
        "credential_performance", 3, "2026-01-01", expires_on=date.fromisoformat(expiry)
    )
    dates = derive_dates(credential, policy.skill("plain"), policy)
    assert tuple(each.isoformat() for each in dates) == expected


def test_completion_is_worth_nothing_from_its_first_day(row: Row, ask: Ask) -> None:
    done = row("completion", 4, "2026-11-22")
    standing = ask(done)
    assert (standing.verified, standing.state) == (0, State.NOT_EVIDENCED)
    assert told(standing, done).ended is EndReason.NEVER_COUNTS


def test_kind_or_skill_the_policy_lacks_is_an_error(row: Row, ask: Ask) -> None:
    with pytest.raises(UnknownInPolicy, match="kind 'tarot'"):
        ask(row("tarot", 4, "2026-11-01"))
    with pytest.raises(UnknownInPolicy, match="skill 'juggling'"):
        ask(row("quiz", 1, "2026-11-01", skill="juggling"))


def test_rows_of_two_people_or_skills_are_refused(row: Row, ask: Ask) -> None:
    quiz = row("quiz", 1, "2026-11-01")
    with pytest.raises(ValueError, match="one person"):
        ask(quiz, row("quiz", 1, "2026-11-01", person="q"))
    with pytest.raises(ValueError, match="one skill"):
        ask(quiz, row("quiz", 1, "2026-11-01", skill="keystone"))


# --- which rows count ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "replaces"),
    [
        ({}, True),
        ({"top_level": 2}, True),
        ({"top_level": 1}, False),
        ({"by": "person:b"}, False),
        ({"source": frozenset({"person:a", "person:b"})}, False),
        ({"kind": "drill"}, False),
    ],
)
def test_later_row_of_same_kind_and_source_that_could_show_as_much_replaces(
    row: Row, ask: Ask, second: dict[str, Any], replaces: bool
) -> None:
    first = row("practical_task", 2, "2026-08-01", by="person:a")
    given = {"kind": "practical_task", "by": "person:a"} | second
    later = row(given.pop("kind"), 1, "2026-09-01", **given)
    standing = ask(first, later)
    assert standing.verified == (1 if replaces else 2)
    shown = told(standing, first)
    assert shown.ended is (EndReason.REPLACED if replaces else None)
    assert (shown.ended_on, shown.ended_by) == (
        (date(2026, 9, 1), later.id) if replaces else (None, None)
    )
    assert ask(first, later, on="2026-08-31").verified == 2


def test_on_one_day_the_row_recorded_later_replaces(row: Row, ask: Ask) -> None:
    morning = row("quiz", 0, "2026-09-01", by="bank:x")
    evening = replace(morning, demonstrated=1, recorded_at=morning.recorded_at + timedelta(hours=9))
    evening = replace(evening, id=morning.id - 1)
    assert ask(morning, evening).verified == 1
    same_moment = replace(evening, recorded_at=morning.recorded_at)
    assert ask(morning, same_moment).verified == 0


def test_artefacts_are_never_replaced(row: Row, ask: Ask) -> None:
    first = row("workplace_evidence", 2, "2026-08-01", by="person:a")
    later = row("workplace_evidence", 0, "2026-10-01", by="person:a")
    assert ask(first, later).verified == 2


def test_row_set_aside_stops_counting_that_day_and_what_it_replaced_stays_replaced(
    row: Row, ask: Ask
) -> None:
    first = row("practical_task", 2, "2026-06-01", by="person:a")
    second = row("practical_task", 1, "2026-08-01", by="person:a")
    day = date(2026, 9, 1)
    settled = [Settlement(second.id, first.id, day, datetime(2026, 9, 3, tzinfo=UTC))]
    assert ask(first, second, settlements=settled, on="2026-08-31").verified == 1
    standing = ask(first, second, settlements=settled, on="2026-09-01")
    assert (standing.verified, standing.state) == (0, State.LAPSED)
    assert told(standing, second).ended is EndReason.SET_ASIDE
    assert told(standing, first).ended is EndReason.REPLACED
    unknown = datetime(2026, 9, 2, tzinfo=UTC)
    assert ask(first, second, settlements=settled, known_at=unknown).verified == 1


def test_revoked_row_replaces_nothing_and_was_known_until_then(row: Row, ask: Ask) -> None:
    first = row("practical_task", 2, "2026-06-01", by="person:a")
    when = datetime(2026, 9, 1, tzinfo=UTC)
    second = row("practical_task", 1, "2026-08-01", by="person:a", revoked_at=when)
    assert ask(first, second).verified == 2
    assert ask(first, second, known_at=when).verified == 2
    assert ask(first, second, known_at=when - timedelta(seconds=1)).verified == 1


def test_row_counts_from_the_day_observed(row: Row, ask: Ask) -> None:
    quiz = row("quiz", 1, "2026-11-22")
    before = ask(quiz, on="2026-11-21")
    assert (before.verified, before.state, before.contributions) == (0, State.NOT_EVIDENCED, ())
    assert before.next_change_on == date(2026, 11, 22)
    assert before.due_on is None
    assert ask(quiz, on="2026-11-22").verified == 1


def test_newest_self_report_is_the_claim_whatever_its_age(row: Row, ask: Ask) -> None:
    old, new = row("self_report", 4, "2015-01-01"), row("self_report", 1, "2015-06-01")
    standing = ask(new, old)
    assert (standing.claimed, standing.claimed_on) == (1, date(2015, 6, 1))
    assert (standing.verified, standing.strength, standing.state) == (0, 0, State.NOT_EVIDENCED)
    revoked = replace(new, revoked_at=new.recorded_at)
    assert ask(revoked, old).claimed == 4
    assert ask(new, old, on="2015-05-31").claimed == 4


# --- contributions ---------------------------------------------------------------------------


def test_contribution_steps_down_on_its_days(row: Row, ask: Ask) -> None:
    task = row("practical_task", 2, "2024-01-01")
    seen = {
        on: (told(ask(task, on=on), task).level, told(ask(task, on=on), task).phase)
        for on in ("2024-12-30", "2024-12-31", "2025-07-01", "2025-07-02", "2027-12-31")
    }
    assert seen == {
        "2024-12-30": (2, Phase.FRESH),
        "2024-12-31": (2, Phase.AGEING),
        "2025-07-01": (2, Phase.AGEING),
        "2025-07-02": (1, Phase.STALE),
        "2027-12-31": (1, Phase.STALE),
    }
    assert ask(task, on="2028-01-01").state is State.LAPSED


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [
        (("2026-01-01", 3, False), ("2026-03-02", 3, True), 3),
        (("2026-01-01", 3, True), ("2026-03-02", 3, False), 3),
        (("2026-01-01", 3, True), ("2026-03-02", 3, True), 2),
        (("2026-01-01", 3, False), ("2026-03-01", 3, False), 2),
        (("2026-01-01", 3, False), ("2026-03-02", 2, False), 3),
        (("2026-01-01", 3, False), ("2026-03-02", 1, False), 2),
    ],
)
def test_artefact_carries_3_only_beside_a_supporting_one(
    row: Row,
    ask: Ask,
    first: tuple[str, int, bool],
    second: tuple[str, int, bool],
    level: int,
) -> None:
    pair = [row("workplace_evidence", shown, on, routine=r) for on, shown, r in (first, second)]
    assert told(ask(*pair, on="2026-03-10"), pair[0]).level == level


def test_artefact_falls_to_2_on_the_day_its_support_lapses(row: Row, ask: Ask) -> None:
    support = row("workplace_evidence", 2, "2023-01-01")
    strong = row("workplace_evidence", 3, "2026-01-01")
    adaptive = row("adaptive_assessment", 2, "2026-10-01")
    lapse = date(2027, 1, 1)
    standing = ask(support, strong, adaptive)
    assert (standing.verified, standing.due_on) == (3, lapse)
    day_after = ask(support, strong, adaptive, on="2027-01-01")
    assert (day_after.verified, told(day_after, strong).capped) == (2, 2)


@pytest.mark.parametrize(("effect", "level"), [(True, 4), (False, 3)])
def test_panel_carries_4_only_with_effect_beyond_the_team(
    row: Row, ask: Ask, effect: bool, level: int
) -> None:
    panel = row("panel", 4, "2026-11-01", effect_beyond_team=effect)
    assert told(ask(panel), panel).level == level


def test_lowered_ceiling_caps_and_a_higher_one_does_not_lift(row: Row, ask: Ask) -> None:
    assert ask(row("practical_task", 2, "2026-11-01", ceiling=1)).verified == 1
    assert ask(row("practical_task", 4, "2026-11-01", ceiling=4)).verified == 2


# --- the ladder ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "level"),
    [
        (("adaptive_assessment", 2, "bank:x"), 3),
        (("adaptive_assessment", 1, "bank:x"), 2),
        (("quiz", 4, "bank:x"), 2),
        (("practical_task_double", 3, "person:z"), 2),
        (("practical_task", 2, "person:a"), 2),
        (("practical_task", 2, "person:z"), 3),
    ],
)
def test_level_3_needs_another_kind_and_another_source(
    row: Row, ask: Ask, second: tuple[str, int, str], level: int
) -> None:
    kind, shown, by = second
    strong = row("practical_task_double", 3, "2026-10-01", by="person:a")
    other = row(kind, shown, "2026-10-02", by=by, top_level=max(shown, 1))
    assert ask(strong, other).verified == level


def test_level_3_needs_performance(row: Row, ask: Ask) -> None:
    both = [row("adaptive_assessment", 2, "2026-11-01"), row("manager_validation", 2, "2026-11-01")]
    standing = ask(*both)
    assert (standing.verified, standing.decision.lacks) == (2, (Lack.PERFORMANCE_3,))


def test_decision_names_the_rule_its_rows_and_what_lacks(row: Row, ask: Ask) -> None:
    nothing = ask().decision
    assert (nothing.rule, nothing.lacks) == (Rule.NO_EVIDENCE, (Lack.ANY_EVIDENCE,))
    quiz = row("quiz", 1, "2026-11-01", skill="keystone")
    assert ask(quiz).decision.lacks == (Lack.PERFORMANCE_2,)
    assert ask(replace(quiz, skill="plain")).decision.lacks == (Lack.LEVEL_2,)
    task = row("practical_task_double", 3, "2026-11-01", skill="keystone")
    second = ask(quiz, task).decision
    assert (second.rule, second.rows, second.lacks) == (
        Rule.STEP_2,
        (task.id,),
        (Lack.CORROBORATION,),
    )
    drill = row("drill", 2, "2026-11-01", skill="keystone")
    third = ask(quiz, task, drill).decision
    assert (third.rule, third.rows) == (Rule.STEP_3, (task.id, drill.id))
    assert third.lacks == (Lack.PANEL_4, Lack.WORKPLACE_3)


def test_level_4_needs_both_panel_and_artefacts(row: Row, ask: Ask) -> None:
    panel = row("panel", 4, "2026-11-01", effect_beyond_team=True)
    work = [row("workplace_evidence", 3, day) for day in ("2026-06-01", "2026-09-01")]
    assert ask(panel, *work).verified == 4
    assert ask(panel, *work).decision.lacks == ()
    assert ask(panel, work[0]).decision.lacks == (Lack.WORKPLACE_3,)
    weak = replace(panel, demonstrated=3)
    assert ask(weak, *work).decision.lacks == (Lack.PANEL_4,)


@pytest.mark.parametrize(
    ("sources", "count"),
    [
        ([], 0),
        (["a"], 1),
        (["a", "a"], 1),
        (["a", "ab"], 1),
        (["ab", "bc"], 1),
        (["ab", "bc", "cd"], 2),
        (["ab", "bc", "ca"], 1),
        (["ab", "bc", "cd", "da"], 2),
        (["abx", "bcx", "cdx", "dax", "e"], 2),
        (["ab", "bc", "ca", "de", "ef", "fd", "g"], 3),
        (["ab", "ac", "ad", "bc", "bd", "cd"], 2),
    ],
)
def test_strength_counts_sources_that_share_no_member(sources: list[str], count: int) -> None:
    assert different_sources([frozenset(each) for each in sources]) == count


@settings(max_examples=examples(300))
@given(st.lists(st.frozensets(st.integers(0, 8), min_size=1, max_size=3), max_size=9))
def test_strength_is_the_largest_number_of_sources_that_all_differ(
    sets: list[frozenset[int]],
) -> None:
    sources = {frozenset(map(str, each)) for each in sets}
    most = max(
        len(chosen)
        for size in range(len(sources) + 1)
        for chosen in combinations(sources, size)
        if all(one.isdisjoint(other) for one, other in combinations(chosen, 2))
    )
    assert different_sources(sources) == most


def test_performance_and_support_are_asked_for_under_any_policy(
    document: dict[str, Any], row: Row, ask: Ask
) -> None:
    kinds = document["kinds"]
    bold = kinds | {"manager_validation": kinds["manager_validation"] | {"max_level": 3}}
    params = document["params"] | {"workplace_artefacts_apart_days": 0}
    policy = policy_from_document(document | {"kinds": bold, "params": params})
    word = row("manager_validation", 3, "2026-11-01")
    assert ask(word, row("adaptive_assessment", 2, "2026-11-01"), policy=policy).verified == 2
    alone = row("workplace_evidence", 3, "2026-11-01")
    assert told(ask(alone, policy=policy), alone).level == 2


# --- the days it changes ----------------------------------------------------------------------


def test_due_on_is_the_first_fall_even_after_a_rise(row: Row, ask: Ask) -> None:
    high = row("practical_task_double", 3, "2026-06-01")
    low = row("adaptive_assessment", 0, "2026-06-10", expires_on=date(2026, 12, 1))
    standing = ask(high, low)
    assert (standing.verified, standing.next_change_on) == (0, date(2026, 12, 1))
    assert standing.due_on == date(2030, 6, 1)


def test_due_on_leaves_out_what_had_not_arrived_by_as_of(row: Row, ask: Ask) -> None:
    old = row("practical_task", 2, "2024-01-01", by="person:a")
    new = row("practical_task", 2, "2025-01-01", by="person:a")
    then = ask(old, new, on="2024-06-01")
    assert then.due_on == date(2025, 7, 2)
    assert then.next_change_on == date(2024, 12, 31)
    assert ask(old, new, on="2025-01-01").due_on == date(2026, 7, 3)


def test_arrival_that_only_moves_due_on_is_a_change(row: Row, ask: Ask) -> None:
    old = row("practical_task", 2, "2024-01-01", by="person:a")
    new = row("practical_task", 2, "2024-03-01", by="person:a")
    assert ask(old, new, on="2024-02-01").next_change_on == date(2024, 3, 1)


# --- state -----------------------------------------------------------------------------------


def test_state_moves_from_current_to_lapsed(row: Row, ask: Ask) -> None:
    task = row("drill", 3, "2024-01-01")
    states = {on: ask(task, on=on).state for on in ("2024-12-30", "2024-12-31", "2027-12-31")}
    assert list(states.values()) == [State.CURRENT, State.STALE, State.STALE]
    assert ask(task, on="2028-01-01").state is State.LAPSED
    panel = row("panel", 2, "2024-01-01")
    assert ask(panel, on="2024-12-31").state is State.AGEING
    assert ask(panel, on="2026-01-01").state is State.STALE


def test_state_is_current_while_fresh_rows_alone_carry_the_level(row: Row, ask: Ask) -> None:
    old, new = row("panel", 2, "2025-01-01"), row("adaptive_assessment", 2, "2026-11-01")
    assert ask(old).state is State.AGEING
    assert ask(old, new).state is State.CURRENT
    assert ask(old, replace(new, demonstrated=1, top_level=1)).state is State.AGEING


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, State.LAPSED),
        ({"demonstrated": 0}, State.NOT_EVIDENCED),
        ({"ceiling": 0}, State.NOT_EVIDENCED),
        ({"revoked_at": datetime(2021, 1, 1, tzinfo=UTC)}, State.NOT_EVIDENCED),
    ],
)
def test_never_done_and_done_but_lapsed_stay_different(
    row: Row, ask: Ask, more: dict[str, Any], state: State
) -> None:
    assert ask(replace(row("quiz", 1, "2020-01-01"), **more)).state is state


def test_row_set_aside_on_its_first_day_never_contributed(row: Row, ask: Ask) -> None:
    quiz = row("quiz", 1, "2026-01-01")
    claim = row("self_report", 1, "2026-01-01")
    settled = [Settlement(quiz.id, claim.id, date(2026, 1, 1), datetime(2026, 1, 2, tzinfo=UTC))]
    assert ask(quiz, claim, settlements=settled).state is State.NOT_EVIDENCED


def test_issuers_expiry_is_named_as_the_reason(row: Row, ask: Ask) -> None:
    credential = row("credential_knowledge", 2, "2026-01-01", expires_on=date(2026, 6, 1))
    ended = told(ask(credential), credential)
    assert (ended.ended, ended.ended_on) == (EndReason.ISSUER_EXPIRED, date(2026, 6, 1))
    old = row("credential_knowledge", 2, "2020-01-01")
    assert told(ask(old), old).ended is EndReason.LAPSED
