"""The facts: evidence rows, settlements, and the three dates that follow from them.

    stale_on  = observed + min(H, f x H)
    ageing_on = observed + H/2, not later than stale_on
    lapses_on = observed + 2H, or the issuer's expiry if earlier; ageing_on and stale_on move to it

Source: `docs/skill-policy.md`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from skills.domain.policy import Policy, SkillRule
from skills.enums import AiCondition

RowId = int
"""The ledger's own running number; the last tie-break between rows."""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One row of the ledger, as the calculations need it.

    `source` holds members `person:<uuid>`, `bank:<slug>`, `issuer:<slug>`. `ceiling` is the one
    lowered at entry (None: not lowered). `recorded_at` and `revoked_at` are aware datetimes;
    `revoked_at` is when the revocation was recorded. `routine` is read for workplace artefacts
    only, `effect_beyond_team` for panels only.
    """

    id: RowId
    person: str
    skill: str
    kind: str
    demonstrated: int
    observed_on: date
    recorded_at: datetime
    source: frozenset[str]
    top_level: int = 4
    ceiling: int | None = None
    ceiling_reason: str = ""
    expires_on: date | None = None
    routine: bool = False
    effect_beyond_team: bool = False
    ai_condition: AiCondition | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """A reviewer's dated decision to set `row` of a contradiction aside and keep the other.

    It stands while both rows do: a pair with a revoked row never was.
    """

    row: RowId
    kept: RowId
    decided_on: date
    recorded_at: datetime


class Dates(NamedTuple):
    """The derived dates of a row under one policy version; each is the first day of its effect."""

    ageing_on: date
    stale_on: date
    lapses_on: date


def derive_dates(row: EvidenceRow, skill: SkillRule, policy: Policy) -> Dates:
    """When the row ages, turns stale and lapses; raises UnknownInPolicy for an unknown kind.

    Source: `docs/skill-policy.md`, "How long evidence lasts".
    """
    span = policy.span(skill.id, row.kind)
    observed = row.observed_on
    dates = Dates(observed + span.ageing, observed + span.stale, observed + span.lapse)
    expiry = row.expires_on
    if expiry is None or expiry >= dates.lapses_on:
        return dates
    return Dates(min(dates.ageing_on, expiry), min(dates.stale_on, expiry), expiry)


def age_order(row: EvidenceRow) -> tuple[date, datetime, RowId]:
    """Sort key from the earliest to the latest row: observed, then recorded at, then id."""
    return (row.observed_on, row.recorded_at, row.id)
