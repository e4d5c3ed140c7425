"""What can be worked out from sums: linear algebra over the numbers modulo a prime.

A figure is a vector, by whom it counts; what adding and subtracting figures gives is their span.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

PRIME = 2**61 - 1
Vector = Mapping[Any, int]


class Span:
    """All sums and differences of some figures, also with factors."""

    def __init__(self, vectors: Iterable[Vector] = ()) -> None:
        self._rows: dict[Hashable, dict[Hashable, int]] = {}
        for vector in vectors:
            self.add(vector)

    @property
    def rank(self) -> int:
        return len(self._rows)

    def add(self, vector: Vector) -> None:
        rest = self._rest(vector)
        if rest:
            key, value = next(iter(rest.items()))
            inverse = pow(value, -1, PRIME)
            self._rows[key] = {each: number * inverse % PRIME for each, number in rest.items()}

    def __contains__(self, vector: Vector) -> bool:
        return not self._rest(vector)

    def _rest(self, vector: Vector) -> dict[Hashable, int]:
        """What is left of a vector when the rows have been taken from it, in the order added."""
        rest = dict(vector)
        for key, row in self._rows.items():
            if factor := rest.get(key):
                for each, number in row.items():
                    rest[each] = (rest.get(each, 0) - factor * number) % PRIME
        return {key: number for key, number in rest.items() if number}
