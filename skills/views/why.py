"""Why this level? The panel from which a person can predict their own status."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from skills.enums import Kind
from skills.forms import AsOfForm
from skills.models import Skill
from skills.services.explain import EvidenceLine, Why, WhyRow, why_this_level
from skills.services.gaps import GapRow, person_gaps
from skills.services.reading import SkillRef
from skills.views.levels import level_texts
from skills.views.links import actions_for, learning_actions, origin_url, page_url
from skills.views.subjects import Subject, member_page, own_subject, subject_or_refuse


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One ledger row with the page it came from."""

    why: WhyRow
    origin_url: str

    @property
    def line(self) -> EvidenceLine:
        return self.why.line


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rows that contradict each other."""

    higher: WhyRow
    lower: WhyRow


class Change(NamedTuple):
    """The verified level turns from `before` to `level` on a day."""

    on: date
    before: int
    level: int


@member_page
@require_safe
def skill_detail(request: HttpRequest, slug: str) -> HttpResponse:
    return _why_page(request, own_subject(request), _skill(slug), "skills/skill_detail.html")


@member_page
@require_safe
def person_skill_detail(request: HttpRequest, uuid: UUID, slug: str) -> HttpResponse:
    skill = _skill(slug)
    subject = subject_or_refuse(request, uuid, what=f"Why this level: {skill.slug}")
    return _why_page(request, subject, skill, "skills/person_skill_detail.html")


def _skill(slug: str) -> Skill:
    return get_object_or_404(Skill.objects.select_related("domain"), slug=slug, is_active=True)


def _why_page(request: HttpRequest, subject: Subject, skill: Skill, template: str) -> HttpResponse:
    asked = "as_of" in request.GET
    form = AsOfForm(request.GET if asked else None)
    past = form.is_valid()
    as_of = form.cleaned_data["as_of"] if past else timezone.localdate()
    known_at = form.known_at() if past else None
    why = why_this_level(subject.person, skill, as_of=as_of, known_at=known_at)
    row = _row(subject, skill, why, as_of, known_at)
    is_past = past and (as_of < timezone.localdate() or known_at is not None)
    context = _context(subject, why, row) | {
        "form": form,
        "actions": [] if is_past else _actions(row, subject),
        "is_past": is_past,
        "known_then": known_at is not None,
    }
    return render(request, template, context, status=400 if form.errors else 200)


def _row(
    subject: Subject, skill: Skill, why: Why, as_of: date, known_at: datetime | None
) -> GapRow:
    """The requirement on the day beside the level; a row without one where nothing asks for it."""
    id_ = subject.person.pk
    found = person_gaps([id_], as_of=as_of, known_at=known_at)[id_].row(skill.slug)
    if found is not None:
        return found
    domain = skill.domain
    order = (domain.position, skill.position)
    return GapRow(
        SkillRef(
            skill.pk, skill.slug, skill.name, domain.slug, domain.name, order, skill.has_check
        ),
        why.verified_level,
        why.claimed_level,
        why.state,
        why.strength,
        why.due_on,
        why.next_change_on,
        why.as_of,
    )


def _context(subject: Subject, why: Why, row: GapRow) -> dict[str, Any]:
    every = (*why.counting, *why.no_longer)
    rows = {each.line.uuid: each for each in every}
    evidence = [each for each in why.counting if not _is_claim(each)]
    return {
        "subject": subject,
        "skill": why.skill,
        "why": why,
        "row": row,
        "counting": [_shown(each, subject) for each in evidence if _says_something(each)],
        "too_little": [_shown(each, subject) for each in evidence if not _says_something(each)],
        "no_longer": [_shown(each, subject) for each in why.no_longer if not _is_claim(each)],
        "claims": [each.line for each in every if _is_claim(each)],
        "revoked": [each for each in why.revoked if _was_known(each, why)],
        "changes": _changes(why),
        "conflicts": [Conflict(rows[high], rows[low]) for high, low in why.contradicting],
        "levels": level_texts(
            why.skill,
            verified=why.verified_level,
            required=row.required_level,
            claimed=why.claimed_level,
        ),
        "glossary_url": page_url("skills:glossary"),
    }


def _changes(why: Why) -> list[Change]:
    before = (why.verified_level, *(turn.level for turn in why.falls))
    return [Change(turn.on, was, turn.level) for was, turn in zip(before, why.falls, strict=False)]


def _says_something(row: WhyRow) -> bool:
    """Whether a row that still counts carries a level, or holds one down."""
    return row.contributes > 0 or row.decides


def _actions(row: GapRow, subject: Subject) -> Any:
    back = subject.skill_url(row.skill.slug)
    return actions_for(row, subject, back=back) or _open_lessons(row, subject)


def _open_lessons(row: GapRow, subject: Subject) -> Any:
    """Learning goes on above what is required, for oneself."""
    return learning_actions(row) if subject.is_self and row.verified_level < 4 else []


def _was_known(line: EvidenceLine, why: Why) -> bool:
    return line.observed_on <= why.as_of and line.recorded_at <= why.known_at


def _is_claim(row: WhyRow) -> bool:
    return row.line.kind == Kind.SELF_REPORT


def _shown(row: WhyRow, subject: Subject) -> ShownRow:
    return ShownRow(row, origin_url(row.line) if subject.is_self else "")
