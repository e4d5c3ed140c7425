"""Why a level is what it is, with names: for the person who holds it and for an auditor."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from accounts.models import Person
from skills.domain.counting import Contribution
from skills.domain.explain import Explanation, explain
from skills.domain.timeline import Turn
from skills.enums import EndReason, Phase, State
from skills.models import Evidence, EvidenceKind, Skill
from skills.services import wording
from skills.services.ledger_rows import slice_of
from skills.services.policy import current_policy

SYSTEM = "Tutti"
LINE_PARTS = (
    "kind",
    "accepted_by",
    "recorded_by",
    "revocation__recorded_by",
    "settlement__reviewer",
    "settlement__kept__revocation",
)
"""What `lines_of` reads of a row besides the row."""


@dataclass(frozen=True, slots=True)
class Source:
    """One member of a source: a named person, a bank of questions or an issuer."""

    kind: str
    name: str
    person_uuid: UUID | None = None

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One ledger row in words, without what it is worth on a day.

    `set_aside_fell`: the row that was kept is revoked, so that the decision never was.
    """

    id: int
    uuid: UUID
    kind: str
    kind_name: str
    level: int
    top_level: int
    observed_on: date
    sources: tuple[Source, ...]
    ai_condition: str
    ai_condition_text: str
    ceiling: int | None
    ceiling_reason: str
    ceiling_text: str
    expires_on: date | None
    routine: bool
    effect_beyond_team: bool
    accepted_by: str
    recorded_by: str
    recorded_at: datetime
    example: str
    origin_type: str
    origin_uuid: UUID | None
    revoked_on: date | None
    revoked_reason: str
    revoked_by: str
    set_aside_on: date | None
    set_aside_reason: str
    set_aside_by: str
    set_aside_fell: bool


@dataclass(frozen=True, slots=True)
class WhyRow:
    """One row and what it is worth on the day: `contributes` 0-4, `capped` while fresh.

    `decides`: it is one of the rows that carry the level (or that contradict each other).
    `ended_text` says why it no longer counts, `ended_on` since when, `ended_by` by which row.
    """

    line: EvidenceLine
    contributes: int
    capped: int
    decides: bool
    phase: Phase
    phase_text: str
    ageing_on: date
    stale_on: date
    lapses_on: date
    ended: EndReason | None
    ended_text: str
    ended_on: date | None
    ended_by: UUID | None


@dataclass(frozen=True, slots=True)
class Why:
    """The whole panel for one person and skill.

    `ways` are alternatives to the next level, each a tuple of things needed together. `falls`:
    the days on which the level changes if nothing new arrives. `revoked` rows were mistakes and
    count as if they had never been.
    """

    skill: Skill
    as_of: date
    known_at: datetime
    policy_version: str
    keystone: bool
    verified_level: int
    claimed_level: int | None
    claimed_on: date | None
    state: State
    strength: int
    due_on: date | None
    next_change_on: date | None
    rule: str
    rule_text: str
    counting: tuple[WhyRow, ...]
    no_longer: tuple[WhyRow, ...]
    revoked: tuple[EvidenceLine, ...]
    review_open: bool
    contradicting: tuple[tuple[UUID, UUID], ...]
    next_level: int | None
    lacks: tuple[str, ...]
    ways: tuple[tuple[str, ...], ...]
    falls: tuple[Turn, ...]


def why_this_level(
    person: Person, skill: Skill, *, as_of: date | None = None, known_at: datetime | None = None
) -> Why:
    """Explain where a person stands in a skill on a day (default today) as known then (aware).

    Five queries. Raises NoPolicyPublished, and UnknownInPolicy for a skill the current policy does
    not have. Source: docs/skill-policy.md.
    """
    policy = current_policy()
    piece = slice_of((person.pk, skill.pk))
    explanation = explain(
        piece.rows if piece else (),
        piece.settlements if piece else (),
        skill=skill.slug,
        policy=policy,
        as_of=as_of or timezone.localdate(),
        known_at=known_at or (piece.known_now() if piece else timezone.now()),
    )
    lines = {line.id: line for line in evidence_lines(person, skills=[skill.pk])}
    keystone = policy.skill(skill.slug).keystone
    return _why(skill, keystone, explanation, lines)


