"""What a person's skill checks stand at, read in one query for all skills."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Person
from courses.models import Item, SkillCheck
from skills.domain.policy import Params
from skills.models import Skill


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """The check of one skill for one person.

    `opens_at` is set while it is in cool-down: after any submitted attempt, passed or not, the
    next one waits for the hours of the policy.
    """

    skill: str
    skill_name: str
    bank_size: int
    exists: bool
    is_open: bool
    passed_at: datetime | None
    opens_at: datetime | None


def check_facts(
    person: Person, params: Params, *, skill: str | None = None
) -> dict[str, CheckFacts]:
    """The facts by skill slug, for every skill on offer or for one; one query."""
    checks = SkillCheck.objects.filter(person=person, skill=OuterRef("pk"))
    skills = Skill.objects.filter(is_active=True)
    if skill is not None:
        skills = skills.filter(slug=skill)
    rows = skills.annotate(
        bank=Coalesce(Subquery(_bank(), output_field=IntegerField()), 0),
        last=_latest(checks.submitted()),
        passed=_latest(checks.submitted().filter(passed=True)),
        open_check=Subquery(checks.begun().values("pk")[:1]),
    ).values_list("slug", "name", "bank", "open_check", "passed", "last")
    now = timezone.now()
    return {
        slug: CheckFacts(
            slug,
            name,
            bank,
            bank >= least_bank(params),
            open_check is not None,
            passed,
            cooling_until(last, params, now),
        )
        for slug, name, bank, open_check, passed, last in rows
    }


def cooling_until(last: datetime | None, params: Params, now: datetime) -> datetime | None:
    """When the cool-down after the last submitted attempt ends; None if it has ended."""
    if last is None:
        return None
    end = last + timedelta(hours=params.retake_cooldown_hours)
    return end if end > now else None


def least_bank(params: Params) -> int:
    """How many questions a bank needs for a check to be drawn from it."""
    return max(params.skill_check_min_bank, params.skill_check_items)


def skills_with_checks(params: Params) -> set[int]:
    """The ids of the skills whose bank is large enough; one query."""
    banks = Item.objects.for_checks().order_by().values_list("skill").annotate(n=Count("pk"))
    return {skill for skill, _ in banks.filter(n__gte=least_bank(params))}


def bank_size(skill: Skill) -> int:
    """How many items a check of the skill can draw."""
    return Item.objects.for_checks().filter(skill=skill).count()


def _bank() -> QuerySet[Item, int]:
    items = Item.objects.for_checks().filter(skill=OuterRef("pk"))
    return items.order_by().values("skill").annotate(n=Count("pk")).values_list("n", flat=True)


def _latest(checks: QuerySet[SkillCheck]) -> Subquery:
    return Subquery(checks.order_by("-submitted_at").values("submitted_at")[:1])
