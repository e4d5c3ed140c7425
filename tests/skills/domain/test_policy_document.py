"""`docs/skill-policy.md` says what the program does."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from skills.domain.policy import Policy
from skills.domain.standing import forecast
from skills.domain.timeline import Turn
from skills.enums import EndReason, RequirementState, State

TEXT = (Path(__file__).parents[3] / "docs" / "skill-policy.md").read_text(encoding="utf-8")
SKILLS = {"H = 24": "plain", "H = 24, keystone": "keystone", "H = 18": "plain-18"}
NOTES: dict[str, dict[str, object]] = {
    "accepted": {},
    "routine": {"routine": True},
    "effect beyond the team": {"effect_beyond_team": True},
}


def table(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    section = TEXT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


CASES = table("Worked cases")


def evidence(text: str, skill: str, row: Callable[..., Any]) -> Any:
    first, *notes = text.split(", ")
    found = re.fullmatch(r"(\w+) (\d) on (\S+)", first)
    assert found, text
    more: dict[str, Any] = {"skill": skill}
    for note in notes:
        name, _, value = note.partition(" ")
        if name == "by":
            more["by"] = f"person:{value}"
        elif name == "expires":
            more["expires_on"] = date.fromisoformat(value)
        elif name == "top_level":
            more["top_level"] = int(value)
        else:
            more |= NOTES[note]
    return row(found[1], int(found[2]), found[3], **more)


def test_document_has_all_eleven_cases() -> None:
    assert [case[0] for case in CASES] == [str(number) for number in range(1, 12)]


@pytest.mark.parametrize("cells", CASES, ids=[f"case {case[0]}" for case in CASES])
def test_worked_case_of_the_document_is_what_the_program_answers(
    cells: list[str], policy: Policy, row: Callable[..., Any], ask: Any
) -> None:
    _, skill_text, text, verified, claimed, changes = cells
    skill = SKILLS[skill_text]
    parts = [] if text == "none" else text.split("; ")
    rows = [evidence(part, skill, row) for part in parts]
    standing = ask(*rows, skill=skill)
    turns = forecast(
        rows, skill=skill, policy=policy, as_of=standing.as_of, known_at=standing.known_at
    )
    assert standing.verified == int(verified)
    assert standing.claimed == (None if claimed == "-" else int(claimed))
    day, _, level = changes.partition(" to ")
    expected = None if changes == "-" else Turn(date.fromisoformat(day), int(level))
    assert (turns[0] if turns else None) == expected


def test_kinds_of_the_document_are_those_shipped(policy: Policy) -> None:
    said = {}
    for name, ceiling, performance, factor in table("Kinds of evidence"):
        number = re.match(r"[\d.]+", factor)
        said[name.split("`")[1]] = (
            int(ceiling[0]),
            performance == "yes",
            float(number[0]) if number else None,
        )
    assert said == {
        kind.id: (
            kind.max_level,
            kind.performance,
            None if kind.validity_factor is None else float(kind.validity_factor),
        )
        for kind in policy.kinds.values()
    }


def test_states_of_the_document_are_those_of_the_program_in_their_order() -> None:
    assert [cells[0].strip("`") for cells in table("The state of a skill")] == list(State)


def test_limits_named_in_the_document_are_those_shipped(policy: Policy) -> None:
    params = policy.params
    for said in (
        f"fewer than {params.skill_check_items} items",
        f"standard error above {params.adaptive_max_standard_error:.2f}",
        f"at most {params.contradiction_growth_days} days before "
        f"or {params.contradiction_days} days after",
        f"at least {params.workplace_artefacts_apart_days} days away",
        f"first {params.new_starter_grace_days} days of a new position",
        f"fewer than {params.min_group_size} people",
    ):
        assert said in TEXT
    assert params.contradiction_levels == 2


def test_vocabulary_is_fixed() -> None:
    """Stored and published: renaming one is a migration and an API change."""
    assert list(RequirementState) == ["met", "short", "blocking", "exempt", "in_grace"]
    assert list(EndReason) == [
        "replaced",
        "set_aside",
        "lapsed",
        "issuer_expired",
        "never_counts",
    ]
