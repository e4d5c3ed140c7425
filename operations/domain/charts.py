"""Where the points of a chart lie.

    axis i of n points at the angle  a_i = 2 pi i / n, clockwise from the top
    a value v of at most m lies at   (cx + r v/m sin a_i,  cy - r v/m cos a_i)

Lengths are units of the drawing's own box (`WIDTH` x `HEIGHT`), not of the screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from textwrap import wrap

WIDTH = 360
HEIGHT = 264
RADIUS = 84
LABEL_GAP = 11
LABEL_CHARACTERS = 14
LINE_HEIGHT = 15
MOST_NAMED_AXES = 8
LEAST_AXES = 3
SIDEWAYS = 0.25

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a radar; levels are from 0 to the chart's maximum, None where there is none."""

    label: str
    required: int | None
    verified: int | None
    claimed: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a label, with its own place."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Spoke:
    """An axis as drawn: from the centre to (x, y), its label's lines and their text-anchor."""

    x: float
    y: float
    anchor: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Radar:
    """Everything a radar's template draws; polygons are values of the `points` attribute.

    `claimed` is empty where nobody claimed anything. `is_numbered`: there were too many axes for
    names, so that labels are the numbers of the rows of the table.
    """

    rings: tuple[str, ...]
    spokes: tuple[Spoke, ...]
    required: str
    verified: str
    claimed: str
    is_numbered: bool


def radar(axes: Sequence[Axis], *, maximum: int) -> Radar | None:
    """Lay a radar out; None for fewer than three axes, which have no area.

    A missing level lies in the centre. Raises ValueError for a maximum below 1.
    """
    if maximum < 1:
        raise ValueError("a radar needs a maximum of at least 1")
    if len(axes) < LEAST_AXES:
        return None
    numbered = len(axes) > MOST_NAMED_AXES
    labels = [str(i) if numbered else axis.label for i, axis in enumerate(axes, 1)]
    claims = [axis.claimed for axis in axes]
    return Radar(
        rings=tuple(polygon([step] * len(axes), maximum) for step in range(1, maximum + 1)),
        spokes=tuple(_spoke(i, len(axes), label) for i, label in enumerate(labels)),
        required=polygon([axis.required for axis in axes], maximum),
        verified=polygon([axis.verified for axis in axes], maximum),
        claimed=polygon(claims, maximum) if any(claims) else "",
        is_numbered=numbered,
    )


def polygon(values: Sequence[int | None], maximum: int) -> str:
    """Return the `points` of one value per axis; values beyond 0..maximum are cut off."""
    shares = [min(max((value or 0) / maximum, 0.0), 1.0) for value in values]
    points = [radar_point(i, len(values), share * RADIUS) for i, share in enumerate(shares)]
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def radar_point(index: int, count: int, distance: float) -> Point:
    """Return the point at a distance from the centre on one of `count` axes."""
    angle = 2 * pi * index / count
    x = WIDTH / 2 + distance * sin(angle)
    y = HEIGHT / 2 - distance * cos(angle)
    return round(x, 1), round(y, 1)


def _spoke(index: int, count: int, label: str) -> Spoke:
    x, y = radar_point(index, count, RADIUS)
    label_x, label_y = radar_point(index, count, RADIUS + LABEL_GAP)
    side, height = sin(2 * pi * index / count), cos(2 * pi * index / count)
    anchor = "middle" if abs(side) < SIDEWAYS else "start" if side > 0 else "end"
    texts = wrap(label, LABEL_CHARACTERS) or [""]
    # above the chart a label ends at its point, below it begins there, beside it is centred
    first = label_y + 4 - (len(texts) - 1) * LINE_HEIGHT * (1 + height) / 2
    lines = (Line(label_x, round(first + i * LINE_HEIGHT, 1), text) for i, text in enumerate(texts))
    return Spoke(x, y, anchor, tuple(lines))
