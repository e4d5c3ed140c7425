"""Ledger rows as the calculations take them: one query for any number of people and skills."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from skills.domain.calendar import LAST_DAY
from skills.domain.policy import Policy
from skills.domain.rows import EvidenceRow, Settlement
from skills.domain.standing import Answer, Standing, answer, stand
from skills.enums import AiCondition
from skills.models import Evidence

Key = tuple[int, int]
"""A person's id and a skill's id."""

FIELDS = (
    "id",
    "person_id",
    "skill_id",
    "skill__slug",
    "kind__slug",
    "level",
    "observed_on",
    "recorded_at",
    "source",
    "top_level",
    "ceiling",
    "ceiling_reason",
    "expires_on",
    "routine",
    "effect_beyond_team",
    "ai_condition",
    "revocation__recorded_at",
    "settlement__kept_id",
    "settlement__decided_on",
    "settlement__recorded_at",
)
_ALL_KNOWN = datetime(LAST_DAY.year + 1, 1, 1, tzinfo=UTC)
_CONDITIONS: dict[str, AiCondition | None] = {
    "": None,
    **{each.value: each for each in AiCondition},
}


@dataclass(slots=True)
class LedgerSlice:
    """All that the ledger holds of one person and one skill, revoked rows included."""

    skill: str
    rows: list[EvidenceRow] = field(default_factory=list)
    settlements: list[Settlement] = field(default_factory=list)

    def stand(self, policy: Policy, *, as_of: date, known_at: datetime | None = None) -> Standing:
        """Send the slice through the ladder. `known_at` is aware; None: all that is known."""
        return stand(
            self.rows,
            self.settlements,
            skill=self.skill,
            policy=policy,
            as_of=as_of,
            known_at=known_at or self.known_now(),
        )

    def answer(self, policy: Policy, *, as_of: date, known_at: datetime | None = None) -> Answer:
        """What `stand` says, without its reasons."""
        return answer(
            self.rows,
            self.settlements,
            skill=self.skill,
            policy=policy,
            as_of=as_of,
            known_at=known_at or _ALL_KNOWN,
        )

    def known_now(self) -> datetime:
        """A moment by which all of this is known, whichever server's clock wrote it."""
        now = timezone.now()
        for row in self.rows:
            now = max(now, row.recorded_at, row.revoked_at or now)
        return max([now, *(each.recorded_at for each in self.settlements)])

    def add(self, values: tuple[Any, ...]) -> None:
        """Add one row of FIELDS, with its revocation and settlement."""
        id_, person, _, skill, kind, level, observed, recorded, source, top, *rest = values
        ceiling, reason, expires, routine, effect, condition, revoked, kept, decided, settled = rest
        row = EvidenceRow(
            id_,
            str(person),
            skill,
            kind,
            level,
            observed,
            recorded,
            frozenset(source),
            top,
            ceiling,
            reason,
            expires,
            routine,
            effect,
            _CONDITIONS[condition],
            revoked,
        )
        self.rows.append(row)
        if kept is not None:
            self.settlements.append(Settlement(id_, kept, decided, settled))


def slices_of(values: Iterable[tuple[Any, ...]]) -> dict[Key, LedgerSlice]:
    """Group rows of FIELDS by person and skill."""
    slices: dict[Key, LedgerSlice] = {}
    for each in values:
        key = (each[1], each[2])
        if key not in slices:
            slices[key] = LedgerSlice(each[3])
        slices[key].add(each)
    return slices


@cache
def ledger_values() -> QuerySet[Evidence, tuple[Any, ...]]:
    """All rows as FIELDS, to be filtered; kept, since building it costs more than running it."""
    rows: QuerySet[Evidence, tuple[Any, ...]] = Evidence.objects.order_by().values_list(*FIELDS)
    return rows


def slice_of(key: Key) -> LedgerSlice | None:
    """What the ledger holds of one person and skill; None: nothing. One query."""
    return slices_of(ledger_values().filter(person_id=key[0], skill_id=key[1])).get(key)


def ledger_of(
    person_ids: Collection[int], skill_ids: Collection[int] | None = None
) -> dict[Key, LedgerSlice]:
    """The slices of these people, in these skills or in all; one query."""
    rows = ledger_values().filter(person_id__in=person_ids)
    if skill_ids is not None:
        rows = rows.filter(skill_id__in=skill_ids)
    return slices_of(rows)
