"""Which cells of a table of groups may not show their figures.

    hidden(cell) if: it is hidden already, or skills.domain.gaps.suppressed says so among the cells
    of its column, or what is hidden in its row can be worked out from the rest of the row

Rows are sibling groups that together make up a total; a row adds up too where its sum is shown
elsewhere. Hiding in one direction can call for hiding in the other, so both are repeated until
nothing changes. Job roles are hidden by what the other roles leave over.
Source: docs/skill-policy.md, "Gaps".
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import TypeVar

from skills.domain.gaps import suppressed

R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)
K = TypeVar("K", bound=Hashable)
Counts = Mapping[R, Mapping[C, int]]
"""People behind the figure of each row and column; every row has every column."""


def hidden_cells(
    counts: Counts[R, C],
    minimum: int,
    *,
    already: Collection[tuple[R, C]] = (),
    together: Callable[[R, Collection[C]], int] | None = None,
) -> set[tuple[R, C]]:
    """The cells that may not be shown, as (row, column); cells without people are never among them.

    `already` are hidden for a reason of their own. `together(row, columns)` is the number of
    people behind these columns of a row taken together; give it where the rows' sums are known.
    """
    hidden = {(row, column) for row, column in already if counts[row][column]}
    while True:
        before = len(hidden)
        for column in _columns(counts):
            hidden |= _down(counts, column, hidden, minimum)
        if together is not None:
            for row in counts:
                hidden |= _across(counts, row, hidden, minimum, together)
        if len(hidden) == before:
            return hidden


def hidden_roles(people: Mapping[frozenset[K], int], minimum: int) -> set[K]:
    """The job roles whose figures about one group may not be shown.

    `people` is the number of people by the roles they hold (none: the empty set); the figures of
    all of them together are known. Hidden is a role held by fewer than `minimum`, a role that all
    but fewer than `minimum` hold, and the next smallest while those who hold no role that is shown
    are fewer than `minimum`: the others, taken from the whole, would tell of them.
    """
    everybody = sum(people.values())
    holders = {
        role: sum(count for held, count in people.items() if role in held)
        for role in frozenset().union(*people)
    }
    hidden = {
        role
        for role, count in holders.items()
        if count < minimum or 0 < everybody - count < minimum
    }
    for role in sorted(holders.keys() - hidden, key=lambda role: holders[role]):
        left = sum(count for held, count in people.items() if held <= hidden)
        if left == 0 or left >= minimum:
            break
        hidden.add(role)
    return hidden


def _columns(counts: Counts[R, C]) -> list[C]:
    return list(next(iter(counts.values()), {}))


def _down(
    counts: Counts[R, C], column: C, hidden: set[tuple[R, C]], minimum: int
) -> set[tuple[R, C]]:
    """One column: what is hidden for a reason of its own protects others no better than a small
    group does, since it must not be worked out either.
    """
    people = {
        row: min(cells[column], minimum - 1) if (row, column) in hidden else cells[column]
        for row, cells in counts.items()
    }
    found = suppressed(people, minimum)
    return {(row, column) for row in found if people[row]}


def _across(
    counts: Counts[R, C],
    row: R,
    hidden: set[tuple[R, C]],
    minimum: int,
    together: Callable[[R, Collection[C]], int],
) -> set[tuple[R, C]]:
    """One row: hide the next smallest while those hidden are too few people together."""
    gone = {column for column in counts[row] if (row, column) in hidden}
    shown = sorted(
        (column for column in counts[row] if column not in gone and counts[row][column]),
        key=lambda column: counts[row][column],
    )
    for column in shown:
        if not gone or (together(row, gone) >= minimum and len(gone) > 1):
            break
        gone.add(column)
    return {(row, column) for column in gone}
