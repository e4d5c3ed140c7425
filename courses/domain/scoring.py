"""What a set of answers is worth.

    right = number of questions whose chosen option is the key;  passed = right >= pass mark

A question without an answer counts as wrong.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Score(NamedTuple):
    """`marks[i]`: whether question i was answered right."""

    right: int
    marks: tuple[bool, ...]


def options_chosen(
    orders: Sequence[Sequence[int]], positions: Sequence[int | None]
) -> list[int | None]:
    """Turn the positions chosen on the page into option indexes.

    `positions` may be shorter than `orders` (not answered); raises ValueError where it is longer
    or names a position that was not shown.
    """
    if len(positions) > len(orders):
        raise ValueError("more answers than questions")
    chosen: list[int | None] = [None] * len(orders)
    for index, position in enumerate(positions):
        if position is None:
            continue
        if not 0 <= position < len(orders[index]):
            raise ValueError(f"question {index + 1} has no option {position + 1}")
        chosen[index] = orders[index][position]
    return chosen


def score(keys: Sequence[int], chosen: Sequence[int | None]) -> Score:
    """Mark the chosen option indexes against the keys, one for each question."""
    marks = tuple(answer == key for key, answer in zip(keys, chosen, strict=True))
    return Score(sum(marks), marks)


def topics_missed(topics: Iterable[str], marks: Sequence[bool]) -> list[str]:
    """The topics with a wrong answer, each once, in the order of the questions."""
    missed = (topic for topic, mark in zip(topics, marks, strict=True) if not mark)
    return list(dict.fromkeys(topic for topic in missed if topic))
