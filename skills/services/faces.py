"""What a cell of a matrix or a row of a table says: the same words on screen, in CSV and read out.

A face is one of: met, below, due, stale, review, none, exempt, grace, off. Source: the order of
`CellStatus`; evidence that never was, or lapsed, is named beside the requirement it leaves unmet.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from skills.enums import CellStatus, State
from skills.services.gaps import GapRow
from skills.services.reading import SkillRef
from skills.services.wording import STATES, STATUSES

FACES: Mapping[CellStatus, str] = {
    CellStatus.EXEMPT: "exempt",
    CellStatus.IN_GRACE: "grace",
    CellStatus.UNDER_REVIEW: "review",
    CellStatus.NOT_REQUIRED: "off",
    CellStatus.BLOCKING: "below",
    CellStatus.BELOW: "below",
    CellStatus.STALE: "stale",
    CellStatus.DUE_SOON: "due",
    CellStatus.MET: "met",
}
_DAYS_KEPT = 4096
_UNMET = (CellStatus.BLOCKING, CellStatus.BELOW)
_EMPTY: Mapping[State, tuple[str, str]] = {
    State.NOT_EVIDENCED: ("none", "No evidence"),
    State.LAPSED: ("stale", STATES[State.LAPSED]),
}


class Face(NamedTuple):
    """How a row looks: `name` picks colours and glyph, `text` is what is read."""

    name: str
    text: str


_PLAIN = {status: Face(name, STATUSES[status]) for status, name in FACES.items()}
_WITHOUT = {
    (status, state): Face(name, f"{text}, blocking" if status is CellStatus.BLOCKING else text)
    for status in _UNMET
    for state, (name, text) in _EMPTY.items()
}
_BLOCKING_REVIEW = Face(
    FACES[CellStatus.UNDER_REVIEW], f"{STATUSES[CellStatus.UNDER_REVIEW]}, blocking"
)


def face_of(row: GapRow) -> Face:
    """The face of one person's skill against what is required."""
    status = row.status
    if status is CellStatus.BELOW or status is CellStatus.BLOCKING:
        return _WITHOUT.get((status, row.state)) or _PLAIN[status]
    if status is CellStatus.UNDER_REVIEW and row.blocking:
        return _BLOCKING_REVIEW
    return _PLAIN[status]


def short_name(skill: SkillRef) -> str:
    """A skill's name up to its colon, for heads of columns and charts."""
    return skill.name.partition(":")[0]


def level_words(row: GapRow) -> str:
    """ "verified 1 of 2"; without "of" where nothing is required."""
    if row.required:
        return f"verified {row.verified_level} of {row.required_level}"
    return f"verified {row.verified_level}" if row.verified_level else ""


def day_words(row: GapRow) -> str:
    """The day that matters: until when it is exempt or in grace, else when the level falls."""
    if row.until is not None:
        return f"until {written_day(row.until)}"
    return f"due {written_day(row.due_on)}" if row.due_on else ""


def cell_sentence(person: str, skill: str, row: GapRow) -> str:
    """What a screen reader hears: person, skill, levels, state and the day that matters."""
    return spoken(person, skill, level_words(row), face_of(row).text.lower(), day_words(row))


def spoken(*words: str) -> str:
    """The words that there are, as one sentence."""
    return ", ".join(each for each in words if each)


@lru_cache(maxsize=_DAYS_KEPT)
def written_day(day: date) -> str:
    """12 May 2027."""
    return f"{day.day} {day:%B %Y}"
