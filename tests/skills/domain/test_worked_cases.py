"""The worked cases of the policy, on 2026-11-22."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from skills.domain.policy import Policy
from skills.domain.standing import Standing, forecast
from skills.domain.timeline import Turn

Spec = tuple[str, int, str, dict[str, object]]

DAY = date(2026, 11, 22)

CASES: list[tuple[str, str, list[Spec], int, int | None, tuple[str, int] | None]] = [
    ("1 none", "plain", [], 0, None, None),
    ("2 a claim", "plain", [("self_report", 4, "2026-11-01", {})], 0, 4, None),
    ("3 a quiz", "plain", [("quiz", 3, "2026-11-01", {})], 1, None, ("2027-11-01", 0)),
    (
        "4 adaptive",
        "plain",
        [("adaptive_assessment", 3, "2026-11-01", {})],
        2,
        None,
        ("2027-11-01", 1),
    ),
    (
        "5 adaptive, keystone",
        "keystone",
        [("adaptive_assessment", 3, "2026-11-01", {})],
        1,
        None,
        ("2030-11-01", 0),
    ),
    (
        "6 adaptive and task, keystone",
        "keystone",
        [("adaptive_assessment", 3, "2026-11-01", {}), ("practical_task", 2, "2026-10-01", {})],
        2,
        None,
        ("2028-04-01", 1),
    ),
    (
        "7 double task and adaptive, keystone",
        "keystone",
        [
            ("practical_task_double", 3, "2026-01-10", {}),
            ("adaptive_assessment", 2, "2026-03-01", {}),
        ],
        3,
        None,
        ("2027-03-01", 2),
    ),
    (
        "8 credential with an expiry",
        "plain-18",
        [
            ("credential_performance", 3, "2025-12-01", {"expires_on": date(2026, 12, 1)}),
            ("adaptive_assessment", 2, "2026-10-01", {}),
        ],
        3,
        None,
        ("2026-12-01", 2),
    ),
    (
        "9 panel and two artefacts, keystone",
        "keystone",
        [
            ("panel", 4, "2024-11-22", {"effect_beyond_team": True}),
            ("workplace_evidence", 3, "2025-03-01", {"routine": True}),
            ("workplace_evidence", 3, "2025-09-01", {}),
        ],
        4,
        None,
        ("2026-11-23", 3),
    ),
    (
        "10 low, then better, keystone",
        "keystone",
        [
            ("adaptive_assessment", 0, "2026-09-01", {}),
            ("practical_task_double", 3, "2026-10-15", {}),
        ],
        2,
        None,
        ("2030-10-15", 0),
    ),
    (
        "11 an easier task later, keystone",
        "keystone",
        [
            ("practical_task", 2, "2026-06-01", {"by": "person:a"}),
            ("practical_task", 1, "2026-11-01", {"by": "person:a", "top_level": 1}),
        ],
        2,
        None,
        ("2027-12-01", 1),
    ),
]


@pytest.mark.parametrize(
    ("skill", "specs", "verified", "claimed", "change"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_worked_case(
    policy: Policy,
    row: Callable[..., Any],
    ask: Callable[..., Standing],
    skill: str,
    specs: list[Spec],
    verified: int,
    claimed: int | None,
    change: tuple[str, int] | None,
) -> None:
    rows = [row(kind, level, on, skill=skill, **more) for kind, level, on, more in specs]
    standing = ask(*rows, skill=skill, as_of=DAY)
    turns = forecast(rows, skill=skill, policy=policy, as_of=DAY, known_at=standing.known_at)
    assert (standing.verified, standing.claimed) == (verified, claimed)
    expected = Turn(date.fromisoformat(change[0]), change[1]) if change else None
    assert (turns[0] if turns else None) == expected
    assert standing.due_on == (expected.on if expected else None)
