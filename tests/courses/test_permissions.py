"""Who may do what with courses, tried from every side."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.enums import Group
from accounts.models import Person
from accounts.permissions import can_direct
from courses.models import Lesson
from courses.permissions import (
    can_assign_to_role,
    can_assign_to_team,
    can_edit_faults,
    can_see_all_assignments,
    can_see_assignments,
    can_see_faults,
    can_view_lesson,
)


@pytest.fixture
def people(make_person: Callable[..., Person]) -> dict[str, Any]:
    head = make_person()
    manager = make_person(manager=head)
    owner = make_person(manager=manager)
    return {
        "head": head,
        "manager": manager,
        "owner": owner,
        "colleague": make_person(manager=manager),
        "stranger": make_person(),
        "hr": make_person(groups=[Group.HR]),
        "auditor": make_person(groups=[Group.AUDITOR]),
        "author": make_person(groups=[Group.AUTHOR]),
        "superuser": make_person(is_superuser=True, is_staff=True),
        "inactive hr": make_person(groups=[Group.HR, Group.AUTHOR], is_active=False),
        "anonymous": AnonymousUser(),
    }


def allowed(people: dict[str, Any], may: Callable[[Any], bool]) -> set[str]:
    return {name for name, user in people.items() if may(user)}


def test_who_may_do_what(people: dict[str, Any]) -> None:
    owner, manager = people["owner"], people["manager"]
    line = {"head", "manager"}
    assert allowed(people, lambda user: can_direct(user, owner)) == line | {"hr"}
    assert allowed(people, lambda user: can_assign_to_team(user, manager)) == line | {"hr"}
    assert allowed(people, can_assign_to_role) == {"hr"}
    assert allowed(people, lambda user: can_assign_to_role(user, manager)) == line | {"hr"}
    assert allowed(people, can_see_assignments) == line | {"hr", "auditor"}
    assert allowed(people, can_see_all_assignments) == {"hr", "auditor"}
    assert allowed(people, can_see_faults) == {"author", "auditor"}
    assert allowed(people, can_edit_faults) == {"author"}


def test_whoever_is_signed_in_reads_lessons(people: dict[str, Any]) -> None:
    readers = allowed(people, lambda user: can_view_lesson(user, Lesson()))
    assert readers == set(people) - {"anonymous", "inactive hr"}
