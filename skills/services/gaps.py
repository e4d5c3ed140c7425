"""How far people are from what is required of them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from skills.domain.gaps import Gap, Requirement, gap_figure, gaps_of
from skills.enums import CellStatus, RequirementState, State
from skills.models import Skill
from skills.services.reading import SkillRef, StandingRow, Standings, skill_refs, standings
from skills.services.requirements import PersonRef, PersonRequirements, requirements_of

DUE_SOON = timedelta(days=60)


class GapRow(NamedTuple):
    """One skill of one person: what is verified, claimed and required.

    `required_level` 0 with `requirement_state` None: the skill is not required. A blocking row is
    SHORT with `blocking` True. `shortfall` counts levels, 0 where the requirement does not bind.
    `until` is the last day of the exemption or of grace. `to_come`: of a row that binds, what else
    is asked, still in grace.
    """

    skill: SkillRef
    verified_level: int
    claimed_level: int | None
    state: State
    strength: int
    due_on: date | None
    next_change_on: date | None
    as_of: date
    required_level: int = 0
    weight: int = 0
    blocking_level: int = 0
    requirement_state: RequirementState | None = None
    blocking: bool = False
    shortfall: int = 0
    until: date | None = None
    job_role: str = ""
    job_role_name: str = ""
    to_come: tuple[Requirement, ...] = ()

    @classmethod
    def unrequired(cls, skill: SkillRef, at: StandingRow | None, as_of: date) -> "GapRow":
        """A skill that nothing requires of the person, with what is verified."""
        at = at or StandingRow(0, skill.id, skill.slug)
        return cls(
            skill,
            at.verified_level,
            at.claimed_level,
            at.state,
            at.strength,
            at.due_on,
            at.next_change_on,
            as_of,
        )

    @property
    def required(self) -> bool:
        return self.requirement_state is not None

    @property
    def binds(self) -> bool:
        """Whether the requirement counts in a figure: required, not exempt, not in grace."""
        return self.requirement_state in (RequirementState.MET, RequirementState.SHORT)

    @property
    def met(self) -> bool:
        return self.requirement_state is RequirementState.MET

    @property
    def unmet(self) -> bool:
        """Required and not met: short, in grace or exempt; a row of a gap report."""
        return self.required and not self.met

    @property
    def open(self) -> bool:
        """Asked for and not reached, in grace too; an exemption excuses."""
        excused = self.requirement_state is RequirementState.EXEMPT
        return self.required and not excused and self.verified_level < self.required_level

    @property
    def status(self) -> CellStatus:
        """What the row says at a glance; whether it blocks is said beside it."""
        wanted = self.requirement_state
        if wanted is RequirementState.EXEMPT:
            return CellStatus.EXEMPT
        if wanted is RequirementState.IN_GRACE:
            return CellStatus.IN_GRACE
        if self.state is State.UNDER_REVIEW:
            return CellStatus.UNDER_REVIEW
        if wanted is None:
            return CellStatus.NOT_REQUIRED
        if wanted is RequirementState.MET:
            return self._met_status()
        return _SHORT_WITHOUT.get(self.state, CellStatus.BELOW)

    def says(self, status: CellStatus) -> bool:
        """Whether this word is among those the row shows."""
        return self.blocking if status is CellStatus.BLOCKING else self.status is status

    def _met_status(self) -> CellStatus:
        if self.state is State.STALE:
            return CellStatus.STALE
        return CellStatus.DUE_SOON if self.falls_soon else CellStatus.MET

    @property
    def falls_soon(self) -> bool:
        """Whether the verified level falls within DUE_SOON of the day asked for."""
        return self.due_on is not None and self.due_on <= self.as_of + DUE_SOON


def pressing(row: GapRow) -> tuple[bool, int, int, tuple[int, int]]:
    """A sort key: blocking first, then weight x shortfall, then what is about to fall."""
    rank = _STATUSES.index(row.status)  # only breaks ties of what weighs the same
    return not row.blocking, -row.weight * row.shortfall, rank, row.skill.order


_STATUSES = list(CellStatus)
_SHORT_WITHOUT = {
    State.NOT_EVIDENCED: CellStatus.NO_EVIDENCE,
    State.LAPSED: CellStatus.LAPSED,
}


@dataclass(frozen=True, slots=True)
class PersonGaps:
    """One person's requirements against the verified levels.

    `gap` is 0 where all is met and 1 where nothing is evidenced; None: no requirement binds, the
    person is in no denominator. `rows` are in the order of the framework.
    """

    person: PersonRef
    as_of: date
    policy_version: str
    gap: float | None
    met: int
    required_count: int
    blocking_count: int
    rows: tuple[GapRow, ...]

    @property
    def unmet_rows(self) -> tuple[GapRow, ...]:
        return tuple(row for row in self.rows if row.unmet)

    def row(self, skill: str) -> GapRow | None:
        """The row of a skill by its slug."""
        return next((row for row in self.rows if row.skill.slug == skill), None)


def person_gaps(
    person_ids: Collection[int],
    *,
    as_of: date | None = None,
    known_at: datetime | None = None,
    unrequired: bool = False,
) -> dict[int, PersonGaps]:
    """The gaps of each of these people, by person id.

    `as_of` (default today) decides positions, requirements, exemptions and evidence; `known_at`
    (aware, default now) the knowledge of the evidence. With `unrequired`, skills with evidence
    that no role requires are rows too (one more query). Three queries for any number of people,
    and one where stored rows are due. Raises NoPolicyPublished.
    Source: docs/skill-policy.md, "Requirements and gaps".
    """
    day = as_of or timezone.localdate()
    wanted = requirements_of(person_ids, on=day)
    stand = standings(person_ids, as_of=day, known_at=known_at)
    others = _refs_beyond(wanted, stand) if unrequired else {}
    return {id_: gaps_against(each, stand, others) for id_, each in wanted.items()}


def gaps_against(
    wanted: PersonRequirements,
    stand: Standings,
    others: dict[int, SkillRef] | None = None,
    *,
    domain: str = "",
) -> PersonGaps:
    """One person's requirements, of one domain or all, against standings that are at hand."""
    rows = required_rows(wanted, stand, domain)
    gap = gap_figure(each for _, each in rows)
    shown = [row for row, _ in rows]
    binding = [row for row in shown if row.binds]
    shown += _unrequired_rows(wanted, stand, others or {})
    shown.sort(key=lambda row: row.skill.order)
    return PersonGaps(
        wanted.person,
        wanted.book.on,
        wanted.book.policy.version,
        gap,
        sum(row.met for row in binding),
        len(binding),
        sum(row.blocking for row in binding),
        tuple(shown),
    )


