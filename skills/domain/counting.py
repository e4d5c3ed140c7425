"""Which rows count, and how much each contributes on a day.

    capped       = min(demonstrated, ceiling of the kind, ceiling lowered at entry)
                   panel without effect beyond the team: at most 3
                   workplace_evidence without a supporting artefact that day: at most 2
    contribution = capped,  one lower (not below 0) from stale_on,  0 from lapses_on
                   and 0 outside [observed_on, replaced_on or set_aside_on)

Given `known_at`, when a row is replaced or set aside is fixed; only the day moves. A row is
replaced on the day the first later row of its kind and exact source is observed that could have
shown as much; whether that later row is itself replaced or set aside afterwards changes nothing.
Source: `docs/skill-policy.md`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from skills.domain.policy import KindRule, Policy
from skills.domain.rows import EvidenceRow, RowId, Settlement, age_order, derive_dates
from skills.enums import EndReason, Kind, Phase

PANEL_WITHOUT_EFFECT = 3
SINGLE_ARTEFACT = 2
SUPPORTING_LEVEL = 2


@dataclass(slots=True)
class Life:
    """One row with everything about it that does not depend on the day asked for.

    `ends_on` is the first day on which it carries nothing any more; `capped` leaves out only the
    question whether a workplace artefact is supported.
    """

    row: EvidenceRow
    rule: KindRule
    observed_on: date
    ageing_on: date
    stale_on: date
    lapses_on: date
    replaced_on: date | None
    replaced_by: RowId | None
    set_aside_on: date | None
    ends_on: date
    ceiling: int
    capped: int
    needs_support: bool

    def alive(self, day: date) -> bool:
        """Whether the row counts and has not lapsed on that day."""
        return self.observed_on <= day < self.ends_on


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one row adds on the day of a standing, and if nothing any more, why and since when.

    `capped` is the level it could carry while fresh, `level` what it contributes. `ended_by` is
    the row that replaced it.
    """

    row: EvidenceRow
    capped: int
    level: int
    phase: Phase
    ageing_on: date
    stale_on: date
    lapses_on: date
    ended: EndReason | None = None
    ended_on: date | None = None
    ended_by: RowId | None = None


def known_rows(rows: Iterable[EvidenceRow], known_at: datetime) -> list[EvidenceRow]:
    """The rows that exist for `known_at`, earliest first: recorded and not revoked by then."""
    known = [
        row
        for row in rows
        if row.recorded_at <= known_at and (row.revoked_at is None or row.revoked_at > known_at)
    ]
    if len(known) > 1:
        known.sort(key=age_order)
    return known


def lives_of(
    known: Sequence[EvidenceRow],
    settlements: Iterable[Settlement],
    *,
    skill: str,
    policy: Policy,
    known_at: datetime,
) -> list[Life]:
    """Work out each row's dates, end and ceilings. `known` comes from `known_rows`.

    Raises UnknownInPolicy for a skill or a kind that the policy does not have.
    """
    rule = policy.skill(skill)
    replaced = replacements(known)
    aside = set_aside_days(settlements, known, known_at)
    lives = []
    for row in known:
        kind = policy.kind(row.kind)
        dates = derive_dates(row, rule, policy)
        later = replaced.get(row.id)
        replaced_on = later.observed_on if later else None
        ends_on = dates.lapses_on
        if replaced_on and replaced_on < ends_on:
            ends_on = replaced_on
        set_aside_on = aside.get(row.id)
        if set_aside_on and set_aside_on < ends_on:
            ends_on = set_aside_on
        ceiling = entry_ceiling(row, kind)
        lives.append(
            Life(
                row,
                kind,
                row.observed_on,
                *dates,
                replaced_on,
                later.id if later else None,
                set_aside_on,
                ends_on,
                ceiling,
                min(row.demonstrated, ceiling),
                row.kind == Kind.WORKPLACE_EVIDENCE,
            )
        )
    return lives


def entry_ceiling(row: EvidenceRow, kind: KindRule) -> int:
    """The ceiling fixed when the row was recorded: kind, lowering, panel without effect."""
    ceiling = kind.max_level
    if row.ceiling is not None and row.ceiling < ceiling:
        ceiling = row.ceiling
    if row.kind == Kind.PANEL and not row.effect_beyond_team:
        ceiling = min(ceiling, PANEL_WITHOUT_EFFECT)
    return ceiling


