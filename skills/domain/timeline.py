"""All that is known about one person and skill, ready to be asked for any day.

Everything is constant between the days on which a row is observed, ages, turns stale or ends, so
only those days are looked at. Source: `docs/skill-policy.md`.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from skills.domain.contradiction import Pair, rivals_of, standing_pairs
from skills.domain.counting import (
    Contribution,
    Life,
    contribution_of,
    contribution_on,
    ever_contributed,
    known_rows,
    lives_of,
)
from skills.domain.ladder import Piece, climb, different_sources
from skills.domain.policy import Params, Policy
from skills.domain.rows import EvidenceRow, Settlement
from skills.enums import Kind, State


class Turn(NamedTuple):
    """The verified level becomes `level` on the day `on`."""

    on: date
    level: int


class Place(NamedTuple):
    """What holds on a day, apart from what comes later."""

    verified: int
    claimed: int | None
    claimed_on: date | None
    state: State
    strength: int
    pairs: tuple[Pair, ...]


class Timeline:
    """The known rows of one person and skill with their lives; a day is asked for at a time."""

    def __init__(
        self,
        rows: Iterable[EvidenceRow],
        settlements: Iterable[Settlement],
        skill: str,
        policy: Policy,
        known_at: datetime,
    ) -> None:
        self.rows: Sequence[EvidenceRow] = known_rows(rows, known_at)
        self.settlements = tuple(settlements)
        self.skill = skill
        self.policy = policy
        self.known_at = known_at
        _refuse_mixture(self.rows, skill)
        self.params: Params = policy.params
        self.apart = policy.params.workplace_artefacts_apart_days
        self.keystone = policy.skill(skill).keystone
        self.lives = lives_of(
            self.rows, self.settlements, skill=skill, policy=policy, known_at=known_at
        )
        self.carrying = [life for life in self.lives if life.capped]
        self.rivals = rivals_of(self.lives, policy.params)

    def seen_by(self, day: date) -> "Timeline":
        """The same without the rows observed after a day."""
        if not self.rows or self.rows[-1].observed_on <= day:
            return self
        seen = [row for row in self.rows if row.observed_on <= day]
        return Timeline(seen, self.settlements, self.skill, self.policy, self.known_at)

    def pieces(self, day: date) -> list[Piece]:
        pieces = []
        for life in self.carrying:
            level = contribution_on(life, day, self.lives, self.apart)
            if level:
                pieces.append(Piece(level, life.row, life.rule.performance))
        return pieces

    def pairs(self, day: date) -> tuple[Pair, ...]:
        if not self.rivals:
            return ()
        return standing_pairs(self.rivals, day, self.lives, self.params)

    def verified(self, day: date) -> int:
        level = climb(self.pieces(day), keystone=self.keystone)
        return _capped(level, self.pairs(day)) if self.rivals else level

    def place(self, day: date) -> Place:
        pieces = self.pieces(day)
        pairs = self.pairs(day)
        level = climb(pieces, keystone=self.keystone)
        return Place(
            _capped(level, pairs),
            *self._claim(day),
            State.UNDER_REVIEW if pairs else self._state(day, pieces, level),
            different_sources([piece.row.source for piece in pieces]),
            pairs,
        )

    def _claim(self, day: date) -> tuple[int | None, date | None]:
        for row in reversed(self.rows):
            if row.kind == Kind.SELF_REPORT and row.observed_on <= day:
                return row.demonstrated, row.observed_on
        return None, None

    def _state(self, day: date, pieces: list[Piece], level: int) -> State:
        """The state while no pair stands, so that no cap enters the two partial ladders.

        They are given the same contributions, of fewer rows: whether an artefact supports another
        is a matter of which rows count, not of their age.
        """
        if not level:
            ever = any(ever_contributed(life) for life in self.carrying if life.observed_on <= day)
            return State.LAPSED if ever else State.NOT_EVIDENCED
        if self._carried_by(
            [life for life in self.carrying if day < life.ageing_on], pieces, level
        ):
            return State.CURRENT
        firm = [life for life in self.carrying if day < life.stale_on]
        return State.AGEING if self._carried_by(firm, pieces, level) else State.STALE

    def _carried_by(self, lives: Sequence[Life], pieces: list[Piece], level: int) -> bool:
        """Whether what these lives contribute is enough for the level that all reach together."""
        if len(lives) == len(self.carrying):
            return True
        ids = {life.row.id for life in lives}
        some = [piece for piece in pieces if piece.row.id in ids]
        return climb(some, keystone=self.keystone) == level

    def days_after(self, day: date) -> list[date]:
        """The days after one on which anything can change, in order."""
        days: set[date] = set()
        for life in self.lives:
            days.update((life.observed_on, life.ends_on))
            if life.capped:
                days.update((life.ageing_on, life.stale_on))
        return sorted(each for each in days if each > day)

    def turns(self, day: date) -> Iterator[Turn]:
        before = self.verified(day)
        for each in self.days_after(day):
            level = self.verified(each)
            if level != before:
                yield Turn(each, level)
            before = level

    def changes(self, day: date, now: Place) -> tuple[date | None, date | None]:
        """`due_on` and `next_change_on` of a day whose place is `now`.

        While no row arrives, due_on cannot change on a day on which verified does not, and verified
        falls on no day before the first change: one walk through the days finds both.
        """
        if self.rows and self.rows[-1].observed_on > day:
            due_on = self._due_on(day)
            return due_on, self._change_among_arrivals(day, now, due_on)
        changed_on, level = None, now.verified
        for each in self.days_after(day):
            if changed_on is None:
                place = self.place(each)
                changed_on, verified = each if place != now else None, place.verified
            else:
                verified = self.verified(each)
            if verified < level:
                return each, changed_on
            level = verified
        return None, changed_on

    def _due_on(self, day: date) -> date | None:
        seen = self.seen_by(day)
        before = seen.verified(day)
        for turn in seen.turns(day):
            if turn.level < before:
                return turn.on
            before = turn.level
        return None

    def _change_among_arrivals(self, day: date, now: Place, due_on: date | None) -> date | None:
        for each in self.days_after(day):
            if self.place(each) != now or self._due_on(each) != due_on:
                return each
        return None

    def contributions(self, day: date) -> tuple[Contribution, ...]:
        return tuple(
            contribution_of(life, day, self.lives, self.apart)
            for life in self.lives
            if life.observed_on <= day
        )


def _capped(level: int, pairs: tuple[Pair, ...]) -> int:
    """The level of the ladder, held down by the pairs that stand."""
    return min([level, *(pair.lower_level for pair in pairs)]) if pairs else level


def _refuse_mixture(rows: Sequence[EvidenceRow], skill: str) -> None:
    for row in rows:
        if row.skill != skill or row.person != rows[0].person:
            raise ValueError("stand() takes the rows of one person and one skill")
