"""Making the demo organisation: plan everything from the seed, then let two years happen."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from itertools import islice

from django.db import connection, transaction
from django.utils import timezone

from accounts.domain.roles import BASELINE
from accounts.models import Person
from operations.exceptions import DemoRefused
from operations.services.demo import pieces
from operations.services.demo.cast import SETTLED, scripted_evidence
from operations.services.demo.checks import CheckTaker
from operations.services.demo.crowd import Crowd
from operations.services.demo.evidence import EvidenceWriter
from operations.services.demo.learning import Learning
from operations.services.demo.pieces import Piece
from operations.services.demo.shape import MATURITY, Member, planned_members
from operations.services.demo.staff import (
    name_members,
    plan_exemptions,
    plan_offices,
    plan_people,
    plan_units,
)
from operations.services.demo.timeline import Timeline, moved_clock, seeded_uuids
from skills.models import Evidence, Requirement, Skill
from skills.services.competencies import age_competencies

Tell = Callable[[str], object]
Levels = Mapping[str, Mapping[str, int]]
LAPSED, CONTRADICTING, SETTLED_ONES, AWAITING, ACCEPTED, MISTAKEN = 12, 5, 3, 4, 3, 4


@dataclass(frozen=True)
class DemoMade:
    """What was made."""

    people: int
    evidence: int


def seed_demo(
    *, people: int, seed: int, today: date | None = None, tell: Tell = lambda line: None
) -> DemoMade:
    """Make the demo organisation of so many people, with two years up to `today`.

    Everything is written by the services that real data goes through, each thing on its day. The
    same seed, number and `today` give the same data over the same content; only what hides
    passwords differs. All or nothing. Raises DemoRefused for a database that has people, for one
    without content, for a day to come and for a number of people that cannot be arranged.
    """
    day = today or timezone.localdate()
    _refuse(day)
    rng = random.Random(f"{seed}:organisation")
    members = planned_members(people, rng, settled=SETTLED)
    name_members(members, rng)
    crowd = Crowd(seed, {member.key: member for member in members})
    timeline = Timeline(day)
    with transaction.atomic(), seeded_uuids(seed), _no_query_log():
        tell(f"Planning {people} people and two years of evidence ...")
        _plan(timeline, crowd)
        tell("Letting the two years happen ...")
        timeline.run()
        with moved_clock() as clock:
            clock.move_to(day, time.min)
            age_competencies(day)
    return DemoMade(len(crowd.people), Evidence.objects.count())


@contextmanager
def _no_query_log() -> Iterator[None]:
    """In development Django keeps the text of each query, at the price of a further one."""
    connection.make_debug_cursor = connection.make_cursor  # type: ignore[assignment]
    try:
        yield
    finally:
        del connection.make_debug_cursor


def _refuse(today: date) -> None:
    if today > timezone.localdate():
        raise DemoRefused(f"{today} is still to come; the demo ends today at the latest.")
    if Person.objects.exists():
        raise DemoRefused(
            "This database has people already; the demo organisation is made in an empty one."
        )
    if not Requirement.objects.exists():
        raise DemoRefused("There is no content yet: run `manage.py load_content` first.")


def _plan(timeline: Timeline, crowd: Crowd) -> None:
    checks = CheckTaker()
    plan_units(timeline, crowd)
    plan_people(timeline, crowd)
    plan_offices(timeline, crowd)
    plan_exemptions(timeline, crowd)
    Learning(timeline, crowd, checks).plan()
    writer = EvidenceWriter(timeline, crowd, checks)
    skills = {each.slug: each for each in Skill.objects.select_related("domain")}
    for key, by_skill in _planned_evidence(crowd, skills).items():
        for slug, planned in by_skill.items():
            writer.add(key, skills[slug], planned, since=crowd.members[key].since)


def _planned_evidence(
    crowd: Crowd, skills: Mapping[str, Skill]
) -> dict[str, dict[str, list[Piece]]]:
    """The pieces of everybody, by skill; what is scripted replaces what luck gave."""
    levels = _levels_by_role()
    planned = {
        key: _own_evidence(member, crowd.seed, levels, skills)
        for key, member in crowd.members.items()
    }
    _add_special_cases(planned, crowd, skills)
    for key, by_skill in scripted_evidence().items():
        known = {slug: each for slug, each in by_skill.items() if slug in skills}
        planned[key] = planned[key] | known
    return planned


def _levels_by_role() -> Levels:
    """The level each job role asks for today, by role and skill, with what everybody needs."""
    levels: dict[str, dict[str, int]] = {}
    rows = Requirement.objects.valid_on(timezone.localdate()).filter(skill__is_active=True)
    for role, skill, level in rows.values_list("job_role__slug", "skill__slug", "level"):
        levels.setdefault(role, {})[skill] = level
    return levels


def _own_evidence(
    member: Member, seed: int, levels: Levels, skills: Mapping[str, Skill]
) -> dict[str, list[Piece]]:
    """What one person can show: more where the division is further along, less for newcomers."""
    rng = random.Random(f"{seed}:evidence:{member.key}")
    needed = _needed(member, levels)
    able = rng.gauss(MATURITY[member.division], 0.17) - (0.25 if member.since < 200 else 0)
    found = {}
    for slug, level in sorted(needed.items()):
        reached = _reached(level, able, rng)
        if member.manager is None:
            reached = min(reached, 3)  # nobody stands off the managing director's line for a panel
        found[slug] = pieces.pieces_for(reached, keystone=skills[slug].keystone, rng=rng)
    return found


def _needed(member: Member, levels: Levels) -> dict[str, int]:
    needed = dict(levels.get(BASELINE, {}))
    for place in member.current:
        for slug, level in levels.get(place.job_role, {}).items():
            needed[slug] = max(level, needed.get(slug, 0))
    return needed


def _reached(level: int, able: float, rng: random.Random) -> int:
    """The level reached: as required, sometimes more, or further below the harder it is."""
    luck = rng.random() + 0.06 * (level - 1)
    if luck < able * 0.08:
        return min(4, level + 1)
    if luck < able + 0.12:
        return level
    return max(0, level - (1 if luck < able + 0.3 else 2))


def _add_special_cases(
    planned: dict[str, dict[str, list[Piece]]], crowd: Crowd, skills: Mapping[str, Skill]
) -> None:
    """Credentials run out, contradictions, mistakes: a few of each, spread over everybody."""
    rng = random.Random(f"{crowd.seed}:special")
    fit = [key for key, each in crowd.members.items() if each.since > 720 and not each.leads]
    chosen = iter(rng.sample([key for key in fit if key not in SETTLED], 31))
    slugs = sorted(slug for slug in skills if slug.startswith("core-"))

    def give(count: int, recipe: Callable[[], list[Piece]]) -> None:
        for key in _taken(chosen, count):
            planned[key][rng.choice(slugs)] = recipe()

    give(LAPSED, lambda: pieces.lapsed(rng))
    give(CONTRADICTING, lambda: pieces.contradiction(rng, settled=False))
    give(SETTLED_ONES, lambda: pieces.contradiction(rng, settled=True))
    give(AWAITING, lambda: pieces.awaiting(rng, accepted=False))
    give(ACCEPTED, lambda: pieces.awaiting(rng, accepted=True))
    give(MISTAKEN, lambda: pieces.mistaken(rng))


def _taken(keys: Iterable[str], count: int) -> list[str]:
    return list(islice(keys, count))
