"""Which figures about groups of people may be shown, so that no small group can be worked out.

Everything here is about the people whom one skill binds; other figures add up what is told here.

    a block   = people whom the told places cannot tell apart, never fewer than the minimum
    a part    = people of one block who hold the same told roles
    apart(r)  = sum over parts of min(people who hold r, people who do not)

From the top down, a sibling is left out if it has fewer than the minimum, and the next smallest
while those left out are fewer than it together. For places "fewer" counts people, for a role r it
counts apart(r), and the people of a block that no lower place tells are one more sibling.

Why no sum or difference of told figures is about fewer than the minimum: take the last role that
plays a part in it. Places and earlier roles give the same to everybody in a part; what is told of
the role adds something to its holders and nothing to the others. So in each part either the
holders or the others remain, and apart(r) of them is not fewer than the minimum. Without a role,
whole blocks remain. What can be worked out from earlier figures anyway ("free") is told as well.
Source: docs/skill-policy.md, "Requirements and gaps"; docs/decisions/0007.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Set

Place = tuple[str, ...]
"""A place in the tree by its way down: never empty, and one of the lowest where people stand."""
Crowds = Mapping[tuple[Place, frozenset[int]], int]
"""Number of people by where they stand and the ids of the job roles they hold."""

Blocks = Mapping[Place, Mapping[frozenset[int], int]]
"""Number of people by the roles they hold, of each block by the lowest told place it is in."""

UNTOLD = "untold"
"""Stands below a place for those of its people whom no told place below it has."""


def told_places(people: Crowds, minimum: int) -> set[Place]:
    """The places, of those where people stand and all above, whose figures may be shown."""
    standing: Counter[Place] = Counter()
    for (place, _), count in people.items():
        standing[place] += count
    return _from_the_top(_sums(standing), minimum)


def told_roles(people: Crowds, minimum: int) -> dict[int, set[Place]]:
    """For each job role the told places at which the figures of its holders may be shown.

    Roles take turns, the one with the fewest people first.
    """
    told = told_places(people, minimum)
    blocks: dict[Place, Counter[frozenset[int]]] = defaultdict(Counter)
    holders: Counter[int] = Counter()
    for (place, roles), count in people.items():
        blocks[_block(place, told)][roles] += count
        holders.update(dict.fromkeys(roles, count))
    found: dict[int, set[Place]] = {}
    if told:
        for role in sorted(holders, key=lambda role: (holders[role], role)):
            found[role] = _told_of(role, blocks, found, minimum) & told
    return found


def _told_of(
    role: int, blocks: Blocks, earlier: Mapping[int, Set[Place]], minimum: int
) -> set[Place]:
    by_part = _apart(role, blocks, frozenset(each for each, places in earlier.items() if places))
    by_block = _apart(role, blocks, frozenset())
    free = {
        place
        for place, apart in by_block.items()
        if not apart or (not by_part[place] and _is_what_is_left(role, place, blocks, earlier))
    }
    return _from_the_top(by_part, minimum, free)


def _apart(role: int, blocks: Blocks, split_by: frozenset[int]) -> Counter[Place]:
    """apart(role) of each block that has holders, and of the places above, in parts by roles."""
    apart: Counter[Place] = Counter()
    for block, crowd in blocks.items():
        if any(role in roles for roles in crowd):
            everybody: Counter[frozenset[int]] = Counter()
            holders: Counter[frozenset[int]] = Counter()
            for roles, count in crowd.items():
                everybody[roles & split_by] += count
                holders[roles & split_by] += count if role in roles else 0
            apart[*block, UNTOLD] = sum(
                min(count, everybody[part] - count) for part, count in holders.items()
            )
    return _sums(apart)


def _is_what_is_left(
    role: int, place: Place, blocks: Blocks, earlier: Mapping[int, Set[Place]]
) -> bool:
    """Whether everybody at a told place holds the role or else exactly one of those told there."""
    told = {each for each, places in earlier.items() if place in places} | {role}
    return place[-1] != UNTOLD and all(
        len(roles & told) == 1
        for block, crowd in blocks.items()
        if block[: len(place)] == place
        for roles in crowd
    )


def _block(place: Place, told: Set[Place]) -> Place:
    """The lowest told place above those who stand at a place; () for none."""
    return next((place[:size] for size in range(len(place), 0, -1) if place[:size] in told), ())


def _sums(lowest: Mapping[Place, int]) -> Counter[Place]:
    """Add up to every place above."""
    sums: Counter[Place] = Counter()
    for place, count in lowest.items():
        for size in range(1, len(place) + 1):
            sums[place[:size]] += count
    return sums


def _from_the_top(
    counts: Mapping[Place, int], minimum: int, free: Set[Place] = frozenset()
) -> set[Place]:
    """The places that are not left out, nor any above them. What is free is told, and protects
    nobody.
    """
    below: dict[Place, list[Place]] = defaultdict(list)
    for place in counts:
        below[place[:-1]].append(place)
    told: set[Place] = set()
    todo: list[Place] = [()]
    while todo:
        siblings = below[todo.pop()]
        bound = {place: counts[place] for place in siblings if place not in free}
        out = _left_out(bound, minimum)
        found = [place for place in siblings if place not in out]
        told.update(found)
        todo += found
    return told


def _left_out(counts: Mapping[Place, int], minimum: int) -> set[Place]:
    """Too small, and the next smallest while all those left out are too small together."""
    out = {place for place, count in counts.items() if count < minimum}
    for place in sorted(counts.keys() - out, key=lambda place: (counts[place], place)):
        if not out or sum(counts[each] for each in out) >= minimum:
            break
        out.add(place)
    return out