def _why(
    skill: Skill, keystone: bool, explanation: Explanation, lines: dict[int, EvidenceLine]
) -> Why:
    standing, decision = explanation.standing, explanation.decision
    known = {each.row.id for each in standing.contributions}
    return Why(
        skill,
        standing.as_of,
        standing.known_at,
        standing.policy_version,
        keystone,
        standing.verified,
        standing.claimed,
        standing.claimed_on,
        standing.state,
        standing.strength,
        standing.due_on,
        standing.next_change_on,
        decision.rule.value,
        wording.RULES[decision.rule],
        _why_rows(explanation.counting, lines, decision.rows),
        _why_rows(explanation.no_longer, lines, decision.rows),
        tuple(each for each in lines.values() if each.revoked_on and each.id not in known),
        explanation.review_open,
        tuple((lines[p.higher].uuid, lines[p.lower].uuid) for p in standing.under_review),
        explanation.next_level,
        tuple(wording.LACKS[each] for each in decision.lacks),
        _ways(explanation),
        explanation.falls,
    )


def _why_rows(
    contributions: Iterable[Contribution], lines: dict[int, EvidenceLine], deciding: Collection[int]
) -> tuple[WhyRow, ...]:
    """Newest first."""
    rows = [_why_row(each, lines, each.row.id in deciding) for each in contributions]
    return tuple(reversed(rows))


def _why_row(each: Contribution, lines: dict[int, EvidenceLine], decides: bool) -> WhyRow:
    line = lines[each.row.id]
    ended = ""
    if each.ended is not None:
        ended = wording.ENDS[each.ended]
        if each.ended is EndReason.SET_ASIDE and line.set_aside_by:
            ended = f"Set aside by {line.set_aside_by}: {line.set_aside_reason}"
    return WhyRow(
        line,
        each.level,
        each.capped,
        decides,
        each.phase,
        wording.PHASES[each.phase],
        each.ageing_on,
        each.stale_on,
        each.lapses_on,
        each.ended,
        ended,
        each.ended_on,
        lines[each.ended_by].uuid if each.ended_by is not None else None,
    )


def _ways(explanation: Explanation) -> tuple[tuple[str, ...], ...]:
    if not explanation.alternatives:
        return ()
    names = dict(EvidenceKind.objects.values_list("slug", "name"))
    return tuple(
        tuple(
            wording.need_sentence(need, names.get(need.kind, need.kind), first=not number)
            for number, need in enumerate(needs)
        )
        for needs in explanation.alternatives
    )


def evidence_lines(person: Person, *, skills: Collection[int] | None = None) -> list[EvidenceLine]:
    """A person's ledger rows in words, in these skills or all, earliest first; two queries."""
    rows = Evidence.objects.filter(person=person).select_related(*LINE_PARTS)
    if skills is not None:
        rows = rows.filter(skill_id__in=skills)
    found = list(rows)
    return lines_of(found)


def lines_of(rows: Collection[Evidence]) -> list[EvidenceLine]:
    """Rows in words; the people in their sources cost one query."""
    uuids = {
        member.partition(":")[2]
        for row in rows
        for member in row.source
        if member.startswith("person:")
    }
    people = Person.objects.filter(uuid__in=uuids).values_list("uuid", "name") if uuids else ()
    names = {str(uuid): name for uuid, name in people}
    return [_line(row, names) for row in rows]


def _line(row: Evidence, names: dict[str, str]) -> EvidenceLine:
    revocation = getattr(row, "revocation", None)
    settlement = getattr(row, "settlement", None)
    return EvidenceLine(
        row.pk,
        row.uuid,
        row.kind.slug,
        row.kind.name,
        row.level,
        row.top_level,
        row.observed_on,
        tuple(_source(member, names) for member in row.source),
        row.ai_condition,
        wording.AI_CONDITIONS[row.ai_condition],
        row.ceiling,
        row.ceiling_reason,
        wording.ceiling_sentence(row.ceiling, row.ceiling_reason),
        row.expires_on,
        row.routine,
        row.effect_beyond_team,
        row.accepted_by.name if row.accepted_by else "",
        _actor(row.recorded_by, row.recorded_by_client),
        row.recorded_at,
        str(row.detail.get("example", "")),
        row.origin_type,
        row.origin_uuid,
        revocation.revoked_on if revocation else None,
        revocation.reason if revocation else "",
        _actor(revocation.recorded_by, revocation.recorded_by_client) if revocation else "",
        settlement.decided_on if settlement else None,
        settlement.reason if settlement else "",
        settlement.reviewer.name if settlement else "",
        settlement is not None and hasattr(settlement.kept, "revocation"),
    )


def _source(member: str, names: dict[str, str]) -> Source:
    kind, _, value = member.partition(":")
    if kind == "person":
        known = value in names
        return Source(kind, names.get(value, "A former member"), UUID(value) if known else None)
    return Source(kind, f"Question bank {value}" if kind == "bank" else value)


def _actor(person: Person | None, client: str) -> str:
    if person is not None:
        return person.name
    return f"API client {client}" if client else SYSTEM
