"""Policy versions: what a document may say and what follows from it."""

import json
from copy import deepcopy
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.domain.policy import (
    Policy,
    days,
    document_from_framework,
    policy_from_document,
    shortened_half_life,
    span_of,
)
from skills.exceptions import PolicyInvalid, UnknownInPolicy


def test_shipped_framework_is_a_valid_policy(framework: dict[str, Any]) -> None:
    document = document_from_framework(framework)
    policy = policy_from_document(json.loads(json.dumps(document)))
    assert policy.version == "1"
    assert len(policy.skills) == len(framework["skills"])
    assert policy.kind("quiz").max_level == 1
    assert policy.skill("core-discernment").keystone
    assert policy.span("core-discernment", "completion").lapse.days == 0
    assert policy == policy_from_document(document)


@pytest.mark.parametrize(("months", "expected"), [(24, 731), (12, 365), (18, 548), (48, 1461)])
def test_months_become_whole_days(months: int, expected: int) -> None:
    assert days(months) == expected


def test_assumed_use_shortens_the_half_life(document: dict[str, Any]) -> None:
    assert shortened_half_life(Fraction(24), Fraction(1), Fraction(11)) == 24
    half = policy_from_document(
        document | {"params": document["params"] | {"assumed_use": 0.5}}
    ).skill("plain")
    assert half.half_life_months == 1 / (Fraction(1, 24) + Fraction(1, 22))
    assert half.written_half_life == 24


def test_assumed_use_needs_the_disuse_half_life_of_each_decay_class(
    document: dict[str, Any],
) -> None:
    params = document["params"] | {"assumed_use": 0.5}
    for table in ({}, {"speed": 13}, None):
        with pytest.raises(PolicyInvalid, match=r"disuse_half_life_months\.mixed"):
            policy_from_document(document | {"params": params | {"disuse_half_life_months": table}})


@given(
    st.integers(1, 1200).map(lambda tenths: Fraction(tenths, 10)),
    st.one_of(st.none(), st.integers(1, 400).map(lambda cents: Fraction(cents, 100))),
)
def test_a_row_ages_before_it_turns_stale_before_it_lapses(
    half_life: Fraction, factor: Fraction | None
) -> None:
    span = span_of(half_life, factor)
    assert 0 <= span.ageing.days <= span.stale.days <= span.lapse.days


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("version", ""),
        ("version", 1),
        ("params", None),
        ("kinds", []),
        ("kinds.quiz", None),
        ("kinds.quiz.max_level", 5),
        ("kinds.quiz.max_level", True),
        ("kinds.quiz.max_level", 1.5),
        ("kinds.quiz.performance", "no"),
        ("kinds.quiz.validity_factor", 0),
        ("kinds.quiz.validity_factor", float("inf")),
        ("kinds.self_report.max_level", 1),
        ("skills.plain.half_life_months", 0),
        ("skills.plain.half_life_months", None),
        ("skills.plain.keystone", None),
        ("params.assumed_use", 1.1),
        ("params.assumed_use", "1"),
        ("params.min_group_size", -1),
        ("params.min_group_size", 4.5),
        ("params.contradiction_levels", 0),
        ("params.colour", 1),
    ],
)
def test_document_that_makes_no_sense_is_refused_by_name(
    document: dict[str, Any], path: str, value: object
) -> None:
    broken = deepcopy(document)
    *parents, last = path.split(".")
    part: Any = broken
    for each in parents:
        part = part[each]
    part[last] = value
    with pytest.raises(PolicyInvalid) as caught:
        policy_from_document(broken)
    assert caught.value.path == path
    assert caught.value.message in str(caught.value)


def test_framework_without_skills_is_refused(framework: dict[str, Any]) -> None:
    with pytest.raises(PolicyInvalid, match="skills: must be a list"):
        document_from_framework(framework | {"skills": None})


def test_asking_for_what_the_policy_lacks_names_it(policy: Policy) -> None:
    with pytest.raises(UnknownInPolicy, match="no skill 'x'"):
        policy.skill("x")
    with pytest.raises(UnknownInPolicy, match="no evidence kind 'x'"):
        policy.kind("x")
    with pytest.raises(UnknownInPolicy, match="no skill 'x'"):
        policy.span("x", "quiz")
    with pytest.raises(UnknownInPolicy, match="no evidence kind 'x'"):
        policy.span("plain", "x")
