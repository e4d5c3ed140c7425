"""Who may do what: every rule from every side."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.models import Group as AuthGroup

from accounts import permissions, services
from accounts.enums import Group
from accounts.models import Person

EVERYBODY = (
    "head", "manager", "person", "colleague", "stranger", "hr", "auditor", "admin", "former_hr",
)  # fmt: skip


def allowed(organisation: Any, rule: Any, *args: Any) -> set[str]:
    return {name for name in EVERYBODY if rule(organisation.named(name), *args)}


def test_a_record_opens_to_self_line_hr_and_auditors(organisation: Any) -> None:
    may = allowed(organisation, permissions.can_view_person, organisation.person)
    assert may == {"person", "manager", "head", "hr", "auditor"}
    may = allowed(organisation, permissions.can_view_person, organisation.head)
    assert may == {"head", "hr", "auditor"}


def test_the_organisation_opens_to_hr_and_auditors(organisation: Any) -> None:
    assert allowed(organisation, permissions.can_view_organisation) == {"hr", "auditor"}


def test_only_hr_manages_people(organisation: Any) -> None:
    assert allowed(organisation, permissions.can_manage_people) == {"hr"}


def test_in_line_of_does_not_hold_for_oneself_or_upwards(organisation: Any) -> None:
    assert allowed(organisation, permissions.is_in_line_of, organisation.person) == {
        "manager",
        "head",
    }
    assert allowed(organisation, permissions.is_self, organisation.person) == {"person"}


def test_anonymous_may_nothing(organisation: Any) -> None:
    nobody = AnonymousUser()
    assert not permissions.is_member(nobody)
    assert not permissions.can_view_organisation(nobody)
    assert not permissions.can_manage_people(nobody)
    for rule in (
        permissions.can_view_person,
        permissions.is_self,
        permissions.is_in_line_of,
    ):
        assert not rule(nobody, organisation.person)


def test_the_deactivated_may_nothing_not_even_see_themselves(organisation: Any) -> None:
    services.deactivate_person(organisation.head)
    assert not permissions.can_view_person(organisation.head, organisation.head)
    assert not permissions.can_view_person(organisation.head, organisation.person)
    assert not Person.objects.visible_to(organisation.head).exists()
    assert not Person.objects.visible_to(organisation.former_hr).exists()


@pytest.mark.parametrize(
    ("group", "rule"),
    [
        (Group.HR, permissions.is_hr),
        (Group.AUDITOR, permissions.is_auditor),
        (Group.AUTHOR, permissions.is_author),
        (Group.COUNCIL, permissions.is_on_council),
    ],
)
def test_an_office_is_given_and_taken(organisation: Any, group: Group, rule: Any) -> None:
    person = organisation.stranger
    assert not rule(person)
    services.give_office(person, group)
    assert rule(person)
    assert rule(Person.objects.get(pk=person.pk))
    assert not rule(organisation.admin)
    services.take_office(person, group)
    services.take_office(person, group)
    assert not rule(person)


def test_every_office_has_its_group_from_the_start(db: None) -> None:
    assert {group.value for group in Group} <= set(AuthGroup.objects.values_list("name", flat=True))


def test_visible_to_agrees_with_can_view_person(organisation: Any) -> None:
    for name in EVERYBODY:
        viewer = organisation.named(name)
        seen = set(Person.objects.visible_to(viewer))
        assert seen == {
            person for person in Person.objects.all() if permissions.can_view_person(viewer, person)
        }
