"""Which questions are asked, and in which order their options stand.

    one item of each topic in turn, topics and items shuffled, until `count` are drawn; then the
    drawn items are shuffled, and so are the options of each

So no topic is asked twice before every topic that has an item left was asked once.
"""

import random
from collections.abc import Iterable
from typing import NamedTuple

LEVEL_SHOWN = 1
"""What a passed check shows; items that ask for more are not drawn."""


class Candidate(NamedTuple):
    """An item that may be drawn: its version's id, its topic, the number of its options."""

    version: int
    topic: str
    options: int


class Question(NamedTuple):
    """A drawn item. `order[p]` is the index of the option shown at position p."""

    version: int
    order: tuple[int, ...]


def draw(candidates: Iterable[Candidate], count: int, rng: random.Random) -> list[Question]:
    """Draw `count` questions spread over the topics; raises ValueError if there are too few."""
    by_topic: dict[str, list[Candidate]] = {}
    for candidate in sorted(candidates):
        by_topic.setdefault(candidate.topic, []).append(candidate)
    if sum(map(len, by_topic.values())) < count:
        raise ValueError(f"fewer than {count} items to draw from")
    piles = list(by_topic.values())
    rng.shuffle(piles)
    for pile in piles:
        rng.shuffle(pile)
    drawn: list[Candidate] = []
    while len(drawn) < count:
        drawn += [pile.pop() for pile in piles if pile]
    del drawn[count:]
    rng.shuffle(drawn)
    return [Question(each.version, shuffled(each.options, rng)) for each in drawn]


def shuffled(options: int, rng: random.Random) -> tuple[int, ...]:
    """The indexes 0 to options-1 in random order."""
    order = list(range(options))
    rng.shuffle(order)
    return tuple(order)
