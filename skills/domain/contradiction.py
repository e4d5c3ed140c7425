"""When two rows contradict each other, and what that allows.

    contradict(high, low) on a day: both alive, different sources, both ceilings >= 2,
        capped(high) - demonstrated(low) >= contradiction_levels,
        demonstrated(low) < top_level(low),
        observed(high) - 14 <= observed(low) <= observed(high) + 60
    verified <= min over standing pairs of demonstrated(low)

The ceilings are those fixed at entry: whether a workplace artefact is supported moves a ceiling
between 2 and 3 only, so it never decides the question "2 or more". Ageing and staleness do not
enter. Source: `docs/skill-policy.md`.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from skills.domain.counting import Life, capped_on
from skills.domain.policy import Params
from skills.domain.rows import RowId

CONTRADICTING_CEILING = 2


class Pair(NamedTuple):
    """Two contradicting rows; the verified level is at most `lower_level` while they stand."""

    higher: RowId
    lower: RowId
    lower_level: int


Rivals = tuple[Life, Life]
"""Two lives, (high, low), that contradict on the days on which both are alive and capped so."""


def rivals_of(lives: Sequence[Life], params: Params) -> list[Rivals]:
    """All (high, low) that fulfil what does not depend on the day. Mostly none."""
    able = [life for life in lives if life.ceiling >= CONTRADICTING_CEILING]
    if len(able) < 2:
        return []
    highs = [life for life in able if life.capped >= params.contradiction_levels]
    lows = [life for life in able if life.row.demonstrated < life.row.top_level]
    return [(high, low) for low in lows for high in highs if _could_contradict(high, low, params)]


def _could_contradict(high: Life, low: Life, params: Params) -> bool:
    if high.capped - low.row.demonstrated < params.contradiction_levels:
        return False
    after = (low.observed_on - high.observed_on).days
    return (
        -params.contradiction_growth_days <= after <= params.contradiction_days
        and low.observed_on < high.ends_on
        and high.observed_on < low.ends_on
        and high.row.source.isdisjoint(low.row.source)
    )


def standing_pairs(
    rivals: Collection[Rivals], day: date, lives: Collection[Life], params: Params
) -> tuple[Pair, ...]:
    """The pairs that contradict each other on a day."""
    apart = params.workplace_artefacts_apart_days
    return tuple(
        Pair(high.row.id, low.row.id, low.row.demonstrated)
        for high, low in rivals
        if high.alive(day)
        and low.alive(day)
        and capped_on(high, day, lives, apart) - low.row.demonstrated >= params.contradiction_levels
    )