def required_rows(
    wanted: PersonRequirements, stand: Standings, domain: str = ""
) -> list[tuple[GapRow, Gap]]:
    """Each required skill as a row, beside the gap it was made of."""
    skills = wanted.book.skills
    required = {
        slug: each
        for slug, each in wanted.required.items()
        if not domain or skills[slug].domain == domain
    }
    at = {slug: stand.get((wanted.person.id, skills[slug].id)) for slug in required}
    verified = {slug: row.verified_level for slug, row in at.items() if row}
    gaps = gaps_of(required, verified, wanted.exempt_until, as_of=wanted.book.on)
    return [(_required_row(wanted, each, at[each.required.skill]), each) for each in gaps]


def _required_row(wanted: PersonRequirements, gap: Gap, at: StandingRow | None) -> GapRow:
    required = gap.required
    ref = wanted.book.skills[required.skill]
    at = at or StandingRow(wanted.person.id, ref.id, ref.slug)
    blocking = gap.state is RequirementState.BLOCKING
    return GapRow(
        ref,
        at.verified_level,
        at.claimed_level,
        at.state,
        at.strength,
        at.due_on,
        at.next_change_on,
        wanted.book.on,
        required.level,
        required.weight,
        required.blocking_level,
        RequirementState.SHORT if blocking else gap.state,
        blocking,
        gap.missing,
        gap.until,
        required.job_role,
        wanted.book.role_names[required.job_role],
        required.to_come if required.in_grace and gap.until is None else (),
    )


def _unrequired_rows(
    wanted: PersonRequirements, stand: Standings, others: dict[int, SkillRef]
) -> Iterator[GapRow]:
    for ref in others.values():
        at = stand.get((wanted.person.id, ref.id))
        if at is not None and ref.slug not in wanted.required:
            yield GapRow.unrequired(ref, at, wanted.book.on)


def _refs_beyond(
    wanted: dict[int, PersonRequirements], stand: Iterable[tuple[int, int]]
) -> dict[int, SkillRef]:
    """The skills with evidence; which of them a person's roles require differs by person."""
    ids = {skill_id for person_id, skill_id in stand if person_id in wanted}
    return {ref.id: ref for ref in skill_refs(Skill.objects.filter(pk__in=ids))} if ids else {}
