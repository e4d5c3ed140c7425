"""The framework to browse, and the glossary of its terms."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.domain.words import words_of
from skills.domain.policy import DAYS_PER_MONTH, KindRule, Policy, span_of
from skills.forms import FrameworkSearchForm
from skills.models import Domain, EvidenceKind, ScaleLevel, Skill
from skills.services.gaps import DUE_SOON
from skills.services.policy import current_policy
from skills.services.wording import STATES, STATUSES
from skills.views.subjects import member_page

EXAMPLE_HALF_LIFE = 24
STATE_NOTES = {
    "current": "The level stands, and no evidence that carries it is ageing.",
    "ageing": "The level stands, but it would not if the evidence that is ageing were left out. "
    "A refresh is offered.",
    "stale": "Evidence behind the level is stale and counts one level lower.",
    "lapsed": "There was a level once; what carried it no longer counts. “Done, lapsed” is not the "
    "same as “never done”.",
    "not_evidenced": "Nothing on the record has ever contributed a level. This is a statement "
    "about the record, not about the person.",
    "under_review": "Two pieces of evidence contradict each other. Until a reviewer decides, the "
    "level is at most the lower one.",
}
STATUS_NOTES = {
    "met": "The verified level reaches what is required.",
    "due_soon": f"Met, but the level falls within {DUE_SOON.days} days if nothing new arrives.",
    "stale": "Met, on evidence that is stale.",
    "below": "The verified level is lower than required.",
    "lapsed": "Below what is required, since the evidence that carried a level no longer counts.",
    "no_evidence": "Below what is required, and nothing on the record has ever carried a level.",
    "blocking": "Said beside these: below a level that a role requires with weight 3, so that the "
    "duty should wait.",
    "exempt": "Excused until a date, with a reason; neither met nor short.",
    "in_grace": "Required, but not yet binding, for instance in the first days of a new position.",
    "under_review": "A contradiction is open.",
    "not_required": "No current role asks for this skill.",
}


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind of evidence with what it is worth under the current policy.

    `lives`: after how many months it ages, turns stale and lapses in a skill with the half-life
    of the example; None: it carries nothing.
    """

    name: str
    slug: str
    use: str
    rule: KindRule
    lives: tuple[int, int, int] | None


@dataclass(frozen=True, slots=True)
class DomainSkills:
    """A domain with those of its skills that are shown."""

    domain: Domain
    skills: list[Skill]


@member_page
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    policy = current_policy()
    context = {
        "policy": policy,
        "scale": ScaleLevel.objects.all(),
        "kinds": _kinds(policy),
        "half_life": EXAMPLE_HALF_LIFE,
        "states": [(key, STATES[key], STATE_NOTES[key.value]) for key in STATES],
        "statuses": [(key, STATUSES[key], STATUS_NOTES[key.value]) for key in STATUSES],
    }
    return render(request, "skills/glossary.html", context)


def _kinds(policy: Policy) -> list[KindLine]:
    """The kinds the policy knows."""
    return [
        KindLine(kind.name, kind.slug, kind.use, rule, _months(rule))
        for kind in EvidenceKind.objects.all()
        if (rule := policy.kinds.get(kind.slug)) is not None
    ]


def _months(rule: KindRule) -> tuple[int, int, int] | None:
    if rule.validity_factor is None or not rule.max_level:
        return None
    ageing, stale, lapse = span_of(Fraction(EXAMPLE_HALF_LIFE), rule.validity_factor)
    days = (ageing.days, stale.days, lapse.days)
    return tuple(round(each / DAYS_PER_MONTH) for each in days)  # type: ignore[return-value]


@member_page
@require_safe
def framework(request: HttpRequest) -> HttpResponse:
    domains = list(Domain.objects.prefetch_related(_active_skills()))
    form = FrameworkSearchForm(request.GET, domains=[(each.slug, each.name) for each in domains])
    words, only = words_of(form.chosen("q").casefold()), form.chosen("domain")
    shown = [_matching(each, words) for each in domains if not only or each.slug == only]
    shown = [each for each in shown if each.skills]
    context = {
        "form": form,
        "shown": shown,
        "count": sum(len(each.skills) for each in shown),
        "open_all": bool(words),
        "policy": current_policy(),
    }
    return render(request, "skills/framework.html", context)


def _active_skills() -> Prefetch[str]:
    active = Skill.objects.filter(is_active=True).prefetch_related("levels")
    return Prefetch("skills", queryset=active, to_attr="active_skills")


def _matching(domain: Domain, words: Iterable[str]) -> DomainSkills:
    """The skills in whose texts every word is found."""
    skills: list[Skill] = domain.active_skills  # type: ignore[attr-defined]  # by the prefetch
    return DomainSkills(domain, [each for each in skills if _has(each, words)])


def _has(skill: Skill, words: Iterable[str]) -> bool:
    levels = " ".join(level.descriptor for level in skill.levels.all())
    text = f"{skill.name} {skill.slug} {skill.definition} {levels}".casefold()
    return all(word in text for word in words)
