"""Reporting lines: the stored paths always say what following managers says."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import ProtectedError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import permissions, services
from accounts.domain.lines import LONGEST_LINE, cyclic_members, line_paths, too_deep_members
from accounts.exceptions import ReportingLineRefused
from accounts.models import Person
from accounts.signals import positions_changed
from tests.thoroughness import examples

PEOPLE = 7


def path_by_managers(person: Person) -> str:
    path, at = "", Person.objects.get(pk=person.pk)
    while at is not None:
        path = at.line_step + path
        at = at.manager
    return path


def naive_line_of(manager: Person) -> set[int]:
    found: set[int] = set()
    todo = [manager.pk]
    while todo:
        below = set(Person.objects.filter(manager__in=todo).values_list("pk", flat=True))
        todo = sorted(below - found)
        found |= below
    return found


@pytest.mark.slow
@settings(
    max_examples=examples(40),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    moves=st.lists(
        st.tuples(st.integers(0, PEOPLE - 1), st.none() | st.integers(0, PEOPLE - 1)), max_size=12
    )
)
def test_after_any_moves_paths_follow_the_managers(
    moves: list[tuple[int, int | None]], make_person: Callable[..., Person]
) -> None:
    people = [make_person() for _ in range(PEOPLE)]
    for who, to in moves:
        person = people[who]
        manager = None if to is None else people[to]
        below = naive_line_of(person) | {person.pk}
        if manager is not None and manager.pk in below:
            with pytest.raises(ReportingLineRefused):
                services.move_person(person, manager=manager)
        else:
            services.move_person(person, manager=manager)
    for person in Person.objects.filter(pk__in=[each.pk for each in people]):
        line = naive_line_of(person)
        assert person.line_path == path_by_managers(person)
        visible = set(Person.objects.visible_to(person).values_list("pk", flat=True))
        assert visible == line | {person.pk}
        assert set(Person.objects.in_line_of(person).values_list("pk", flat=True)) == line
        assert {
            each.pk for each in people if permissions.is_in_line_of(person, Person(
                pk=each.pk, line_path=Person.objects.get(pk=each.pk).line_path
            ))
        } == line  # fmt: skip


def test_moving_a_manager_moves_everybody_below_in_few_queries(
    organisation: Any, django_assert_max_num_queries: Any, make_person: Callable[..., Person]
) -> None:
    for _ in range(20):
        make_person(manager=organisation.person)
    with django_assert_max_num_queries(21):  # of whoever hears of it and of the lock included
        services.move_person(organisation.manager, manager=organisation.stranger)
    below = Person.objects.in_line_of(organisation.stranger)
    assert below.count() == 23
    assert all(person.line_path == path_by_managers(person) for person in below)
    assert not Person.objects.in_line_of(organisation.head).exists()


@pytest.mark.parametrize("target", ["manager", "person"])
def test_a_circle_is_refused_and_changes_nothing(organisation: Any, target: str) -> None:
    with pytest.raises(ReportingLineRefused, match="circle"):
        services.move_person(organisation.manager, manager=organisation.named(target))
    stored = Person.objects.get(pk=organisation.manager.pk)
    assert stored.manager == organisation.head
    assert stored.line_path == path_by_managers(stored)


def test_a_stale_manager_in_memory_does_not_spoil_the_path(organisation: Any) -> None:
    stale = Person.objects.get(pk=organisation.manager.pk)
    services.move_person(organisation.manager, manager=organisation.stranger)
    services.move_person(organisation.hr, manager=stale)
    made = services.create_person(email="new@example.org", name="New", manager=stale)
    for person in (organisation.hr, made):
        stored = Person.objects.get(pk=person.pk)
        assert stored.line_path == path_by_managers(stored)


def test_a_line_too_long_to_keep_is_refused(make_person: Callable[..., Person]) -> None:
    line = [make_person()]
    while len(line) < LONGEST_LINE:
        line.append(make_person(manager=line[-1]))
    with pytest.raises(ReportingLineRefused, match="longer"):
        services.create_person(email="deep@example.org", name="Deep", manager=line[-1])
    with pytest.raises(ReportingLineRefused, match="longer"):
        services.move_person(line[0], manager=make_person())
    assert Person.objects.get(pk=line[0].pk).manager is None


def test_a_manager_is_never_deleted_from_above_their_people(organisation: Any) -> None:
    with pytest.raises(ProtectedError):
        organisation.manager.delete()


def test_create_person_keeps_mail_in_lower_case_and_tells_of_the_newcomer(db: None) -> None:
    told: list[list[int]] = []

    def hear(sender: Any, person_ids: list[int], **_: Any) -> None:
        told.append(person_ids)

    positions_changed.connect(hear)
    try:
        made = services.create_person(email="New.Person@Example.org", name="New", external_id="")
    finally:
        positions_changed.disconnect(hear)
    assert made.email == "new.person@example.org"
    assert made.external_id is None
    assert not made.has_usable_password()
    assert told == [[made.pk]]


def test_update_person_does_not_move_anybody(organisation: Any) -> None:
    with pytest.raises(TypeError):
        services.update_person(organisation.person, manager=organisation.head)
    services.update_person(organisation.person, email="Other@Example.org", external_id="")
    stored = Person.objects.get(pk=organisation.person.pk)
    assert (stored.email, stored.external_id) == ("other@example.org", None)


@pytest.mark.services
def test_two_moves_at_once_wait_for_each_other(organisation: Any) -> None:
    services.move_person(organisation.person, manager=organisation.head)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
        )
        assert cursor.fetchone() == (1,)


@given(managers=st.dictionaries(st.integers(1, 12), st.none() | st.integers(1, 12), max_size=12))
def test_cyclic_members_are_those_who_meet_themselves(managers: dict[int, int | None]) -> None:
    def meets_itself(start: int) -> bool:
        at = managers.get(start)
        for _ in range(13):
            if at == start:
                return True
            at = managers.get(at) if at is not None else None
        return False

    assert cyclic_members(managers) == {person for person in managers if meets_itself(person)}


def test_line_paths_and_depth_follow_the_managers() -> None:
    managers: dict[int, int | None] = {3: 2, 2: 1, 1: None, 4: 1}
    assert line_paths(managers)[3] == "000000010000000200000003"
    long: dict[int, int | None] = {n: n - 1 or None for n in range(1, LONGEST_LINE + 2)}
    assert too_deep_members(long, long) == {LONGEST_LINE + 1}
    assert too_deep_members(long, [1, 2]) == set()
