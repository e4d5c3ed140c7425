"""An address opens an account: staff change those only who hold no office."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import Person
from tests.accounts.admin_forms import change_url, form_of

SignIn = Callable[[Person], Client]


@pytest.fixture
def staff(make_person: Callable[..., Person]) -> Person:
    """Somebody of the staff who may do everything with the tables of this app."""
    made = make_person("Sam Staff", is_staff=True)
    made.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    return made


@pytest.mark.parametrize("name", ["hr", "auditor", "former_hr", "admin", "other staff"])
def test_whoever_holds_an_office_is_changed_by_superusers_only(
    organisation: Any, sign_in: SignIn, staff: Person, make_person: Any, name: str
) -> None:
    other = make_person("Olga Other", is_staff=True)
    person = other if name == "other staff" else organisation.named(name)
    given = form_of(person, email="mine@example.org")
    client = sign_in(staff)
    page = client.post(change_url(person), given)
    assert page.status_code == 403
    assert f"{person.name} is of the staff or holds an office" in page.text
    assert Person.objects.get(pk=person.pk).email == person.email
    shown = client.get(change_url(person))
    assert shown.status_code == 200
    assert 'name="_save"' not in shown.text
    may = sign_in(organisation.admin).get(change_url(person))
    assert 'name="_save"' in may.text


def test_staff_change_those_without_an_office_and_their_own_plain_fields(
    organisation: Any, sign_in: SignIn, staff: Person
) -> None:
    staff.groups.add(Group.objects.get(name="author"))
    client = sign_in(staff)
    for person in (organisation.person, staff):
        given = form_of(person, email=f"new-{person.email}", is_superuser="on")
        assert client.post(change_url(person), given).status_code == 302
        stored = Person.objects.get(pk=person.pk)
        assert (stored.email, stored.is_superuser) == (f"new-{person.email}", False)


def test_staff_without_the_right_to_change_people_are_not_told_who_holds_an_office(
    organisation: Any, sign_in: SignIn, make_person: Callable[..., Person]
) -> None:
    client = sign_in(make_person("Otto Other", is_staff=True))
    page = client.get(change_url(organisation.hr))
    assert page.status_code == 403
    assert "holds an office" not in page.text
