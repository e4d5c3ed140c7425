"""Recording evidence: the ledger row, its dates and the competency row in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Person
from skills.domain.entry import Lowered, admit
from skills.domain.policy import HIGHEST_LEVEL
from skills.domain.rows import derive_dates
from skills.enums import AiCondition, Kind
from skills.exceptions import EntryRefused, IdempotencyConflict, NoPolicyPublished
from skills.models import Evidence, EvidenceDates, Skill
from skills.services.competencies import competency_of, lock_people, save_competencies
from skills.services.entry import Draft, check_given, entry_of
from skills.services.ledger_rows import LedgerSlice, slice_of
from skills.services.policy import Published, policy_of_digest
from skills.services.reading import StandingRow, row_of

PAYLOAD = (
    "person_id",
    "skill_id",
    "kind_id",
    "level",
    "top_level",
    "observed_on",
    "source",
    "ai_condition",
    "expires_on",
    "routine",
    "effect_beyond_team",
    "accepted_by_id",
    "detail",
    "origin_type",
    "origin_uuid",
)
"""What makes two requests with one idempotency key the same request."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The ledger row, whether this call made it, and the person's standing before and after."""

    evidence: Evidence
    created: bool
    competency_before: StandingRow
    competency_after: StandingRow

    @property
    def moved(self) -> bool:
        """Whether the verified level changed."""
        return self.competency_before.verified_level != self.competency_after.verified_level


@dataclass(frozen=True, slots=True)
class Recorder:
    """Who records: a person, an API client by its name, or neither (the system itself)."""

    person: Person | None = None
    client: str = ""
    idempotency_key: str | None = None


def record_evidence(
    *,
    person: Person,
    skill: Skill,
    kind: str,
    level: int,
    observed_on: date,
    top_level: int = HIGHEST_LEVEL,
    assessors: Sequence[Person] = (),
    bank: str = "",
    issuer: str = "",
    accepted_by: Person | None = None,
    marks: Sequence[int] = (),
    example: str = "",
    example_on: date | None = None,
    item_count: int | None = None,
    standard_error: float | None = None,
    ai_condition: AiCondition | str = "",
    expires_on: date | None = None,
    routine: bool = True,
    effect_beyond_team: bool = False,
    origin_type: str = "",
    origin_uuid: UUID | None = None,
    recorded_by: Person | None = None,
    client: str = "",
    idempotency_key: str | None = None,
) -> Recorded:
    """Record one piece of evidence and bring the person's competency in the skill up to date.

    Entry conditions are checked first and may lower the ceiling (docs/skill-policy.md). The source
    is `assessors`, `bank` and `issuer`; `marks` (a panel's votes) are one an assessor, in the same
    order. Levels are 0-4, dates days in the organisation's time zone. With an `idempotency_key`
    (unique over all that record) the same request again returns the row that exists.

    Raises EntryRefused, IdempotencyConflict (other evidence), UnknownInPolicy, NoPolicyPublished.
    """
    draft = Draft(
        person=person,
        skill=skill,
        kind=str(kind),
        level=level,
        observed_on=observed_on,
        top_level=top_level,
        assessors=tuple(assessors),
        bank=bank,
        issuer=issuer,
        accepted_by=accepted_by,
        marks=tuple(marks),
        example=example,
        example_on=example_on,
        item_count=item_count,
        standard_error=standard_error,
        ai_condition=str(ai_condition),
        expires_on=expires_on,
        routine=routine,
        effect_beyond_team=effect_beyond_team,
        origin_type=origin_type,
        origin_uuid=origin_uuid,
    )
    return record_draft(draft, Recorder(recorded_by, client, idempotency_key))


def record_claim(*, person: Person, skill: Skill, level: int, by: Person) -> Recorded:
    """Record what a person says of themselves (0-4), as of today. It moves no verified level.

    Raises EntryRefused where somebody else speaks for them.
    """
    return record_evidence(
        person=person,
        skill=skill,
        kind=Kind.SELF_REPORT,
        level=level,
        observed_on=timezone.localdate(),
        recorded_by=by,
    )


def record_draft(draft: Draft, recorder: Recorder) -> Recorded:
    """Record a draft; see `record_evidence` for rule and errors."""
    try:
        with transaction.atomic():
            return _record(draft, recorder)
    except IntegrityError:
        # Another request with this key, about somebody else, was a moment faster.
        earlier = _earlier(recorder)
        if earlier is None:
            raise
        raise IdempotencyConflict(recorder.idempotency_key or "") from None


