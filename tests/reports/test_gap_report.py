"""The gap report: one query object for the API, its CSV and pages."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from accounts.models import JobRole, LinePeriod, Person, Position
from accounts.services import move_person
from reports.services.gap_report import (
    COLUMNS,
    MOST_CHUNKS,
    GapScope,
    gap_cells,
    gap_page,
    gap_report,
    gaps_of_person,
    unmet_rows,
)
from skills.models import Domain, EvidenceKind, Requirement, Skill
from skills.services.gaps import person_gaps
from skills.services.ledger import record_evidence
from skills.services.policy import publish_policy

LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def role(db: None) -> JobRole:
    """A role that asks for two skills: "first" with weight 3, "second" with weight 1."""
    kinds: list[dict[str, Any]] = [
        {"id": "self_report", "max_level": 0, "performance": False, "validity_factor": 0.5},
        {"id": "practical_task", "max_level": 2, "performance": True, "validity_factor": 0.75},
        {"id": "completion", "max_level": 0, "performance": False, "validity_factor": None},
    ]
    for each in kinds:
        EvidenceKind.objects.create(slug=each["id"], name=each["id"])
    domain = Domain.objects.create(slug="core", name="Core")
    names = ("second", "first")  # the framework's order is not the report's
    skills = [
        Skill.objects.create(
            slug=name, name=name, domain=domain, definition=name, half_life_months=24,
            decay_class="mixed", position=place,
        )
        for place, name in enumerate(names)
    ]  # fmt: skip
    publish_policy(
        {
            "version": "t1",
            "params": {"assumed_use": 1.0, "new_starter_grace_days": 90},
            "kinds": {each.pop("id"): each for each in kinds},
            "skills": {
                name: {"half_life_months": 24, "decay_class": "mixed", "keystone": False}
                for name in names
            },
        }
    )
    JobRole.objects.get_or_create(slug="employee", defaults={"name": "Everyone"})
    made: JobRole = JobRole.objects.create(slug="engineer", name="Engineer")
    for skill, weight in zip(skills, (1, 3), strict=True):
        Requirement.objects.create(
            job_role=made, skill=skill, level=2, weight=weight, valid_from=LONG_AGO
        )
    return made


@pytest.fixture
def staff(
    role: JobRole, make_person: Callable[..., Person], make_position: Callable[..., Any]
) -> list[Person]:
    people = [make_person(f"Person {number}") for number in range(7)]
    for person in people:
        make_position(person, job_role=role)
    return people


def flat(**more: Any) -> list[tuple[str, str]]:
    return [
        (str(row.person), row.gap.skill.slug)
        for one in gap_report(GapScope(), **more)
        for row in one.rows
    ]


def test_rows_are_in_the_order_of_people_and_skill_slugs(staff: list[Person]) -> None:
    expected = [(str(person.uuid), skill) for person in staff for skill in ("first", "second")]
    assert flat() == expected


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 8])
def test_chunks_change_nothing(staff: list[Person], chunk: int) -> None:
    assert flat(chunk=chunk) == flat()


def test_the_report_is_every_persons_own_gaps(staff: list[Person]) -> None:
    own = person_gaps([person.pk for person in staff])
    told = {one.person_id: one.rows for one in gap_report(GapScope())}
    for person_id, gaps in own.items():
        assert [row.gap for row in told[person_id]] == unmet_rows(gaps)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 14, 100])
def test_pages_joined_are_the_report(staff: list[Person], size: int) -> None:
    rows, after = [], 0
    while True:
        page = gap_page(GapScope(), timezone.localdate(), after=after, size=size, chunk=2)
        rows += [(str(row.person), row.gap.skill.slug) for row in page.rows]
        if page.after is None:
            break
        after = page.after
    assert rows == flat()


def test_a_page_that_finds_little_stops_and_says_where_to_go_on(
    staff: list[Person], make_person: Callable[..., Person]
) -> None:
    for _ in range(MOST_CHUNKS):
        make_person()
    page = gap_page(GapScope(skill="none"), timezone.localdate(), size=1, chunk=1)
    assert page.rows == []
    assert page.after is not None


def test_a_met_requirement_is_no_row(staff: list[Person], make_person: Any) -> None:
    from skills.models import AssessorAppointment

    assessor = make_person("Assessor", is_active=False)
    AssessorAppointment.objects.create(
        person=assessor, domain=Domain.objects.get(), highest_level=4, starts_on=LONG_AGO,
        reason="Trained",
    )  # fmt: skip
    record_evidence(
        person=staff[0], skill=Skill.objects.get(slug="first"), kind="practical_task", level=2,
        observed_on=timezone.localdate(), assessors=[assessor], recorded_by=assessor,
    )  # fmt: skip
    assert flat()[0] == (str(staff[0].uuid), "second")
    yesterday = timezone.localdate() - timedelta(days=1)
    assert flat(as_of=yesterday)[0] == (str(staff[0].uuid), "first")


def test_a_chunk_takes_a_fixed_number_of_queries(
    staff: list[Person], django_assert_num_queries: Any
) -> None:
    list(gap_report(GapScope()))
    with django_assert_num_queries(6):  # units; people, positions, requirements, standings, places
        list(gap_report(GapScope()))
    with django_assert_num_queries(1 + 2 * 5):
        list(gap_report(GapScope(), chunk=4))


def test_a_past_report_names_the_manager_of_the_day(
    staff: list[Person], make_person: Callable[..., Person], django_assert_num_queries: Any
) -> None:
    today = timezone.localdate()
    old, new, gone = (make_person(name) for name in ("Old", "New", "Gone"))
    LinePeriod.objects.update(starts_at=timezone.now() - timedelta(days=90))
    for ago, manager in ((30, old), (20, gone), (10, None), (5, new)):
        with time_machine.travel(timezone.now() - timedelta(days=ago)):
            move_person(staff[0], manager=manager)
    named = {}
    for ago in (40, 29, 19, 9, 4, 0, -3):
        day = today - timedelta(days=ago)
        rows = next(one.rows for one in gap_report(GapScope(), day))
        named[ago] = {row.manager and row.manager.name for row in rows}
    assert named == {
        40: {None}, 29: {"Old"}, 19: {"Gone"}, 9: {None}, 4: {"New"}, 0: {"New"}, -3: {"New"},
    }  # fmt: skip
    with django_assert_num_queries(7):  # as today, and the managers of the day
        list(gap_report(GapScope(), today - timedelta(days=29)))


def test_where_the_record_begins_later_the_first_manager_known_is_named(
    staff: list[Person], make_person: Callable[..., Person]
) -> None:
    first, second = make_person("First"), make_person("Second")
    newcomer = make_person("Newcomer", manager=first)
    Position.objects.create(
        person=newcomer, unit=staff[0].positions.get().unit, starts_on=LONG_AGO,
        job_role=staff[0].positions.get().job_role,
    )  # fmt: skip
    move_person(newcomer, manager=second)
    past = gap_report(GapScope(), date(2021, 1, 1))
    rows = next(one.rows for one in past if one.person_id == newcomer.pk)
    assert {row.manager and row.manager.name for row in rows} == {"First"}


def test_cells_and_who_make_all_columns(staff: list[Person]) -> None:
    gaps = gaps_of_person(staff[0].uuid)
    assert gaps is not None
    who = {"person", "external_id", "name", "manager", "unit", "as_of", "policy_version"}
    assert set(gap_cells(unmet_rows(gaps)[0])) == set(COLUMNS) - who


def test_an_unknown_person_has_no_gaps(staff: list[Person]) -> None:
    assert gaps_of_person(uuid4()) is None


def test_nobody_at_all_is_an_empty_report(db: None) -> None:
    assert list(gap_report(GapScope())) == []
    assert gap_page(GapScope(), timezone.localdate(), size=10).after is None
