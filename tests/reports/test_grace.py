"""Who is in grace on which day: the organisation, a person's gaps and the matrix say the same."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import JobRole, OrgUnit, Person
from reports.services.groups import Organisation
from reports.services.organisation import organisation_view
from skills.models import Requirement
from skills.services.gaps import person_gaps
from skills.services.matrix import team_matrix
from tests.reports.staffing import Staffing

GRACE = 90
HISTORIES = 60


def figures_of_organisation() -> dict[str, tuple[int, int, int]]:
    """By skill: how many it binds, who meet it, and whose gap blocks."""
    everybody = Organisation()
    groups = list(everybody.people)
    found = {}
    for ref in everybody.skills:
        tally = everybody.tally(groups, {ref.id})
        if tally.required:
            found[ref.slug] = (tally.required, tally.met, tally.blocking)
    return found


def figures_of(rows: Iterable[Any]) -> dict[str, tuple[int, int, int]]:
    bound: Counter[str] = Counter()
    met: Counter[str] = Counter()
    blocking: Counter[str] = Counter()
    for row in rows:
        bound[row.skill.slug] += row.binds
        met[row.skill.slug] += row.met
        blocking[row.skill.slug] += row.blocking
    return {slug: (count, met[slug], blocking[slug]) for slug, count in bound.items() if count}


def all_agree() -> dict[str, tuple[int, int, int]]:
    """What the organisation's figures, everybody's gaps and the matrix of everybody say alike."""
    people = Person.objects.active()
    gaps = person_gaps(list(people.values_list("pk", flat=True))).values()
    matrix = team_matrix(people, page_size=500)
    told = figures_of_organisation()
    assert figures_of(row for each in gaps for row in each.rows) == told
    assert figures_of(cell for row in matrix.rows for cell in row.cells) == told
    return told


@pytest.mark.parametrize("own", [True, False], ids=["requirement", "new starter"])
def test_the_last_day_of_grace_and_the_day_after_are_the_same_everywhere(
    staffing: Staffing, units: dict[str, OrgUnit], own: bool
) -> None:
    today = timezone.localdate()
    start = today if not own else date(2020, 1, 1)
    until = today + timedelta(days=9) if own else today + timedelta(days=GRACE - 1)
    staffing.add(units["Large"], 6, role="network-engineer", starts_on=start)
    asked = Requirement.objects.filter(job_role__slug="network-engineer")
    graced = set(asked.values_list("skill__slug", flat=True))
    graced -= set(
        Requirement.objects.filter(job_role__slug="employee").values_list("skill__slug", flat=True)
    )
    asked.update(grace_until=until if own else None)
    assert graced
    for day, bound in ((until, False), (until + timedelta(days=1), True)):
        with time_machine.travel(datetime.combine(day, time(12), tzinfo=UTC), tick=False):
            told = all_agree()
            assert graced.isdisjoint(told) is not bound
            assert organisation_view().total.required == sum(each[0] for each in told.values())


@pytest.mark.parametrize("seed", range(3))
def test_histories_of_positions_give_the_same_grace_everywhere(
    staffing: Staffing, units: dict[str, OrgUnit], make_person: Callable[..., Person], seed: int
) -> None:
    roles = roles_that_inherit()
    rng = random.Random(seed)
    today = timezone.localdate()
    for _ in range(HISTORIES):
        person = make_person()
        for first, last in random_terms(rng):
            staffing.make_position(
                person,
                unit=units[rng.choice(["Large", "Middle", "Second"])],
                job_role=rng.choice(roles),
                starts_on=today + timedelta(days=first),
                ends_on=None if last is None else today + timedelta(days=last),
            )
    told = all_agree()
    assert {count for count, *_ in told.values()} - {HISTORIES}  # grace differs among them


def roles_that_inherit() -> list[JobRole]:
    """Three roles in a line, and one beside it."""
    slugs = ("network-engineer", "security-engineer", "data-engineer", "data-steward")
    roles = {role.slug: role for role in JobRole.objects.filter(slug__in=slugs)}
    below = {"network-engineer": "security-engineer", "security-engineer": "data-engineer"}
    for slug, above in below.items():
        JobRole.objects.filter(slug=slug).update(inherits=roles[above])
    return [roles[slug] for slug in slugs]


def random_terms(rng: random.Random) -> list[tuple[int, int | None]]:
    """First and last days before and after today; many touch, with the ends of grace among them."""
    edges = (-400, -GRACE - 1, -GRACE, -GRACE + 1, -60, -30, -1, 0)
    terms: list[tuple[int, int | None]] = []
    first = rng.choice(edges)
    for _ in range(rng.randint(1, 4)):
        last = first + rng.choice((0, 1, 29, 30, 89, 90))
        terms.append((first, None if rng.random() < 0.3 else last))
        first = last + rng.choice((1, 1, 1, 2, -5))
    return terms
