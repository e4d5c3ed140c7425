"""The ladder: four steps, each needs the one before it.

    1  some contribution >= 1
    2  some contribution >= 2; for a keystone skill from a performance kind
    3  a performance contribution >= 3, and another >= 2 of a different kind and a different source
    4  a panel contribution of 4, and a workplace_evidence contribution >= 3

Source: `docs/skill-policy.md`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from skills.domain.rows import EvidenceRow, RowId
from skills.enums import Kind, Lack, Rule


class Piece(NamedTuple):
    """One contribution of 1 or more, as the ladder sees it."""

    level: int
    row: EvidenceRow
    performance: bool


Pieces = Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Decision:
    """Which rule decided the level, on which rows, and what the next step lacks.

    `ladder_level` is the outcome of the steps, before an open review holds the level down.
    """

    level: int
    ladder_level: int
    rule: Rule
    rows: tuple[RowId, ...]
    lacks: tuple[Lack, ...]


def climb(pieces: Pieces, *, keystone: bool) -> int:
    """The level the contributions carry, 0 to 4. The order of `pieces` makes no difference."""
    level = 0
    for step in _STEPS:
        if not step(pieces, keystone):
            return level
        level += 1
    return level


def carriers(pieces: Pieces, level: int, *, keystone: bool) -> tuple[RowId, ...]:
    """The rows that carry a step that is met; of several the highest, then the newest."""
    if not level:
        return ()
    best_first = sorted(pieces, key=lambda p: (p.level, p.row.observed_on, p.row.id), reverse=True)
    return tuple(piece.row.id for piece in _STEPS[level - 1](best_first, keystone))


def lacks(pieces: Pieces, level: int, *, keystone: bool) -> tuple[Lack, ...]:
    """What the step after `level` lacks; empty at level 4."""
    if level == 0:
        return (Lack.ANY_EVIDENCE,)
    if level == 1:
        return (Lack.PERFORMANCE_2 if keystone else Lack.LEVEL_2,)
    if level == 2:
        carried = any(piece.performance and piece.level >= 3 for piece in pieces)
        return (Lack.CORROBORATION if carried else Lack.PERFORMANCE_3,)
    panel = any(map(_is_panel_4, pieces))
    workplace = any(map(_is_workplace_3, pieces))
    return (() if panel else (Lack.PANEL_4,)) + (() if workplace else (Lack.WORKPLACE_3,))


def different_sources(sources: Iterable[frozenset[str]]) -> int:
    """How many sources can be named that all differ, that is of which no two share a member."""
    distinct = list(set(sources))
    if len(distinct) < 2 or len(frozenset().union(*distinct)) == sum(map(len, distinct)):
        return len(distinct)
    return _most_disjoint([one for one in distinct if not any(other < one for other in distinct)])


def _most_disjoint(sources: list[frozenset[str]]) -> int:
    clashes = [sum(not one.isdisjoint(other) for other in sources) - 1 for one in sources]
    if not sources or max(clashes) == 0:
        return len(sources)
    fewest = min(clashes)
    if fewest <= 1:
        one = sources[clashes.index(fewest)]
        return 1 + _most_disjoint([other for other in sources if one.isdisjoint(other)])
    one = sources[clashes.index(max(clashes))]
    rest = [other for other in sources if other is not one]
    taken = 1 + _most_disjoint([other for other in rest if one.isdisjoint(other)])
    return max(taken, _most_disjoint(rest))


def _step_1(pieces: Pieces, keystone: bool) -> tuple[Piece, ...]:
    return tuple(pieces[:1])


def _step_2(pieces: Pieces, keystone: bool) -> tuple[Piece, ...]:
    for piece in pieces:
        if piece.level >= 2 and (piece.performance or not keystone):
            return (piece,)
    return ()


def _step_3(pieces: Pieces, keystone: bool) -> tuple[Piece, ...]:
    for piece in pieces:
        if piece.level >= 3 and piece.performance:
            for other in pieces:
                if other.level >= 2 and _corroborates(other.row, piece.row):
                    return (piece, other)
    return ()


def _step_4(pieces: Pieces, keystone: bool) -> tuple[Piece, ...]:
    panel = next(filter(_is_panel_4, pieces), None)
    workplace = next(filter(_is_workplace_3, pieces), None)
    return (panel, workplace) if panel and workplace else ()


def _corroborates(other: EvidenceRow, row: EvidenceRow) -> bool:
    return other.kind != row.kind and other.source.isdisjoint(row.source)


def _is_panel_4(piece: Piece) -> bool:
    return piece.level >= 4 and piece.row.kind == Kind.PANEL


def _is_workplace_3(piece: Piece) -> bool:
    return piece.level >= 3 and piece.row.kind == Kind.WORKPLACE_EVIDENCE


_Step = Callable[[Pieces, bool], tuple[Piece, ...]]
_STEPS: tuple[_Step, ...] = (_step_1, _step_2, _step_3, _step_4)
