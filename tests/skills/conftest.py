"""A small framework under the shipped policy, people with assessors, and evidence by one call."""

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
import yaml
from django.utils import timezone

from accounts.enums import Group
from accounts.models import JobRole, Person
from skills.domain.policy import document_from_framework
from skills.enums import Kind
from skills.models import (
    AssessorAppointment,
    Domain,
    EvidenceKind,
    PolicyVersion,
    Requirement,
    ScaleLevel,
    Skill,
    SkillLevel,
)
from skills.services.ledger import Recorded, record_evidence
from skills.services.policy import publish_policy
from tests.rows import once

CONTENT = Path(__file__).parents[2] / "content"
LONG_AGO = date(2020, 1, 1)
SKILLS = {
    "plain": ("core", 24, False),
    "keystone": ("core", 24, True),
    "brief": ("security", 3, False),
    "yearly": ("security", 12, False),
}
ASSESSED = {
    Kind.PRACTICAL_TASK: 1,
    Kind.PRACTICAL_TASK_DOUBLE: 2,
    Kind.DRILL: 1,
    Kind.WORKPLACE_EVIDENCE: 1,
    Kind.PANEL: 3,
    Kind.PEER_VALIDATION: 1,
    Kind.MANAGER_VALIDATION: 1,
}


@cache
def _text_of(name: str) -> str:
    parsed = yaml.load((CONTENT / name).read_text(encoding="utf-8"), yaml.CSafeLoader)
    return json.dumps(parsed, default=str)


def read_content(name: str) -> dict[str, Any]:
    return json.loads(_text_of(name))


def small_document(version: str = "t1", **skills: dict[str, Any]) -> dict[str, Any]:
    """The shipped parameters and kinds with the few skills of these tests."""
    document = document_from_framework(read_content("framework.yaml"))
    document["version"] = version
    document["skills"] = {
        slug: {"half_life_months": months, "decay_class": "mixed", "keystone": keystone}
        for slug, (_, months, keystone) in SKILLS.items()
    } | skills
    return document


@pytest.fixture(scope="session")
def policy_document() -> Callable[..., dict[str, Any]]:
    return small_document


@pytest.fixture(scope="session")
def shipped() -> Callable[[str], dict[str, Any]]:
    """A parsed file of `content/`, new each time."""
    return read_content


@pytest.fixture
def on_the_day() -> Iterator[time_machine.Traveller]:
    """The clock stands at the day of the policy's worked cases and runs on from there."""
    with time_machine.travel("2026-11-22 10:00:00Z", tick=True) as clock:
        yield clock


@pytest.fixture
def org(db: None) -> SimpleNamespace:
    """Kinds, two domains, four skills, the baseline role `employee`, and a published policy."""
    return make_org()


def make_org() -> SimpleNamespace:
    once("framework of the skills", _load_framework)
    skills = {skill.slug: skill for skill in Skill.objects.all()}
    return SimpleNamespace(
        domains={domain.slug: domain for domain in Domain.objects.all()},
        skills=skills,
        employee=JobRole.objects.get(slug="employee"),
        policy=PolicyVersion.objects.get(),
        **skills,
    )


def _load_framework() -> None:
    kinds = read_content("framework.yaml")["evidence_kinds"]
    EvidenceKind.objects.bulk_create(
        EvidenceKind(slug=each["id"], name=each["name"], position=place)
        for place, each in enumerate(kinds)
    )
    domains = {
        slug: Domain.objects.create(slug=slug, name=slug.title(), position=place)
        for place, slug in enumerate(("core", "security"))
    }
    for place, (slug, (domain, months, keystone)) in enumerate(SKILLS.items()):
        Skill.objects.create(
            slug=slug,
            name=slug.title(),
            domain=domains[domain],
            definition=slug,
            half_life_months=months,
            decay_class="mixed",
            keystone=keystone,
            position=place,
        )
    JobRole.objects.get_or_create(slug="employee", defaults={"name": "Everyone"})
    publish_policy(small_document())


@pytest.fixture
def require(org: SimpleNamespace) -> Callable[..., Requirement]:
    """Let a job role require a skill; from long ago unless said otherwise."""

    def make(role: JobRole, skill: Skill, level: int, weight: int = 2, **more: Any) -> Requirement:
        more.setdefault("valid_from", LONG_AGO)
        return Requirement.objects.create(
            job_role=role, skill=skill, level=level, weight=weight, **more
        )

    return make