def _record(draft: Draft, recorder: Recorder) -> Recorded:
    kind_id, published = _kind_and_policy(draft.kind)
    lock_people([draft.person.pk])
    key = (draft.person.pk, draft.skill.pk)
    own = slice_of(key) or LedgerSlice(draft.skill.slug)
    today = timezone.localdate()
    before = StandingRow(*key, own.skill)
    if own.rows and own.skill in published.policy.skills:  # a repeat may name a withdrawn skill
        before = row_of(key, own.answer(published.policy, as_of=today))
    earlier = _earlier(recorder)
    if earlier is not None:
        if _payload(earlier) != _payload(_evidence(draft, kind_id, recorder, earlier.recorded_at)):
            raise IdempotencyConflict(recorder.idempotency_key or "")
        return Recorded(earlier, False, before, before)
    lowered = _admitted(draft, recorder, published, today)
    now = max(timezone.now(), own.known_now())
    evidence = _evidence(draft, kind_id, recorder, now, lowered)
    evidence.save()
    own.add(_values(evidence, draft))
    policy = published.policy
    dates = derive_dates(own.rows[-1], policy.skill(own.skill), policy)
    EvidenceDates.objects.create(evidence=evidence, policy_id=published.id, **dates._asdict())
    answer = own.answer(policy, as_of=today)
    save_competencies([competency_of(key, answer, published)])
    return Recorded(evidence, True, before, row_of(key, answer))


_KIND_AND_POLICY = """
SELECT kind.id, policy.id, policy.digest FROM skills_evidencekind kind
LEFT JOIN skills_policyversion policy ON policy.is_current WHERE kind.slug = %s
"""


def _kind_and_policy(slug: str) -> tuple[int, Published]:
    """The kind's id and the current policy, in one query that every recording makes."""
    with connection.cursor() as cursor:
        cursor.execute(_KIND_AND_POLICY, [slug])
        row = cursor.fetchone()
    if row is None:
        raise EntryRefused("unknown_kind", "kind", "There is no such kind of evidence.")
    if row[1] is None:
        raise NoPolicyPublished
    return row[0], Published(row[1], policy_of_digest(row[2]))


def _earlier(recorder: Recorder) -> Evidence | None:
    """The row that an earlier request with the same idempotency key made."""
    if recorder.idempotency_key is None:
        return None
    found: Evidence | None
    found = Evidence.objects.filter(idempotency_key=recorder.idempotency_key).first()
    return found


def _payload(evidence: Evidence) -> tuple[Any, ...]:
    return tuple(getattr(evidence, name) for name in PAYLOAD)


def _admitted(
    draft: Draft, recorder: Recorder, published: Published, today: date
) -> Lowered | None:
    """Check every entry condition; return the lowered ceiling, if any."""
    claims = draft.kind == Kind.SELF_REPORT
    if claims and recorder.person is not None and recorder.person.pk != draft.person.pk:
        raise EntryRefused("speaks_for_another", "person", "People report on themselves only.")
    check_given(draft, today=today)
    return admit(entry_of(draft, published.policy), policy=published.policy, today=today)


def _evidence(
    draft: Draft, kind_id: int, recorder: Recorder, now: datetime, lowered: Lowered | None = None
) -> Evidence:
    return Evidence(
        person=draft.person,
        skill=draft.skill,
        kind_id=kind_id,
        level=draft.level,
        top_level=draft.top_level,
        observed_on=draft.observed_on,
        source=sorted(draft.source),
        ai_condition=draft.ai_condition,
        expires_on=draft.expires_on,
        ceiling=lowered.ceiling if lowered else None,
        ceiling_reason=lowered.reason.value if lowered else "",
        routine=draft.routine,
        effect_beyond_team=draft.effect_beyond_team,
        accepted_by=draft.accepted_by,
        detail=draft.detail,
        origin_type=draft.origin_type,
        origin_uuid=draft.origin_uuid,
        recorded_by=recorder.person,
        recorded_by_client=recorder.client,
        recorded_at=now,
        idempotency_key=recorder.idempotency_key,
    )


def _values(evidence: Evidence, draft: Draft) -> tuple[Any, ...]:
    """The row just written as it would be read (`ledger_rows.FIELDS`)."""
    return (
        evidence.pk,
        evidence.person_id,
        evidence.skill_id,
        draft.skill.slug,
        draft.kind,
        evidence.level,
        evidence.observed_on,
        evidence.recorded_at,
        evidence.source,
        evidence.top_level,
        evidence.ceiling,
        evidence.ceiling_reason,
        evidence.expires_on,
        evidence.routine,
        evidence.effect_beyond_team,
        evidence.ai_condition,
        None,
        None,
        None,
        None,
    )
