"""Entry conditions, each from both sides."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.domain.entry import (
    Assessor,
    Entry,
    Lowered,
    admit,
    check_panel,
    level_of_marks,
    level_of_panel,
)
from skills.domain.policy import Policy, policy_from_document
from skills.enums import CeilingReason
from skills.exceptions import EntryRefused

TODAY = date(2026, 11, 22)
ANN, BEN, CAT = (Assessor(f"person:{name}", appointed=4) for name in ("ann", "ben", "cat"))

Admit = Callable[..., Lowered | None]


@pytest.fixture(scope="session")
def tried(policy: Policy) -> Admit:
    def run(kind: str, level: int, *assessors: Assessor, **more: Any) -> Lowered | None:
        source = frozenset(each.member for each in assessors) or frozenset({"issuer:x"})
        given: dict[str, Any] = {"source": source, "observed_on": TODAY, "assessors": assessors}
        return admit(Entry("person:me", kind, level, **(given | more)), policy=policy, today=TODAY)

    return run


def refused(code: str, run: Callable[[], object]) -> EntryRefused:
    with pytest.raises(EntryRefused) as caught:
        run()
    assert caught.value.code == code
    assert caught.value.field
    assert caught.value.message
    return caught.value


def test_nobody_vouches_for_themselves_except_in_a_self_report(tried: Admit) -> None:
    me = frozenset({"person:me"})
    assert tried("self_report", 4, source=me) is None
    refused("vouches_for_oneself", lambda: tried("peer_validation", 1, source=me))
    refused("vouches_for_oneself", lambda: tried("panel", 1, Assessor("person:me", 4), ANN, BEN))
    mine = Assessor("person:me", 4)
    refused("vouches_for_oneself", lambda: tried("credential_performance", 3, accepted_by=mine))


def test_evidence_needs_a_source(tried: Admit) -> None:
    refused("no_source", lambda: tried("peer_validation", 1, source=frozenset()))


def test_skill_check_has_enough_items(tried: Admit) -> None:
    assert tried("quiz", 1, item_count=8) is None
    refused("too_few_items", lambda: tried("quiz", 1, item_count=7))
    refused("too_few_items", lambda: tried("quiz", 1))


@pytest.mark.parametrize(
    ("kind", "assessors", "given"),
    [
        ("quiz", (), {"item_count": 8}),
        ("practical_task", (ANN,), {}),
        ("practical_task", (ANN,), {"top_level": 0}),
        ("practical_task", (ANN,), {"marks": (0,)}),
        ("practical_task_double", (ANN, BEN), {"marks": (0, 1)}),
        ("practical_task_double", (ANN, BEN, CAT), {"marks": (0, 0, 4)}),
    ],
)
def test_a_failed_quiz_or_task_is_no_evidence(
    tried: Admit, kind: str, assessors: tuple[Assessor, ...], given: dict[str, Any]
) -> None:
    assert refused("not_passed", lambda: tried(kind, 0, *assessors, **given)).field == (
        "demonstrated"
    )


def test_what_else_was_shown_is_evidence_also_at_0(tried: Admit) -> None:
    assert tried("adaptive_assessment", 0, standard_error=0.3) is None
    assert tried("peer_validation", 0) is None
    assert tried("drill", 0, ANN) is None
    assert tried("panel", 0, ANN, BEN, CAT, votes=(0, 0, 4)) is None
    assert tried("completion", 0) is None


def test_adaptive_result_is_certain_enough(tried: Admit) -> None:
    assert tried("adaptive_assessment", 2, standard_error=0.40) is None
    refused("standard_error_too_high", lambda: tried("adaptive_assessment", 2))
    for error in (0.401, float("nan")):
        uncertain = partial(tried, "adaptive_assessment", 2, standard_error=error)
        refused("standard_error_too_high", uncertain)


def test_limits_come_from_the_policy_version(document: dict[str, Any]) -> None:
    strict = policy_from_document(
        document | {"params": document["params"] | {"skill_check_items": 12}}
    )
    entry = Entry("person:me", "quiz", 1, TODAY, frozenset({"bank:x"}), item_count=8)
    refused("too_few_items", lambda: admit(entry, policy=strict, today=TODAY))


def test_dates_in_the_future_are_refused(tried: Admit) -> None:
    assert tried("peer_validation", 1, observed_on=TODAY) is None
    refused("future_date", lambda: tried("peer_validation", 1, observed_on=date(2026, 11, 23)))


def test_expiry_comes_after_the_date_observed(tried: Admit) -> None:
    assert tried("credential_knowledge", 2, accepted_by=ANN, expires_on=date(2026, 11, 23)) is None
    refused("expiry_not_after_observed", lambda: tried("credential_knowledge", 2, expires_on=TODAY))


def test_levels_lie_on_the_scale_and_within_the_task(tried: Admit) -> None:
    assert tried("peer_validation", 0, top_level=0) is None
    assert tried("peer_validation", 4, top_level=4) is None
    refused("level_off_scale", lambda: tried("peer_validation", 5))
    refused("level_off_scale", lambda: tried("peer_validation", -1))
    refused("level_off_scale", lambda: tried("peer_validation", 0, top_level=5))
    refused("above_top_level", lambda: tried("peer_validation", 2, top_level=1))


@pytest.mark.parametrize(
    ("marks", "level"),
    [([3], 3), ([2, 3], 2), ([3, 3], 3), ([1, 3, 2], 2), ([0, 4, 4], 4), ([1, 1, 4], 1)],
)
def test_two_marks_give_the_lower_and_three_the_median(marks: list[int], level: int) -> None:
    assert level_of_marks(marks) == level
    assert level_of_marks(marks[::-1]) == level


def test_two_marks_more_than_one_level_apart_need_a_third() -> None:
    assert refused("third_mark_needed", lambda: level_of_marks([1, 3])).field == "marks"
    refused("wrong_number_of_marks", lambda: level_of_marks([]))
    refused("wrong_number_of_marks", lambda: level_of_marks([1, 1, 1, 1]))
    refused("level_off_scale", lambda: level_of_marks([5]))


@given(st.lists(st.integers(0, 4), min_size=3, max_size=3))
def test_panel_gives_the_highest_level_that_two_of_three_support(votes: list[int]) -> None:
    level = level_of_panel(votes)
    assert sum(vote >= level for vote in votes) >= 2
    assert sum(vote >= level + 1 for vote in votes) < 2


def test_panel_is_three_people_with_at_most_one_from_the_own_line(tried: Admit) -> None:
    assert tried("panel", 4, ANN, BEN, replace(CAT, own_line=True)) is None
    refused("panel_not_three", lambda: tried("panel", 4, ANN, BEN))
    refused("panel_not_three", lambda: check_panel([ANN, ANN, BEN]))
    refused("panel_not_three", lambda: level_of_panel([4, 4]))
    line = [replace(each, own_line=True) for each in (BEN, CAT)]
    refused("panel_own_line", lambda: tried("panel", 4, ANN, *line))


def test_recorded_level_is_the_one_the_marks_give(tried: Admit) -> None:
    assert tried("practical_task_double", 2, ANN, BEN, marks=(2, 3)) is None
    assert tried("panel", 3, ANN, BEN, CAT, votes=(4, 3, 2)) is None
    refused(
        "level_not_from_marks", lambda: tried("practical_task_double", 3, ANN, BEN, marks=(2, 3))
    )
    refused("level_not_from_marks", lambda: tried("panel", 4, ANN, BEN, CAT, votes=(4, 3, 2)))


def test_each_person_in_the_source_is_an_assessor(tried: Admit) -> None:
    both = frozenset({"person:ann", "bank:x"})
    assert tried("drill", 3, ANN, source=both) is None
    refused("assessors_not_the_source", lambda: tried("drill", 3, ANN, source=both | {BEN.member}))
    refused("assessors_not_the_source", lambda: tried("drill", 3, source=frozenset({"bank:x"})))
    refused("second_mark_needed", lambda: tried("practical_task_double", 3, ANN))


@pytest.mark.parametrize(
    ("assessor", "reach"),
    [
        (Assessor("person:a"), 0),
        (Assessor("person:a", appointed=2), 2),
        (Assessor("person:a", appointed=1, held=3), 3),
        (Assessor("person:a", held=1), 1),
    ],
)
def test_reach_is_the_higher_of_appointment_and_level_held(assessor: Assessor, reach: int) -> None:
    assert assessor.reach == reach


def test_lowest_reach_below_the_recorded_level_lowers_the_ceiling(tried: Admit) -> None:
    short = replace(BEN, appointed=2)
    assert tried("practical_task_double", 2, ANN, short) is None
    assert tried("practical_task_double", 3, ANN, short) == (2, CeilingReason.ASSESSOR_REACH)
    assert tried("workplace_evidence", 3, replace(ANN, appointed=3)) is None


@pytest.mark.parametrize("level", [0, 1, 3])
def test_assessor_without_reach_is_refused_whatever_was_recorded(tried: Admit, level: int) -> None:
    stranger = Assessor("person:x", appointed=0)
    assert refused("no_reach", lambda: tried("drill", level, stranger)).field == "assessors"


def test_manager_validation_needs_an_example_and_grounds(tried: Admit) -> None:
    holder = Assessor("person:boss", held=2)
    trained = Assessor("person:boss", appointed=1, held=1)
    neither = Assessor("person:boss", held=1)

    def told(manager: Assessor | None, example: bool) -> Lowered | None:
        return tried("manager_validation", 2, manager=manager, has_dated_example=example)

    assert told(holder, True) is None
    assert told(trained, True) is None
    assert told(holder, False) == (1, CeilingReason.NO_DATED_EXAMPLE)
    assert told(neither, True) == (1, CeilingReason.MANAGER_BELOW_LEVEL_2)
    assert told(None, True) == (1, CeilingReason.MANAGER_BELOW_LEVEL_2)


@pytest.mark.parametrize(
    "kind", ["credential_unproctored", "credential_knowledge", "credential_performance"]
)
@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_every_credential_says_that_it_awaits_acceptance(
    tried: Admit, kind: str, level: int
) -> None:
    assert tried(kind, level) == (2, CeilingReason.AWAITS_ACCEPTANCE)
    assert tried(kind, level, accepted_by=ANN) is None


def test_credential_awaits_acceptance_at_level_2(tried: Admit) -> None:
    assert tried("credential_performance", 3) == (2, CeilingReason.AWAITS_ACCEPTANCE)
    assert tried("credential_performance", 3, accepted_by=ANN) is None
    short = replace(ANN, appointed=1)
    assert tried("credential_performance", 3, accepted_by=short) == (
        1,
        CeilingReason.ASSESSOR_REACH,
    )
    nobody = replace(ANN, appointed=None)
    refusal = refused("no_reach", lambda: tried("credential_performance", 3, accepted_by=nobody))
    assert refusal.field == "accepted_by"


def test_levels_3_and_4_have_a_persons_decision_behind_them_under_any_policy(
    document: dict[str, Any],
) -> None:
    kinds = document["kinds"]
    bold = kinds | {"adaptive_assessment": kinds["adaptive_assessment"] | {"max_level": 4}}
    policy = policy_from_document(document | {"kinds": bold})
    entry = Entry(
        "person:me", "adaptive_assessment", 4, TODAY, frozenset({"bank:x"}), standard_error=0.1
    )
    lowered = admit(entry, policy=policy, today=TODAY)
    assert lowered == (2, CeilingReason.NO_PERSON_DECIDED)
