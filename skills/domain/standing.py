"""Where a person stands in one skill: the whole of the policy in one function.

    verified(day) = min(ladder(contributions on the day), lowest level of the standing pairs)
    due_on         = first day after as_of on which verified is lower than on the day before,
                     from the rows observed by as_of (nothing new arrives)
    next_change_on = first day after as_of on which the row (verified, claimed, state, strength,
                     pairs under review, due_on) differs from today's, from all that is known

Everything is constant between the days on which a row is observed, ages, turns stale or ends, so
only those days are looked at. Source: `docs/skill-policy.md`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from skills.domain.contradiction import Pair, rivals_of, standing_pairs
from skills.domain.counting import (
    Contribution,
    contribution_of,
    contribution_on,
    ever_contributed,
    known_rows,
    lives_of,
)
from skills.domain.ladder import Decision, Piece, carriers, climb, different_sources, lacks
from skills.domain.policy import Params, Policy
from skills.domain.rows import EvidenceRow, Settlement
from skills.enums import Kind, Lack, Rule, State


@dataclass(frozen=True, slots=True)
class Standing:
    """The answer for one person, skill, day (`as_of`), knowledge (`known_at`) and policy version.

    `claimed` is the newest self-report by `as_of`, whatever its age (None: none made). `strength`
    counts different sources that contribute. `contributions` has every known row observed by
    `as_of`, earliest first. `next_change_on` None: this row stays as it is.
    """

    skill: str
    policy_version: str
    as_of: date
    known_at: datetime
    verified: int
    claimed: int | None
    claimed_on: date | None
    state: State
    strength: int
    due_on: date | None
    next_change_on: date | None
    under_review: tuple[Pair, ...]
    contributions: tuple[Contribution, ...]
    decision: Decision


class Turn(NamedTuple):
    """The verified level becomes `level` on the day `on`."""

    on: date
    level: int


def stand(
    rows: Iterable[EvidenceRow],
    settlements: Iterable[Settlement] = (),
    *,
    skill: str,
    policy: Policy,
    as_of: date,
    known_at: datetime,
) -> Standing:
    """Work out where one person stands in one skill.

    `rows` and `settlements` are all of that person and skill, in any order; those recorded or
    revoked after `known_at` are treated accordingly here. `known_at` is aware, `as_of` a day in
    the organisation's time zone. Raises ValueError where rows of two people or of another skill
    are mixed, UnknownInPolicy where the policy lacks the skill or a kind.
    Source: `docs/skill-policy.md`.
    """
    timeline = _Timeline(rows, settlements, skill, policy, known_at)
    pieces = timeline.pieces(as_of)
    now = timeline.row(as_of, pieces)
    due_on = timeline.due_on(as_of)
    return Standing(
        skill,
        policy.version,
        as_of,
        known_at,
        now.verified,
        now.claimed,
        now.claimed_on,
        now.state,
        now.strength,
        due_on,
        timeline.next_change_on(as_of, now, due_on),
        now.pairs,
        timeline.contributions(as_of),
        timeline.decision(pieces, now),
    )


def verified_on(
    rows: Iterable[EvidenceRow],
    settlements: Iterable[Settlement] = (),
    *,
    skill: str,
    policy: Policy,
    as_of: date,
    known_at: datetime,
) -> int:
    """The verified level alone: `stand(...).verified` without the rest. Same arguments, errors."""
    return _Timeline(rows, settlements, skill, policy, known_at).verified(as_of)


def forecast(
    rows: Iterable[EvidenceRow],
    settlements: Iterable[Settlement] = (),
    *,
    skill: str,
    policy: Policy,
    as_of: date,
    known_at: datetime,
) -> tuple[Turn, ...]:
    """Each day after `as_of` on which the verified level changes if nothing new arrives.

    Takes the same arguments and raises the same errors as `stand`; the last turn reaches 0.
    """
    return tuple(_Timeline(rows, settlements, skill, policy, known_at).seen_by(as_of).turns(as_of))


class _Row(NamedTuple):
    """What the stored row holds, apart from due_on."""

    verified: int
    claimed: int | None
    claimed_on: date | None
    state: State
    strength: int
    pairs: tuple[Pair, ...]


class _Timeline:
    """All that is known about one person and skill, ready to be asked for any day."""

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

    def seen_by(self, day: date) -> "_Timeline":
        """The same without the rows observed after a day."""
        if not self.rows or self.rows[-1].observed_on <= day:
            return self
        seen = [row for row in self.rows if row.observed_on <= day]
        return _Timeline(seen, self.settlements, self.skill, self.policy, self.known_at)

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
        return min([level, *(pair.lower_level for pair in self.pairs(day))])

    def row(self, day: date, pieces: list[Piece]) -> _Row:
        pairs = self.pairs(day)
        level = climb(pieces, keystone=self.keystone)
        return _Row(
            min([level, *(pair.lower_level for pair in pairs)]),
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
        fresh = {life.row.id for life in self.carrying if day < life.ageing_on}
        if self._carried_by(fresh, pieces, level):
            return State.CURRENT
        firm = {life.row.id for life in self.carrying if day < life.stale_on}
        return State.AGEING if self._carried_by(firm, pieces, level) else State.STALE

    def _carried_by(self, ids: set[int], pieces: list[Piece], level: int) -> bool:
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

    def due_on(self, day: date) -> date | None:
        seen = self.seen_by(day)
        before = seen.verified(day)
        for turn in seen.turns(day):
            if turn.level < before:
                return turn.on
            before = turn.level
        return None

    def next_change_on(self, day: date, now: _Row, due_on: date | None) -> date | None:
        """While no row arrives, due_on cannot change on a day on which verified does not."""
        arrivals = bool(self.rows) and self.rows[-1].observed_on > day
        for each in self.days_after(day):
            if self.row(each, self.pieces(each)) != now:
                return each
            if arrivals and self.due_on(each) != due_on:
                return each
        return None

    def contributions(self, day: date) -> tuple[Contribution, ...]:
        return tuple(
            contribution_of(life, day, self.lives, self.apart)
            for life in self.lives
            if life.observed_on <= day
        )

    def decision(self, pieces: list[Piece], now: _Row) -> Decision:
        level = climb(pieces, keystone=self.keystone)
        if now.pairs:
            ids = sorted({id_ for pair in now.pairs for id_ in pair[:2]})
            return Decision(
                now.verified, level, Rule.CONTRADICTION, tuple(ids), (Lack.REVIEW_SETTLED,)
            )
        return Decision(
            level,
            level,
            _STEP_RULES[level],
            carriers(pieces, level, keystone=self.keystone),
            lacks(pieces, level, keystone=self.keystone),
        )


_STEP_RULES = (Rule.NO_EVIDENCE, Rule.STEP_1, Rule.STEP_2, Rule.STEP_3, Rule.STEP_4)


def _refuse_mixture(rows: Sequence[EvidenceRow], skill: str) -> None:
    for row in rows:
        if row.skill != skill or row.person != rows[0].person:
            raise ValueError("stand() takes the rows of one person and one skill")
