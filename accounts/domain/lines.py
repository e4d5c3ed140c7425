"""Reporting lines as paths.

path(person) = path(manager) + step(person); step = the person's id in LINE_STEP digits.
So "whose line leads to M" is one prefix comparison, and the length of a path limits how deep an
organisation can be.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

LINE_STEP = 8  # digits of one person in a line path
LINE_LENGTH = 400  # characters a line path may have
LONGEST_LINE = LINE_LENGTH // LINE_STEP

Key = TypeVar("Key", bound=Hashable)


def line_step(person_id: int) -> str:
    """Return one person's part of a line path: the id in LINE_STEP digits."""
    return f"{person_id:0{LINE_STEP}d}"


def line_ids(path: str) -> list[int]:
    """Return the ids in a line path, from the top of the line down to the person it belongs to."""
    return [int(path[at : at + LINE_STEP]) for at in range(0, len(path), LINE_STEP)]


def line_paths(managers: Mapping[int, int | None]) -> dict[int, str]:
    """Return the line path of each person of `managers` (id -> manager's id or None).

    Every manager must be a key too and the lines must be free of cycles (`cyclic_members`).
    """
    paths: dict[int, str] = {}
    for person in managers:
        waiting, at = [], person
        while at not in paths:
            waiting.append(at)
            above = managers[at]
            if above is None:
                break
            at = above
        for each in reversed(waiting):
            boss = managers[each]
            paths[each] = ("" if boss is None else paths[boss]) + line_step(each)
    return paths


def cyclic_members(managers: Mapping[Key, Key | None]) -> set[Key]:
    """Return everybody who stands on a cycle of reporting lines (not those merely below one).

    A manager who is no key of `managers` ends the line.
    """
    finished: set[Key] = set()
    cyclic: set[Key] = set()
    for start in managers:
        trail: dict[Key, int] = {}
        at: Key | None = start
        while at is not None and at in managers and at not in finished and at not in trail:
            trail[at] = len(trail)
            at = managers[at]
        if at is not None and at in trail:
            cyclic.update(list(trail)[trail[at] :])
        finished.update(trail)
    return cyclic


def too_deep_members(managers: Mapping[Key, Key | None], whom: Iterable[Key]) -> set[Key]:
    """Return those of `whom` whose line has more than LONGEST_LINE people.

    The lines must be free of cycles.
    """
    depths: dict[Key, int] = {}
    for person in managers:
        waiting: list[Key] = []
        at: Key | None = person
        while at is not None and at in managers and at not in depths:
            waiting.append(at)
            at = managers[at]
        depth = depths[at] if at is not None and at in depths else 0
        for each in reversed(waiting):
            depth += 1
            depths[each] = depth
    return {person for person in whom if depths.get(person, 0) > LONGEST_LINE}
