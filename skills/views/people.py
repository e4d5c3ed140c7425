"""My skills, and the skills of somebody whose record is open to the viewer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median_low
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from skills.enums import CellStatus
from skills.forms import SkillFilterForm
from skills.services.faces import face_of
from skills.services.gaps import GapRow, PersonGaps, person_gaps, pressing
from skills.services.wording import STATUSES
from skills.views.links import Action, actions_for, page_url
from skills.views.subjects import Subject, member_page, own_subject, subject_or_refuse


@dataclass(frozen=True, slots=True)
class SkillLine:
    """One row of the table."""

    row: GapRow
    url: str
    actions: list[Action]


@dataclass(frozen=True, slots=True)
class DomainLevels:
    """One axis of the radar: the level that at least half of the domain's required skills reach.

    `claimed` is over those skills of them that were claimed at all.
    """

    label: str
    required: int
    verified: int
    claimed: int | None
    gap: int


@dataclass(frozen=True, slots=True)
class GapSum:
    """What the gap figure is made of: weighted levels missing, of those required."""

    missing: int
    asked: int
    percent: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Requirements that are in no figure for the same reason until the same day."""

    reason: str
    until: date
    skills: tuple[str, ...]


@member_page
@require_safe
def my_skills(request: HttpRequest) -> HttpResponse:
    return _skills_page(request, own_subject(request), "skills/my_skills.html")


@member_page
@require_safe
def person_skills(request: HttpRequest, uuid: UUID) -> HttpResponse:
    subject = subject_or_refuse(request, uuid, what="Skills")
    return _skills_page(request, subject, "skills/person_skills.html")


def _skills_page(request: HttpRequest, subject: Subject, template: str) -> HttpResponse:
    beyond = request.GET.get("show") == "other"
    id_ = subject.person.pk
    gaps = person_gaps([id_], unrequired=beyond)[id_]
    required = [row for row in gaps.rows if row.required]
    form = SkillFilterForm(request.GET, domains=_domains(required))
    rows = [row for row in gaps.rows if not row.required] if beyond else _chosen(required, form)
    axes = domain_levels(required)
    context = {
        "subject": subject,
        "gaps": gaps,
        "left_out": _left_out(required),
        "sum": gap_sum(gaps),
        "axes": axes,
        "radar_title": _radar_title(axes),
        "form": form,
        "lines": _lines(rows, subject),
        "required_count": len(required),
        "beyond": beyond,
        "team_url": _team_url(subject),
    }
    return render(request, template, context)


def _domains(rows: Iterable[GapRow]) -> list[tuple[str, str]]:
    return list({row.skill.domain: row.skill.domain_name for row in rows}.items())


def _chosen(rows: Iterable[GapRow], form: SkillFilterForm) -> list[GapRow]:
    domain, state, sort = (form.chosen(name) for name in ("domain", "state", "sort"))
    kept = [
        row
        for row in rows
        if (not domain or row.skill.domain == domain) and (not state or row.says(CellStatus(state)))
    ]
    if sort == "due":
        return sorted(kept, key=lambda row: (row.due_on or date.max, row.skill.order))
    return kept if sort == "domain" else sorted(kept, key=pressing)


def _left_out(rows: Iterable[GapRow]) -> list[LeftOut]:
    """What is exempt or in grace, the first day first; with its level beside what binds already."""
    grouped: dict[tuple[date, str], list[str]] = {}
    for row in rows:
        if row.until is not None:
            reason = face_of(row).text.lower()
            grouped.setdefault((row.until, reason), []).append(row.skill.name)
        for each in row.to_come:
            if each.grace_until is not None:
                name = f"{row.skill.name}, level {each.level} and weight {each.weight}"
                grouped.setdefault((each.grace_until, _IN_GRACE), []).append(name)
    return [
        LeftOut(reason, until, tuple(skills)) for (until, reason), skills in sorted(grouped.items())
    ]


_IN_GRACE = STATUSES[CellStatus.IN_GRACE].lower()


def _lines(rows: Iterable[GapRow], subject: Subject) -> list[SkillLine]:
    return [
        SkillLine(
            row,
            subject.skill_url(row.skill.slug),
            actions_for(row, subject, back=subject.skills_url),
        )
        for row in rows
    ]


def domain_levels(rows: Iterable[GapRow]) -> list[DomainLevels]:
    """One axis a domain. Levels are ordinal, so the middle one is taken and no mean."""
    grouped: dict[str, list[GapRow]] = {}
    for row in rows:
        if row.binds:
            grouped.setdefault(row.skill.domain_name, []).append(row)
    return [_axis(name, each) for name, each in grouped.items()]


def _axis(name: str, rows: Sequence[GapRow]) -> DomainLevels:
    claims = [row.claimed_level for row in rows if row.claimed_level is not None]
    return DomainLevels(
        name,
        median_low([row.required_level for row in rows]),
        median_low([row.verified_level for row in rows]),
        median_low(claims) if claims else None,
        sum(row.weight * row.shortfall for row in rows),
    )


def _radar_title(axes: Sequence[DomainLevels]) -> str:
    widest = max(axes, key=lambda axis: axis.gap, default=None)
    if widest is None:
        return "Nothing is required today"
    if not widest.gap:
        return "Every domain is met"
    return f"The widest gap is in {widest.label}"


def gap_sum(gaps: PersonGaps) -> GapSum | None:
    """The two sums behind the gap figure; None where there is no figure."""
    if gaps.gap is None:
        return None
    binding = [row for row in gaps.rows if row.binds]
    return GapSum(
        sum(row.weight * row.shortfall for row in binding),
        sum(row.weight * row.required_level for row in binding),
        _percent(gaps.gap),
    )


def _percent(gap: float) -> int:
    """A gap in whole per cent; neither 0 nor 100 unless it is exactly that."""
    if 0 < gap < 1:
        return min(max(round(100 * gap), 1), 99)
    return round(100 * gap)


def _team_url(subject: Subject) -> str:
    if subject.is_self or not subject.person.leads_people:
        return ""
    return page_url("skills:team-matrix", subject.person.uuid)
