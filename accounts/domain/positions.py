"""Positions over time.

For every day d: sum of share over the person's positions with starts_on <= d <= ends_on is <= 1.
The sum can only rise on a first day, so it is enough to look at first days.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

WHOLE = Decimal(1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Place:
    """A unit, a job role and a share of time from a day to a day (both included).

    `unit` and `job_role` are any keys that compare equal for the same unit and role; `ends_on`
    None means open-ended; `key` is the stored row's id, None for one that is only wanted.
    """

    unit: Any
    job_role: Any
    share: Decimal
    starts_on: date
    ends_on: date | None = None
    key: int | None = None

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def same_terms(self, other: "Place") -> bool:
        """Say whether nothing but the key differs."""
        return replace(self, key=None) == replace(other, key=None)


@dataclass(frozen=True)
class Replan:
    """How stored positions become the wanted ones; `after` is what stands then."""

    added: tuple[Place, ...] = ()
    changed: tuple[Place, ...] = ()
    ended: tuple[Place, ...] = ()
    dropped: tuple[Place, ...] = ()
    after: tuple[Place, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.ended or self.dropped)


def overfull_day(places: Iterable[Place]) -> tuple[date, Decimal] | None:
    """Return the first day on which shares add to more than 1, with their sum; None if none."""
    held = list(places)
    for day in sorted({place.starts_on for place in held}):
        total = sum((place.share for place in held if place.holds_on(day)), Decimal(0))
        if total > WHOLE:
            return day, total
    return None


def replan(stored: Sequence[Place], wanted: Sequence[Place], *, today: date) -> Replan:
    """Compare a person's stored positions with the full list of wanted ones.

    A wanted position is a stored one if unit, role and first day agree, or else if unit and role
    agree, the stored one has not ended, and they would overlap (a corrected first day); not if it
    would begin later with another share, which is a change of share from that day.
    A stored position that nobody wants any more ends the day before the new one that follows it
    (at its unit, in its role, or for want of room), yesterday at the latest; one that began today
    or later is dropped, for it never held; one that ended before today is history and stays.
    For want of room new ones take only days that they hold themselves; else `after` is overfull.
    """
    left = list(stored)
    pairs = [(want, _take_exact(left, want)) for want in wanted]
    pairs = [(want, found or _take_shifted(left, want, today)) for want, found in pairs]
    yesterday = today - DAY
    gone = [place for place in left if place.ends_on is None or place.ends_on >= today]
    history = [each for each in left if each not in gone]
    kept = [replace(want, key=found.key) for want, found in pairs if found]
    added = tuple(want for want, found in pairs if not found)
    ended = [replace(each, ends_on=yesterday) for each in gone if each.starts_on < today]
    ended = _followed(ended, [each for each in added if each.holds_on(yesterday)])
    ended = _fitted(ended, [*history, *kept, *added], added, yesterday=yesterday)
    return Replan(
        added=added,
        changed=tuple(
            replace(want, key=found.key)
            for want, found in pairs
            if found and not want.same_terms(found)
        ),
        ended=tuple(ended),
        dropped=tuple(each for each in gone if each.starts_on >= today),
        after=(*history, *ended, *kept, *added),
    )


def _followed(ended: Sequence[Place], added: Sequence[Place]) -> list[Place]:
    """Let each new position that goes on follow one that ends: the likest that began before it.

    Only one at the same unit or in the same role; beside others it may stand.
    """
    open_ends, closed = list(ended), []
    for new in sorted(added, key=lambda each: each.starts_on):
        like = [each for each in open_ends if _likeness(each, new)[0] > 0]
        before = [each for each in like if each.starts_on < new.starts_on]
        if before:
            old = max(before, key=lambda each: _likeness(each, new))
            open_ends.remove(old)
            closed.append(replace(old, ends_on=new.starts_on - DAY))
    return [*open_ends, *closed]


def _likeness(old: Place, new: Place) -> tuple[int, bool]:
    same = (old.unit == new.unit) + (old.job_role == new.job_role)
    return same, old.share == new.share


def _fitted(
    ended: Sequence[Place], others: Sequence[Place], added: Sequence[Place], *, yesterday: date
) -> list[Place]:
    """End positions sooner, where the others leave no room for them; never before they began.

    Only if from that day to yesterday one of `added` holds on each day; else the day is overfull.
    """
    fitted = list(ended)
    while over := overfull_day([*fitted, *others]):
        day = over[0]
        late = [each for each in fitted if each.starts_on < day and each.holds_on(day)]
        if not late or not _covered(day, yesterday, added):
            break
        fitted = [replace(each, ends_on=day - DAY) if each in late else each for each in fitted]
    return fitted


def _covered(first: date, last: date, places: Sequence[Place]) -> bool:
    """Say whether one of the places holds on each day; a gap begins at first or where one ends."""
    ends = [each.ends_on for each in places if each.ends_on and first <= each.ends_on < last]
    days = [first, *(day + DAY for day in ends)]
    return all(any(each.holds_on(day) for each in places) for day in days)


def _take_exact(left: list[Place], want: Place) -> Place | None:
    """Of several stored at the same place from the same day, the one that is right already."""
    key = (want.unit, want.job_role, want.starts_on)
    found = [each for each in left if (each.unit, each.job_role, each.starts_on) == key]
    if not found:
        return None
    place = next((each for each in found if each.same_terms(want)), found[0])
    left.remove(place)
    return place


def _take_shifted(left: list[Place], want: Place, today: date) -> Place | None:
    yesterday = today - DAY
    for place in sorted(left, key=lambda each: each.starts_on):
        goes_on = place.ends_on is None or place.ends_on >= today
        same = (place.unit, place.job_role) == (want.unit, want.job_role)
        meets = want.ends_on is None or want.ends_on >= place.starts_on
        moves = want.starts_on > place.starts_on and want.share != place.share
        if goes_on and same and meets and not moves and want.starts_on <= yesterday:
            left.remove(place)
            return place
    return None
