"""Writing the organisation: units, people, positions, offices and assessors."""

import random
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from itertools import zip_longest

from django.utils import timezone

from accounts.enums import Group
from accounts.models import JobRole
from accounts.services import add_position, create_person, give_office, unit_at_path
from operations.services.demo.cast import (
    ASSESSOR,
    DEMO_PASSWORD,
    GOVERNANCE,
    HR,
    MAIL_DOMAIN,
    ON_STAGE,
)
from operations.services.demo.crowd import Crowd
from operations.services.demo.names import invented_names, mail_name
from operations.services.demo.shape import Member, Place
from operations.services.demo.timeline import Timeline
from skills.models import Domain, Skill
from skills.services.appointments import appoint_assessor, grant_exemption

OPENING = 745
"""Days ago when Tutti was taken into use here, a little before the first evidence."""
FOUNDING, TRAINED = 5, 3
TRAINED_AGO = 300
EXEMPTIONS = 9
REASONS = (
    "On parental leave; the requirement waits until the return.",
    "Seconded to a project without AI access.",
    "The system this skill is for is not in use in this team yet.",
)


def name_members(members: Sequence[Member], rng: random.Random) -> None:
    """Give everybody a name and an e-mail address, the cast their own."""
    on_stage = {each.key: each for each in ON_STAGE}
    names = invented_names(rng, {each.name for each in ON_STAGE})
    used: set[str] = set()
    for member in members:
        if role := on_stage.get(member.key):
            member.name, member.email, member.fields = role.name, role.email, dict(role.fields)
            continue
        member.name = next(names)
        address = mail_name(member.name)
        if address in used:
            address = f"{address}.{len(used)}"
        used.add(address)
        member.email = f"{address}@{MAIL_DOMAIN}"


def plan_units(timeline: Timeline, crowd: Crowd) -> None:
    """Let the tree of units be there on the first day."""
    paths = {place.path for each in crowd.members.values() for place in each.places}
    timeline.add(OPENING, partial(_make_units, sorted(paths), crowd))


def _make_units(paths: Sequence[tuple[str, ...]], crowd: Crowd) -> None:
    for path in paths:
        crowd.units[path] = unit_at_path("/".join(path))


def plan_people(timeline: Timeline, crowd: Crowd) -> None:
    """Let everybody come on their day, or be there on the first, and take up each position."""
    roles = {role.slug: role for role in JobRole.objects.all()}
    for number, member in enumerate(crowd.members.values(), start=1):
        timeline.add(min(member.since, OPENING), partial(_hire, member, number, crowd))
        for place in member.places:
            timeline.add(
                min(place.from_ago, OPENING),
                partial(_seat, member, place, crowd, roles, timeline),
            )


def _hire(member: Member, number: int, crowd: Crowd) -> None:
    on_stage = next((each for each in ON_STAGE if each.key == member.key), None)
    joined = datetime.combine(timezone.localdate(), time(8))
    person = create_person(
        email=member.email,
        name=member.name,
        manager=crowd.people[member.manager] if member.manager else None,
        password=DEMO_PASSWORD if on_stage else None,
        external_id=f"A{number:05d}",
        date_joined=timezone.make_aware(joined),
        **member.fields,
    )
    crowd.join(member.key, person)
    for office in on_stage.offices if on_stage else ():
        give_office(person, office)


def _seat(
    member: Member, place: Place, crowd: Crowd, roles: dict[str, JobRole], timeline: Timeline
) -> None:
    person = crowd.people[member.key]
    add_position(
        person,
        unit=crowd.units[place.path],
        job_role=roles[place.job_role],
        starts_on=timeline.day(place.from_ago),
        ends_on=None if place.to_ago is None else timeline.day(place.to_ago),
        share=Decimal(place.percent) / 100,
    )


def plan_offices(timeline: Timeline, crowd: Crowd) -> None:
    """The governance council, and assessors: the founding ones first, trained ones later."""
    timeline.add(OPENING, partial(_fill_council, crowd))
    rng = random.Random(f"{crowd.seed}:assessors")
    for domain in Domain.objects.all():
        keys = _chosen_assessors(crowd, FOUNDING + TRAINED, rng)
        if domain.slug == "security":
            keys[0] = ASSESSOR
        crowd.benches[domain.slug] = []
        for number, key in enumerate(dict.fromkeys(keys)):
            founding = number < FOUNDING
            timeline.add(
                OPENING if founding else TRAINED_AGO,
                partial(_appoint, key, domain, crowd, founding=founding),
            )


def _chosen_assessors(crowd: Crowd, number: int, rng: random.Random) -> list[str]:
    """People who lead nobody, from all divisions in turn, so that every line has others' judges."""
    fit = [each for each in crowd.members.values() if not each.leads and each.since > OPENING]
    by_division = {
        name: rng.sample(each, min(len(each), number))
        for name in sorted({each.division for each in fit})
        if (each := [one.key for one in fit if one.division == name])
    }
    rows = zip_longest(*by_division.values())
    return [key for row in rows for key in row if key is not None][:number]


def _appoint(key: str, domain: Domain, crowd: Crowd, *, founding: bool) -> None:
    person = crowd.people[key]
    appoint_assessor(
        person=person,
        domain=domain,
        level=4 if founding else 3,
        founding=founding,
        by=None if founding else crowd.people[GOVERNANCE],
        reason="Founding assessor" if founding else "Passed the assessor training",
    )
    crowd.benches[domain.slug].append(key)
    give_office(person, Group.ASSESSOR)


def _fill_council(crowd: Crowd) -> None:
    heads = [key for key in crowd.members if key.startswith("head:")]
    for key in (GOVERNANCE, *heads[:4]):
        give_office(crowd.people[key], Group.COUNCIL)
        crowd.council.append(crowd.people[key])


def plan_exemptions(timeline: Timeline, crowd: Crowd) -> None:
    """A few people are exempt from one requirement for a time; of some the time is over."""
    rng = random.Random(f"{crowd.seed}:exemptions")
    skills = list(Skill.objects.filter(slug__startswith="core-").order_by("position"))
    staff = [key for key, each in crowd.members.items() if not each.leads and each.since > 400]
    staff = [key for key in staff if key not in {each.key for each in ON_STAGE}]
    for key in rng.sample(staff, EXEMPTIONS):
        skill, ago = rng.choice(skills), rng.randint(20, 300)
        reason, days = rng.choice(REASONS), rng.randint(90, 400)
        timeline.add(ago, partial(_exempt, key, skill, crowd, reason=reason, days=days))


def _exempt(key: str, skill: Skill, crowd: Crowd, *, reason: str, days: int) -> None:
    grant_exemption(
        person=crowd.people[key],
        skill=skill,
        reason=reason,
        by=crowd.people[HR],
        ends_on=timezone.localdate() + timedelta(days=days),
    )
