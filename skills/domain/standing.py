"""Where a person stands in one skill: the whole of the policy in one function.

    verified(day) = min(ladder(contributions on the day), lowest level of the standing pairs)
    due_on         = first day after as_of on which verified is lower than on the day before,
                     from the rows observed by as_of (nothing new arrives)
    next_change_on = first day after as_of on which the row (verified, claimed, state, strength,
                     pairs under review, due_on) differs from today's, from all that is known

`timeline` answers for the single days. Source: `docs/skill-policy.md`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from skills.domain.contradiction import Pair
from skills.domain.counting import Contribution
from skills.domain.ladder import Decision, Piece, carriers, climb, lacks
from skills.domain.policy import Policy
from skills.domain.rows import EvidenceRow, Settlement
from skills.domain.timeline import Place, Timeline, Turn
from skills.enums import Lack, Rule, State


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


class Answer(NamedTuple):
    """The part of a standing that is stored, listed and compared; see Standing for the fields."""

    skill: str
    as_of: date
    verified: int
    claimed: int | None
    state: State
    strength: int
    due_on: date | None
    next_change_on: date | None


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
    timeline = Timeline(rows, settlements, skill, policy, known_at)
    now = timeline.place(as_of)
    due_on, next_change_on = timeline.changes(as_of, now)
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
        next_change_on,
        now.pairs,
        timeline.contributions(as_of),
        _decision(timeline.pieces(as_of), now, keystone=timeline.keystone),
    )


def answer(
    rows: Iterable[EvidenceRow],
    settlements: Iterable[Settlement] = (),
    *,
    skill: str,
    policy: Policy,
    as_of: date,
    known_at: datetime,
) -> Answer:
    """What `stand` says without saying why, at about half its cost: for many people at once.

    Takes the same arguments and raises the same errors as `stand`.
    """
    timeline = Timeline(rows, settlements, skill, policy, known_at)
    now = timeline.place(as_of)
    due_on, next_change_on = timeline.changes(as_of, now)
    return Answer(
        skill, as_of, now.verified, now.claimed, now.state, now.strength, due_on, next_change_on
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
    return Timeline(rows, settlements, skill, policy, known_at).verified(as_of)


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
    return tuple(Timeline(rows, settlements, skill, policy, known_at).seen_by(as_of).turns(as_of))


def _decision(pieces: Sequence[Piece], now: Place, *, keystone: bool) -> Decision:
    level = climb(pieces, keystone=keystone)
    if now.pairs:
        ids = sorted({id_ for pair in now.pairs for id_ in pair[:2]})
        return Decision(now.verified, level, Rule.CONTRADICTION, tuple(ids), (Lack.REVIEW_SETTLED,))
    return Decision(
        level,
        level,
        _STEP_RULES[level],
        carriers(pieces, level, keystone=keystone),
        lacks(pieces, level, keystone=keystone),
    )


_STEP_RULES = (Rule.NO_EVIDENCE, Rule.STEP_1, Rule.STEP_2, Rule.STEP_3, Rule.STEP_4)
