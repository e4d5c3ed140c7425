"""A look at many stays with whom it covered at the time, wherever they stand today."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import JobRole, LinePeriod, OrgUnit, Person, Position, RecordAccess

TODAY = date(2026, 11, 22)
SignIn = Callable[[Person], Client]
Clock = time_machine.Traveller


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    with time_machine.travel("2026-11-22 10:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def people(make_person: Callable[..., Person]) -> dict[str, Person]:
    """top > old > asha > below, and new, who reports to top as well."""
    made = {"top": make_person("Top")}
    for name, above in (("old", "top"), ("new", "top"), ("asha", "old"), ("below", "asha")):
        made[name] = make_person(name.title(), manager=made[above])
    return made


@pytest.fixture
def look(make_person: Callable[..., Person], clock: Clock) -> Callable[..., None]:
    """Somebody else looks at a scope; the minutes around it pass."""
    somebody = make_person("Somebody Else")

    def at(scope: services.Scope, what: str) -> None:
        clock.shift(timedelta(minutes=1))
        services.record_wide_look(scope=scope, what=what, viewer=somebody)
        clock.shift(timedelta(minutes=1))

    return at


def seen_by(person: Person) -> set[str]:
    fresh = Person.objects.get(pk=person.pk)
    since = timezone.now() - timedelta(days=90)
    return {each.what for each in RecordAccess.objects.covering(fresh, since=since)}


def by_service(people: dict[str, Person]) -> None:
    services.move_person(people["asha"], manager=people["new"])


def by_import(people: dict[str, Person]) -> None:
    JobRole.objects.get_or_create(slug="engineer", defaults={"name": "Engineer"})
    asha, boss = people["asha"], people["new"].external_id
    services.apply_people_file(
        "external_id,email,name,manager_external_id,unit_path,job_role,share,from,to,ai_access\n"
        f"{asha.external_id},{asha.email},{asha.name},{boss},Ops,engineer,1,2024-01-01,,yes\n".encode()
    )


every_move = pytest.mark.parametrize("move", [by_service, by_import])


@every_move
@pytest.mark.parametrize("scope", [services.line_scope, services.reports_scope])
def test_a_move_changes_no_earlier_look(
    people: dict[str, Person], look: Any, move: Any, scope: Any
) -> None:
    look(scope(people["old"]), "former manager, before")
    look(scope(people["new"]), "new manager, before")
    move(people)
    look(scope(people["old"]), "former manager, after")
    look(scope(people["new"]), "new manager, after")
    assert seen_by(people["asha"]) == {"former manager, before", "new manager, after"}


@every_move
def test_whoever_stands_below_moves_along(people: dict[str, Person], look: Any, move: Any) -> None:
    for when in ("before", "after"):
        look(services.line_scope(people["top"]), f"top, {when}")
        look(services.line_scope(people["old"]), f"old, {when}")
        look(services.line_scope(people["new"]), f"new, {when}")
        look(services.reports_scope(people["asha"]), f"asha, {when}")
        look(services.reports_scope(people["new"]), f"reports of new, {when}")
        if when == "before":
            move(people)
    assert seen_by(people["below"]) == {
        "top, before", "old, before", "asha, before", "top, after", "new, after", "asha, after",
    }  # fmt: skip


def test_coming_back_covers_both_stays_and_not_what_was_between(
    people: dict[str, Person], look: Any, clock: Clock
) -> None:
    old = services.line_scope(people["old"])
    look(old, "first stay")
    services.move_person(people["asha"], manager=None)
    look(old, "between")
    services.move_person(people["asha"], manager=people["old"])
    look(old, "second stay")
    assert seen_by(people["asha"]) == {"first stay", "second stay"}


def test_a_look_at_everybody_covers_those_who_were_there(
    people: dict[str, Person], look: Any, make_person: Callable[..., Person]
) -> None:
    look(services.WHOLE_ORGANISATION, "before")
    newcomer = services.create_person(email="n@example.org", name="N", manager=people["old"])
    look(services.WHOLE_ORGANISATION, "after")
    look(services.line_scope(people["old"]), "line, after")
    assert seen_by(newcomer) == {"after", "line, after"}


def test_a_unit_covers_whoever_held_a_position_there_on_that_day(
    people: dict[str, Person], look: Any, clock: Clock, make_unit: Any, make_job_role: Any
) -> None:
    top, there = make_unit("Top"), make_unit("There")
    here = OrgUnit.objects.add_child(top, {"name": "Here"})
    role, asha = make_job_role(), people["asha"]
    days = {"here": (TODAY, TODAY + timedelta(days=1)), "there": (TODAY + timedelta(days=2), None)}
    for unit, name in ((here, "here"), (there, "there")):
        starts_on, ends_on = days[name]
        services.add_position(asha, unit=unit, job_role=role, starts_on=starts_on, ends_on=ends_on)
    for number in range(4):
        clock.move_to(f"2026-11-{22 + number} 23:50:00Z")
        look(services.unit_scope(top), f"above here, day {number}")
        look(services.unit_scope(there), f"there, day {number}")
    assert seen_by(asha) == {
        "above here, day 0", "above here, day 1", "there, day 2", "there, day 3",
    }  # fmt: skip


def test_days_begin_at_midnight_where_the_organisation_is(
    people: dict[str, Person], look: Any, clock: Clock, place: Any, settings: Any
) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"  # nine hours ahead
    place(people["asha"], "Here", "engineer", starts_on=TODAY, ends_on=TODAY)
    scope = services.unit_scope(OrgUnit.objects.get(name="Here"))
    for moment in ("21 14:50", "21 15:10", "22 14:50", "22 15:10"):
        clock.move_to(f"2026-11-{moment}:00Z")
        look(scope, moment)
    assert seen_by(people["asha"]) == {"21 15:10", "22 14:50"}


def test_a_look_as_of_another_day_covers_whoever_held_a_position_on_that_day(
    people: dict[str, Person], look: Any, place: Any
) -> None:
    asha, below, days = people["asha"], people["below"], timedelta(days=1)
    place(asha, "Here", "engineer", starts_on=TODAY - 300 * days, ends_on=TODAY - 200 * days)
    place(asha, "There", "engineer", starts_on=TODAY - 199 * days, ends_on=TODAY + 9 * days)
    place(below, "There", "engineer", starts_on=TODAY + 10 * days)
    for unit in OrgUnit.objects.all():
        for ago in (301, 300, 200, 199, 0, -9, -10):
            scope = services.unit_scope(unit).as_of(TODAY - ago * days)
            look(scope, f"{unit.name} {ago}")
    assert seen_by(asha) == {"Here 300", "Here 200", "There 199", "There 0", "There -9"}
    assert seen_by(below) == {"There -10"}


def test_a_position_without_an_end_in_sight_covers(
    people: dict[str, Person], look: Any, place: Any
) -> None:
    place(people["asha"], "Here", "engineer", starts_on=date.min, ends_on=date.max)
    look(services.unit_scope(OrgUnit.objects.get(name="Here")), "here")
    assert seen_by(people["asha"]) == {"here"}


def test_a_job_role_covers_whoever_held_it_or_one_that_inherits_from_it(
    people: dict[str, Person], look: Any, clock: Clock, make_job_role: Any, make_unit: Any
) -> None:
    base = make_job_role("base")
    middle = make_job_role("middle", inherits=base)
    narrow = make_job_role("narrow", inherits=middle)
    other, unit = make_job_role("other"), make_unit()
    holds = {"asha": narrow, "below": base, "old": other}
    for name, role in holds.items():
        Position.objects.create(
            person=people[name], unit=unit, job_role=role, starts_on=TODAY, ends_on=TODAY,
            share=Decimal(1),
        )  # fmt: skip
    look(services.job_role_scope(base), "base")
    look(services.job_role_scope(narrow), "narrow")
    clock.shift(timedelta(days=1))
    look(services.job_role_scope(base), "base, a day later")
    assert {name: seen_by(people[name]) for name in holds} == {
        "asha": {"base", "narrow"}, "below": {"base"}, "old": set(),
    }  # fmt: skip


def test_roles_that_inherit_in_a_circle_end_somewhere(
    people: dict[str, Person], look: Any, make_job_role: Any, make_position: Any
) -> None:
    one = make_job_role("one")
    JobRole.objects.update(inherits=one)
    make_position(people["asha"], job_role=one)
    look(services.job_role_scope(one), "one")
    assert seen_by(people["asha"]) == {"one"}


def test_periods_follow_the_path_without_gap_or_overlap(
    people: dict[str, Person], clock: Clock
) -> None:
    for manager in ("new", "below", "top", "top", "old"):
        clock.shift(timedelta(hours=1))
        if manager != "below":
            services.move_person(people["asha"], manager=people[manager])
    assert LinePeriod.objects.open().count() == Person.objects.count()
    for person in Person.objects.all():
        periods = list(person.line_periods.order_by("starts_at"))
        assert periods[0].starts_at == person.date_joined
        assert periods[-1].line_path == person.line_path
        for one, following in pairwise(periods):
            assert one.ends_at == following.starts_at
            assert one.line_path != following.line_path
    assert people["asha"].line_periods.count() == 4
    assert people["below"].line_periods.count() == 4
    assert people["old"].line_periods.count() == 1


def test_an_import_that_moves_nobody_opens_no_period(people: dict[str, Person]) -> None:
    by_import(people)
    before = list(LinePeriod.objects.values_list())
    by_import(people)
    assert list(LinePeriod.objects.values_list()) == before


def test_the_access_log_takes_as_many_queries_after_many_moves(
    people: dict[str, Person],
    look: Any,
    sign_in: SignIn,
    place: Any,
    django_assert_num_queries: Any,
) -> None:
    asha, url = people["asha"], reverse("accounts:access-log")
    place(asha, "Here", "engineer", ends_on=TODAY)
    look(services.line_scope(people["old"]), "old")
    client = sign_in(asha)
    client.get(url)
    with django_assert_num_queries(11):
        client.get(url)
    for number in range(5):
        manager = people["new" if number % 2 else "top"]
        services.move_person(asha, manager=manager)
        look(services.reports_scope(manager), "moved")
        place(asha, f"Unit {number}", f"role-{number}", starts_on=TODAY, share=Decimal("0.1"))
    with django_assert_num_queries(11):
        page = client.get(url)
    assert len(page.context["page"].object_list) == 6
