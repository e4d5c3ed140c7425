"""Whether a bank of questions gives its keys away.

    share = items whose key is (strictly longest | strictly shortest | at position p) / items
    each share must lie from 15% to 35%, in each bank and over all banks together

A guesser who always takes the longest, the shortest or the third option then gains nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from courses.domain.drawing import LEVEL_SHOWN
from courses.domain.parts import BankText, ItemText
from courses.domain.source import Problem

LEAST_PERCENT, MOST_PERCENT = 15, 35
POSITIONS = 4


@dataclass(frozen=True, slots=True)
class Balance:
    """How often the key is longest, shortest, and at each position, of `items` items."""

    items: int
    longest: int
    shortest: int
    positions: tuple[int, ...]

    def faults(self) -> list[str]:
        """What lies outside 15-35%, in words; empty if the keys are balanced."""
        counts = {"the longest option": self.longest, "the shortest option": self.shortest} | {
            f"at position {position}": count
            for position, count in enumerate(self.positions, start=1)
        }
        return [
            f"the key is {where} in {count} of {self.items} items; "
            f"it must be in {LEAST_PERCENT}-{MOST_PERCENT}%"
            for where, count in counts.items()
            if not LEAST_PERCENT * self.items <= 100 * count <= MOST_PERCENT * self.items
        ]


def balance(items: Iterable[ItemText]) -> Balance:
    """Count over items with one key each; lengths are in characters, a tie counts for nobody."""
    counted = list(items)
    lengths = [[len(option.text) for option in item.options] for item in counted]
    keys = [item.key for item in counted]
    pairs = list(zip(lengths, keys, strict=True))
    return Balance(
        items=len(counted),
        longest=sum(_alone(each, key, max(each)) for each, key in pairs),
        shortest=sum(_alone(each, key, min(each)) for each, key in pairs),
        positions=tuple(keys.count(position) for position in range(POSITIONS)),
    )


def bank_problems(banks: Sequence[BankText], *, min_bank: int) -> list[Problem]:
    """Banks that are too small or whose keys are not balanced, each alone and all together.

    A check draws items of the level it shows: there must be enough of these, and they are balanced
    with and without the others.
    """
    problems = []
    for bank in banks:
        drawn = _drawn(bank.items)
        if len(drawn) < min_bank:
            said = f"a bank needs at least {min_bank} items of level {LEVEL_SHOWN}"
            problems.append(Problem(bank.file, 1, f"{said}, this one has {len(drawn)}"))
        problems += [Problem(bank.file, 1, fault) for fault in _faults(bank.items)]
    every = [item for bank in banks for item in bank.items]
    return problems + [Problem("banks", 1, f"over all banks {said}") for said in _faults(every)]


def _drawn(items: Iterable[ItemText]) -> list[ItemText]:
    return [item for item in items if item.level <= LEVEL_SHOWN]


def _faults(items: Sequence[ItemText]) -> list[str]:
    return list(dict.fromkeys(balance(items).faults() + balance(_drawn(items)).faults()))


def _alone(lengths: list[int], key: int, extreme: int) -> bool:
    return lengths[key] == extreme and lengths.count(extreme) == 1