@pytest.fixture
def make_assessor(make_person: Any, org: SimpleNamespace) -> Callable[..., Person]:
    """A person appointed in every domain up to a level."""

    def make(name: str = "", *, level: int = 4, **more: Any) -> Person:
        person: Person = make_person(name, **more)
        for domain in org.domains.values():
            AssessorAppointment.objects.create(
                person=person,
                domain=domain,
                highest_level=level,
                starts_on=LONG_AGO,
                reason="Trained",
            )
        return person

    return make


@pytest.fixture
def give(org: SimpleNamespace, make_assessor: Callable[..., Person]) -> Callable[..., Recorded]:
    """Record evidence with all that its kind needs; each piece has its own assessors."""

    def record(
        person: Person, skill: Skill, kind: str, level: int, on: date | int, **more: Any
    ) -> Recorded:
        given: dict[str, Any] = needs_of(kind, level, make_assessor) if "bare" not in more else {}
        more.pop("bare", None)
        day = timezone.localdate() - timedelta(days=on) if isinstance(on, int) else on
        return record_evidence(
            person=person, skill=skill, kind=kind, level=level, observed_on=day, **(given | more)
        )

    return record


def needs_of(kind: str, level: int, make_assessor: Callable[..., Person]) -> dict[str, Any]:
    count = ASSESSED.get(Kind(kind), 0)
    given: dict[str, Any] = {}
    if count:
        given["assessors"] = [make_assessor() for _ in range(count)]
    if count > 1:
        given["marks"] = [level] * count
    if kind == Kind.QUIZ:
        given |= {"item_count": 8, "bank": "own"}
    if kind == Kind.ADAPTIVE_ASSESSMENT:
        given |= {"standard_error": 0.3, "bank": "adaptive"}
    if kind.startswith("credential") or kind == Kind.COMPLETION:
        given["issuer"] = "institute"
    if kind == Kind.MANAGER_VALIDATION:
        given |= {"example": "Led the review", "example_on": LONG_AGO}
    return given


@pytest.fixture
def line(make_person: Any, org: SimpleNamespace, require: Any) -> SimpleNamespace:
    """head > manager > person and colleague; others apart; the baseline asks for four skills."""
    require(org.employee, org.plain, 2, 3)
    require(org.employee, org.keystone, 1, 2)
    require(org.employee, org.brief, 1, 1)
    ScaleLevel.objects.bulk_create(
        ScaleLevel(level=n, name=name, descriptor=f"scale {n}")
        for n, name in enumerate(("Not evidenced", "Aware", "Practising", "Proficient", "Leading"))
    )
    SkillLevel.objects.bulk_create(
        SkillLevel(skill=org.plain, level=n, descriptor=f"plain at {n}") for n in range(1, 5)
    )
    head = make_person("Head Hardy")
    manager = make_person("Mara Manager", manager=head)
    return SimpleNamespace(
        head=head,
        manager=manager,
        person=make_person("Asha Rao", manager=manager),
        colleague=make_person("Colin Colleague", manager=manager),
        stranger=make_person("Stefan Stranger"),
        hr=make_person("Hanna Resources", groups=[Group.HR]),
        auditor=make_person("Audra Auditor", groups=[Group.AUDITOR]),
        admin=make_person("Adam Admin", is_staff=True, is_superuser=True),
    )


@pytest.fixture
def team(
    make_person: Any, org: SimpleNamespace, require: Any, make_position: Any, make_job_role: Any
) -> SimpleNamespace:
    """head > manager > asha, ben, lead > below; ben is an engineer, of whom more is asked."""
    require(org.employee, org.plain, 2, 3)
    require(org.employee, org.brief, 1, 1)
    engineer = make_job_role("engineer", name="Engineer")
    require(engineer, org.keystone, 2, 2)
    head = make_person("Head Hardy")
    manager = make_person("Mara Manager", manager=head)
    lead = make_person("Lena Lead", manager=manager)
    ben = make_person("Ben Engineer", manager=manager)
    make_position(ben, job_role=engineer)
    return SimpleNamespace(
        head=head,
        manager=manager,
        asha=make_person("Asha Rao", manager=manager),
        ben=ben,
        lead=lead,
        below=make_person("Bela Below", manager=lead),
        stranger=make_person("Stefan Stranger"),
        hr=make_person("Hanna Resources", groups=[Group.HR]),
        auditor=make_person("Audra Auditor", groups=[Group.AUDITOR]),
        admin=make_person("Adam Admin", is_staff=True, is_superuser=True),
    )