def replacements(known: Sequence[EvidenceRow]) -> dict[RowId, EvidenceRow]:
    """For each row that is ever replaced, the first row that replaces it. `known` is in order.

    A later row of the same kind and exactly the same source replaces an earlier one when its
    `top_level` is at least what the earlier demonstrated; workplace artefacts are never replaced.
    """
    if len(known) < 2:
        return {}
    replaced: dict[RowId, EvidenceRow] = {}
    open_rows: dict[tuple[str, frozenset[str]], list[EvidenceRow]] = {}
    for row in known:
        if row.kind == Kind.WORKPLACE_EVIDENCE:
            continue
        earlier = open_rows.setdefault((row.kind, row.source), [])
        still_open = []
        for other in earlier:
            if row.top_level >= other.demonstrated:
                replaced[other.id] = row
            else:
                still_open.append(other)
        still_open.append(row)
        earlier[:] = still_open
    return replaced


def set_aside_days(
    settlements: Iterable[Settlement], known: Sequence[EvidenceRow], known_at: datetime
) -> dict[RowId, date]:
    """For each row set aside by what was known, the first day on which it no longer counts.

    A settlement of a pair whose other row is not known, or revoked, never was.
    """
    days: dict[RowId, date] = {}
    for each in settlements:
        if each.recorded_at <= known_at and any(row.id == each.kept for row in known):
            days[each.row] = min(each.decided_on, days.get(each.row, each.decided_on))
    return days


def capped_on(life: Life, day: date, lives: Collection[Life], apart_days: int) -> int:
    """The capped level on a day; asks for a supporting artefact where one is needed."""
    if not life.needs_support or life.capped <= SINGLE_ARTEFACT:
        return life.capped
    supported = any(supports(other, life, apart_days) and other.alive(day) for other in lives)
    return life.capped if supported else SINGLE_ARTEFACT


def supports(other: Life, life: Life, apart_days: int) -> bool:
    """Whether one workplace artefact could support another: level, distance, one not routine."""
    return (
        other.needs_support
        and other.row.demonstrated >= SUPPORTING_LEVEL
        and abs((other.observed_on - life.observed_on).days) >= apart_days
        and not (other.row.routine and life.row.routine)
        and other is not life
    )


def contribution_on(life: Life, day: date, lives: Collection[Life], apart_days: int) -> int:
    """What the row contributes on a day: 0 to 4."""
    if not life.observed_on <= day < life.ends_on:
        return 0
    level = capped_on(life, day, lives, apart_days) if life.needs_support else life.capped
    return level - 1 if level and day >= life.stale_on else level


def ever_contributed(life: Life) -> bool:
    """Whether the row contributed 1 or more on some day, which is then so on its first day."""
    first_day = life.observed_on
    stale = 1 if life.stale_on <= first_day else 0
    return life.alive(first_day) and life.capped - stale >= 1


def contribution_of(
    life: Life, day: date, lives: Collection[Life], apart_days: int
) -> Contribution:
    """The row's contribution on a day with its phase or the reason and day of its end."""
    ended = _end(life) if day >= life.ends_on else None
    return Contribution(
        life.row,
        capped_on(life, day, lives, apart_days),
        contribution_on(life, day, lives, apart_days),
        Phase.ENDED if ended else _phase(life, day),
        life.ageing_on,
        life.stale_on,
        life.lapses_on,
        ended,
        life.ends_on if ended else None,
        life.replaced_by if ended is EndReason.REPLACED else None,
    )


def _phase(life: Life, day: date) -> Phase:
    if day >= life.stale_on:
        return Phase.STALE
    return Phase.AGEING if day >= life.ageing_on else Phase.FRESH


def _end(life: Life) -> EndReason:
    """Why the row ended on `ends_on`; on a tie a decision comes before a row, a row before time."""
    if life.rule.validity_factor is None:
        return EndReason.NEVER_COUNTS
    if life.set_aside_on == life.ends_on:
        return EndReason.SET_ASIDE
    if life.replaced_on == life.ends_on:
        return EndReason.REPLACED
    if life.row.expires_on == life.ends_on:
        return EndReason.ISSUER_EXPIRED
    return EndReason.LAPSED
