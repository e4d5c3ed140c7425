"""The people of the demo organisation once they are there, and who may judge whom."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.models import OrgUnit, Person
from operations.services.demo.shape import Member


@dataclass
class Crowd:
    """People by the key of their plan. `benches` has the assessors of each domain by slug."""

    seed: int
    members: dict[str, Member]
    people: dict[str, Person] = field(default_factory=dict)
    units: dict[tuple[str, ...], OrgUnit] = field(default_factory=dict)
    benches: dict[str, list[str]] = field(default_factory=dict)
    council: list[Person] = field(default_factory=list)
    keys: dict[int, str] = field(default_factory=dict)

    def join(self, key: str, person: Person) -> None:
        self.people[key] = person
        self.keys[person.pk] = key

    def key_of(self, person: Person) -> str:
        return self.keys[person.pk]

    def assessors(
        self, key: str, domain: str, number: int, rng: random.Random
    ) -> tuple[Person, ...]:
        """Assessors of the domain, never the person; one of the same line as a last resort."""
        bench = [each for each in self.benches[domain] if each != key]
        fit = [each for each in bench if not self._one_line(key, each)]
        if len(fit) < number:
            fit = bench
        return tuple(self.people[each] for each in rng.sample(fit, number)) if number else ()

    def manager_of(self, key: str) -> Person:
        """The manager; for the managing director, who has none, a director."""
        return self.people[self.members[key].manager or self._led_by(key)[0]]

    def colleague_of(self, key: str, rng: random.Random) -> Person:
        """Somebody with the same manager, or else the manager."""
        boss = self.members[key].manager
        others = [each for each in self._led_by(boss) if each != key and each in self.people]
        return self.people[rng.choice(others)] if others else self.manager_of(key)

    def _led_by(self, boss: str | None) -> Sequence[str]:
        return [key for key, each in self.members.items() if each.manager == boss]

    def _one_line(self, key: str, other: str) -> bool:
        one, two = self.people[key].line_path, self.people[other].line_path
        return one.startswith(two) or two.startswith(one)
