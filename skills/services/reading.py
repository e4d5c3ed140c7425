"""Where people stand: the cached rows, and the ledger where the cache does not hold.

Every page, export and API answer reads through `standings`: it gives the stored row while that
row holds, and sends rows whose `next_change_on` has come, or that were computed under an earlier
policy version, through the ladder (docs/skill-policy.md, "The state of a skill").
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache, reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from skills.domain.policy import Policy
from skills.domain.standing import Answer
from skills.enums import State
from skills.models import Competency, Evidence, Skill
from skills.services.ledger_rows import FIELDS, Key, LedgerSlice, ledger_values, slices_of
from skills.services.policy import current_digest, policy_of_digest

_MOST_PAIRS = 400


class SkillRef(NamedTuple):
    """A skill with its domain, as lists and tables show it."""

    id: int
    slug: str
    name: str
    domain: str
    domain_name: str
    order: tuple[int, int]
    has_check: bool = False


class StandingRow(NamedTuple):
    """Where one person stands in one skill."""

    person_id: int
    skill_id: int
    skill: str
    verified_level: int = 0
    claimed_level: int | None = None
    state: State = State.NOT_EVIDENCED
    strength: int = 0
    due_on: date | None = None
    next_change_on: date | None = None

    @property
    def answer(self) -> tuple[Any, ...]:
        """What the ladder says, for comparing two rows."""
        return (
            self.verified_level,
            self.claimed_level,
            self.state,
            self.strength,
            self.due_on,
            self.next_change_on,
        )


Standings = Mapping[Key, StandingRow]
"""By person id and skill id; a pair without any evidence is absent."""

_STORED = (
    "person_id",
    "skill_id",
    "skill__slug",
    "verified_level",
    "claimed_level",
    "state",
    "strength",
    "due_text",
    "next_change_text",
    "policy__digest",
    "current_digest",
)
_STATES = {each.value: each for each in State}


def standings(
    person_ids: Collection[int],
    *,
    skill_ids: Collection[int] | None = None,
    as_of: date | None = None,
    known_at: datetime | None = None,
) -> Standings:
    """Where these people stand, in these skills or in all active ones.

    Today with today's knowledge (both None, or `as_of` today) comes from the stored rows: one
    query, and one more where some are due. Another `as_of`, or a `known_at` (aware), comes from
    the ledger: one query. Raises NoPolicyPublished where there are rows and no policy.
    """
    if not person_ids:
        return {}
    today = timezone.localdate()
    wanted = Q(person_id__in=person_ids, skill__is_active=True)
    if skill_ids is not None:
        wanted &= Q(skill_id__in=skill_ids)
    if known_at is None and as_of in (None, today):
        return _current(_stored_values().filter(wanted))
    return _from_ledger(wanted, as_of or today, known_at)


def current_rows(rows: QuerySet[Competency]) -> dict[Key, StandingRow]:
    """The stored rows as they are today: those that are due, through the ladder."""
    return _current(_stored_values().filter(pk__in=rows.order_by().values("pk")))


def as_text(field: str) -> Cast:
    """A day as ISO text; see `day_of`."""
    return Cast(field, CharField())


@lru_cache(maxsize=4096)
def day_of(text: str) -> date:
    """The day of an ISO text: thousands of rows repeat few days, and each is read once."""
    return date.fromisoformat(text)


@cache
def _stored_values() -> QuerySet[Competency, tuple[Any, ...]]:
    """All stored rows, to be filtered; kept, since building it costs more than running it."""
    rows = Competency.objects.order_by().annotate(
        current_digest=current_digest(),
        due_text=as_text("due_on"),
        next_change_text=as_text("next_change_on"),
    )
    return rows.values_list(*_STORED)


def _current(stored: Iterable[tuple[Any, ...]]) -> dict[Key, StandingRow]:
    today = timezone.localdate()
    found: dict[Key, StandingRow] = {}
    due: list[Key] = []
    digest: str | None = None
    for *values, under, current in stored:
        digest = current
        row = _stored_row(values)
        key = (row.person_id, row.skill_id)
        found[key] = row
        if under != current or (row.next_change_on is not None and row.next_change_on <= today):
            due.append(key)
    if due:
        policy = policy_of_digest(digest)
        for key, piece in slices_for(due).items():
            if piece.skill in policy.skills:
                found[key] = worked_out(key, piece, policy, as_of=today, known_at=None)
    return found


def _stored_row(values: list[Any]) -> StandingRow:
    person_id, skill_id, skill, verified, claimed, state, strength, due, change = values
    return StandingRow(
        person_id,
        skill_id,
        skill,
        verified,
        claimed,
        _STATES[state],
        strength,
        day_of(due) if due else None,
        day_of(change) if change else None,
    )


def slices_for(keys: Collection[Key]) -> dict[Key, LedgerSlice]:
    """The ledger of exactly these pairs of person and skill; one query."""
    wanted = set(keys)
    rows = ledger_values()
    if len(wanted) <= _MOST_PAIRS:
        by_skill: dict[int, list[int]] = {}
        for person_id, skill_id in wanted:
            by_skill.setdefault(skill_id, []).append(person_id)
        pairs = [Q(skill_id=skill, person_id__in=ids) for skill, ids in by_skill.items()]
        rows = rows.filter(reduce(or_, pairs, Q(pk__in=[])))
    else:
        rows = rows.filter(
            person_id__in={person for person, _ in wanted},
            skill_id__in={skill for _, skill in wanted},
        )
    return slices_of(each for each in rows if (each[1], each[2]) in wanted)


@cache
def _ledger_with_digest() -> QuerySet[Evidence, tuple[Any, ...]]:
    rows = Evidence.objects.order_by().annotate(digest=current_digest())
    values: QuerySet[Evidence, tuple[Any, ...]] = rows.values_list(*FIELDS, "digest")
    return values


def _from_ledger(wanted: Q, as_of: date, known_at: datetime | None) -> dict[Key, StandingRow]:
    values = list(_ledger_with_digest().filter(wanted))
    if not values:
        return {}
    policy = policy_of_digest(values[0][-1])
    return {
        key: worked_out(key, piece, policy, as_of=as_of, known_at=known_at)
        for key, piece in slices_of(each[:-1] for each in values).items()
        if piece.skill in policy.skills
    }


def worked_out(
    key: Key, piece: LedgerSlice, policy: Policy, *, as_of: date, known_at: datetime | None
) -> StandingRow:
    """One slice through the ladder; `known_at` None: all that is known now."""
    return row_of(key, piece.answer(policy, as_of=as_of, known_at=known_at))


def row_of(key: Key, answer: Answer) -> StandingRow:
    """An answer of the ladder as a row."""
    return StandingRow(
        *key,
        answer.skill,
        answer.verified,
        answer.claimed,
        answer.state,
        answer.strength,
        answer.due_on,
        answer.next_change_on,
    )


_SKILL = (
    "id", "slug", "name", "domain__slug", "domain__name", "domain__position", "position",
    "has_check",
)  # fmt: skip


def skill_refs(skills: QuerySet[Skill]) -> list[SkillRef]:
    """These skills in the order of the framework; one query."""
    return sorted(map(skill_ref, skills.values_list(*_SKILL)), key=lambda ref: ref.order)


def skill_ref(values: Iterable[Any]) -> SkillRef:
    """A SkillRef from the values of `_SKILL`, in its order."""
    id_, slug, name, domain, domain_name, domain_position, position, has_check = values
    return SkillRef(
        id_, slug, name, domain, domain_name, (domain_position, position), bool(has_check)
    )
