"""Two years in a minute: what happens on which day, with the clock moved to that day.

The services stamp what they write with `timezone.now()`. So that an attempt of last spring says
last spring, and that the same seed gives the same data, the clock stands still on each day while
the events of that day run. Only `manage.py seed_demo` does this, in a process of its own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import Model
from django.db.models.signals import pre_save
from django.utils import timezone

OPENING = time(8)
PACE = timedelta(seconds=20)
Act = Callable[[], object]


@dataclass
class Timeline:
    """Events up to the day before `today`, in the order of their days, then as they were added."""

    today: date
    _waiting: list[tuple[date, int, Act]] = field(default_factory=list)
    _added: int = 0

    def day(self, ago: int) -> date:
        return self.today - timedelta(days=ago)

    def add(self, ago: int, act: Act) -> None:
        """Let something happen so many days ago; yesterday at the latest.

        An event may add further ones, on its own day or later.
        """
        heappush(self._waiting, (self.day(max(ago, 1)), self._added, act))
        self._added += 1

    def run(self) -> None:
        """Run every event on its day, each a few seconds after the one before."""
        with moved_clock() as clock:
            while self._waiting:
                day, _, act = heappop(self._waiting)
                clock.move_to(day)
                act()


class Clock:
    """Stands still until it is moved; moved within a day it goes on by a little."""

    def __init__(self) -> None:
        self.moment = timezone.now()

    def now(self) -> datetime:
        return self.moment

    def move_to(self, day: date, at: time = OPENING) -> None:
        opening = timezone.make_aware(datetime.combine(day, at))
        on_that_day = timezone.localdate(self.moment) == day and self.moment >= opening
        self.moment = self.moment + PACE if on_that_day else opening


@contextmanager
def moved_clock() -> Iterator[Clock]:
    """Let `timezone.now()` and all that stands on it read a clock that can be moved."""
    real = timezone.now
    clock = Clock()
    timezone.now = clock.now
    try:
        yield clock
    finally:
        timezone.now = real


@contextmanager
def seeded_uuids(seed: int) -> Iterator[None]:
    """Give every new row a uuid that follows from the seed, its table and its turn."""
    turns: dict[str, int] = {}

    def give(sender: type[Model], instance: Model, **_: Any) -> None:
        if instance._state.adding and isinstance(getattr(instance, "uuid", None), UUID):
            label = sender._meta.label_lower
            turns[label] = turns.get(label, 0) + 1
            instance.uuid = demo_uuid(seed, f"{label}:{turns[label]}")  # type: ignore[attr-defined]

    pre_save.connect(give, weak=False)
    try:
        yield
    finally:
        pre_save.disconnect(give)


def demo_uuid(seed: int, what: str) -> UUID:
    """The uuid of a thing of the demo made from a seed: always the same."""
    return uuid5(NAMESPACE_URL, f"https://aldermoor.example/demo/{seed}/{what}")
