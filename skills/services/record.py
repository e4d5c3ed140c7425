"""A person's whole record of skills: what the printable learning record and a download show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.models import Person
from skills.enums import Kind
from skills.models import AssessorAppointment, Evidence, Exemption
from skills.services.explain import LINE_PARTS, EvidenceLine, lines_of
from skills.services.gaps import GapRow, PersonGaps, person_gaps


@dataclass(frozen=True, slots=True)
class SkillRecord:
    """One skill: where the person stands, and every ledger row, newest first."""

    row: GapRow
    evidence: tuple[EvidenceLine, ...]

    @property
    def pieces(self) -> int:
        """How many rows are evidence; a self-report is a claim."""
        return sum(line.kind != Kind.SELF_REPORT for line in self.evidence)

    @property
    def claimed_on(self) -> date | None:
        """The day of the claim that stands."""
        claims = [each for each in self.evidence if each.kind == Kind.SELF_REPORT]
        return max((each.observed_on for each in claims if not each.revoked_on), default=None)


@dataclass(frozen=True, slots=True)
class SkillsRecord:
    """The skills part of a person's record as of a day.

    `skills` has each required skill and each with evidence, in the order of the framework;
    `appointments` and `exemptions` are all that ever were, the newest first.
    """

    person: Person
    as_of: date
    gaps: PersonGaps
    skills: tuple[SkillRecord, ...]
    appointments: tuple[AssessorAppointment, ...]
    exemptions: tuple[Exemption, ...]

    @property
    def evidence_count(self) -> int:
        return sum(each.pieces for each in self.skills)


def skills_record(person: Person) -> SkillsRecord:
    """A person's record as of today; eight queries, and one where stored rows are due.

    Raises NoPolicyPublished.
    """
    today = timezone.localdate()
    gaps = person_gaps([person.pk], as_of=today, unrequired=True)[person.pk]
    rows = Evidence.objects.filter(person=person).select_related(*LINE_PARTS)
    evidence = list(rows)
    by_skill = _by_skill(evidence, lines_of(evidence))
    appointments = AssessorAppointment.objects.filter(person=person).select_related("domain")
    exemptions = Exemption.objects.filter(person=person).select_related("skill", "approved_by")
    return SkillsRecord(
        person,
        today,
        gaps,
        tuple(SkillRecord(row, by_skill.get(row.skill.id, ())) for row in gaps.rows),
        tuple(appointments.order_by("-starts_on", "-id")),
        tuple(exemptions.order_by("-starts_on", "-id")),
    )


def _by_skill(
    evidence: Iterable[Evidence], lines: Iterable[EvidenceLine]
) -> dict[int, tuple[EvidenceLine, ...]]:
    grouped: dict[int, list[EvidenceLine]] = {}
    for row, line in zip(evidence, lines, strict=True):
        grouped.setdefault(row.skill_id, []).append(line)
    return {skill_id: tuple(reversed(each)) for skill_id, each in grouped.items()}
