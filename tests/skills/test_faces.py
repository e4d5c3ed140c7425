"""What a cell of a matrix says: which face it has, and what a screen reader hears."""

from datetime import date
from typing import Any

import pytest

from skills.enums import RequirementState, State
from skills.services.faces import day_words, face_of, level_words, spoken
from skills.services.gaps import GapRow
from skills.services.reading import SkillRef


def cell(**given: Any) -> GapRow:
    values: dict[str, Any] = {
        "skill": SkillRef(1, "x", "Threat modelling: finding it", "security", "Security", (0, 0)),
        "verified_level": 1,
        "claimed_level": None,
        "state": State.CURRENT,
        "strength": 1,
        "due_on": None,
        "next_change_on": None,
        "as_of": date(2026, 11, 22),
        "required_level": 2,
        "weight": 2,
        "requirement_state": RequirementState.SHORT,
        "shortfall": 1,
    }
    return GapRow(**(values | given))


@pytest.mark.parametrize(
    ("row", "face", "sentence"),
    [
        (cell(due_on=date(2027, 3, 3)), "below", "verified 1 of 2, below, falls on 3 March 2027"),
        (
            cell(verified_level=0, state=State.NOT_EVIDENCED, blocking=True),
            "none",
            "verified 0 of 2, no evidence, blocking",
        ),
        (
            cell(verified_level=0, state=State.LAPSED, blocking=True),
            "lapsed",
            "verified 0 of 2, lapsed, blocking",
        ),
        (
            cell(requirement_state=RequirementState.EXEMPT, until=date(2027, 5, 12)),
            "exempt",
            "verified 1 of 2, exempt, until 12 May 2027",
        ),
        (
            cell(requirement_state=RequirementState.IN_GRACE, until=date(2027, 1, 1)),
            "grace",
            "verified 1 of 2, in grace, until 1 January 2027",
        ),
        (cell(state=State.UNDER_REVIEW), "review", "verified 1 of 2, under review"),
        (
            cell(state=State.UNDER_REVIEW, blocking=True),
            "review",
            "verified 1 of 2, under review, blocking",
        ),
        (
            cell(verified_level=2, requirement_state=RequirementState.MET, state=State.STALE),
            "stale",
            "verified 2 of 2, stale",
        ),
        (
            cell(
                verified_level=2,
                requirement_state=RequirementState.MET,
                due_on=date(2026, 12, 24),
            ),
            "due",
            "verified 2 of 2, due soon, falls on 24 December 2026",
        ),
        (cell(requirement_state=None, required_level=0), "off", "verified 1, not required"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_screen_readers_hear_a_cell_as_a_sentence(row: GapRow, face: str, sentence: str) -> None:
    assert face_of(row).name == face
    assert spoken(level_words(row), face_of(row).text.lower(), day_words(row)) == sentence
