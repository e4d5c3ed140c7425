"""What a cell of a matrix or a row of a table says: the same words on screen, in CSV and read out.

A face is one of: met, below, due, stale, lapsed, review, none, exempt, grace, off. Source: the
order of `CellStatus`; that a gap blocks is said after the state.
"""

from collections.abc import Mapping
from typing import NamedTuple

from skills.enums import CellStatus, State
from skills.services.days import written_day
from skills.services.gaps import GapRow
from skills.services.reading import SkillRef
from skills.services.wording import STATUSES

FACES: Mapping[CellStatus, str] = {
    CellStatus.EXEMPT: "exempt",
    CellStatus.IN_GRACE: "grace",
    CellStatus.UNDER_REVIEW: "review",
    CellStatus.NOT_REQUIRED: "off",
    CellStatus.BELOW: "below",
    CellStatus.LAPSED: "lapsed",
    CellStatus.NO_EVIDENCE: "none",
    CellStatus.STALE: "stale",
    CellStatus.DUE_SOON: "due",
    CellStatus.MET: "met",
}


class Face(NamedTuple):
    """How a row looks: `name` picks colours and glyph, `text` is what is read."""

    name: str
    text: str


_PLAIN = {status: Face(name, STATUSES[status]) for status, name in FACES.items()}
_BLOCKING = {
    status: Face(face.name, f"{face.text}, {STATUSES[CellStatus.BLOCKING].lower()}")
    for status, face in _PLAIN.items()
}


def face_of(row: GapRow) -> Face:
    """The face of one person's skill against what is required."""
    return (_BLOCKING if row.blocking else _PLAIN)[row.status]


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
    return f"falls on {written_day(row.due_on)}" if row.due_on else ""


def lacks_evidence(row: GapRow) -> bool:
    """Whether an open circle stands for the level: nothing on record ever carried one."""
    return row.state is State.NOT_EVIDENCED


def spoken(*words: str) -> str:
    """The words that there are, as one sentence."""
    return ", ".join(each for each in words if each)
