"""Somebody can always administer the site: the last administrator neither leaves nor steps down."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.exceptions import LastAdministrator
from accounts.models import Person
from accounts.services.importing import BadRows

SignIn = Callable[[Person], Client]
MESSAGE = "Adam Admin is the last active administrator"


def step_down_by_service(person: Person) -> None:
    services.update_person(person, is_superuser=False)


def lose_the_admin_by_service(person: Person) -> None:
    services.update_person(person, is_staff=False)


every_way = pytest.mark.parametrize(
    "leave", [services.deactivate_person, step_down_by_service, lose_the_admin_by_service]
)


@every_way
def test_the_last_administrator_is_kept(
    organisation: Any, make_person: Callable[..., Person], leave: Callable[[Person], None]
) -> None:
    make_person("Sam Staff", is_staff=True)
    make_person("Fay Former", is_staff=True, is_superuser=True, is_active=False)
    with pytest.raises(LastAdministrator, match=MESSAGE):
        leave(organisation.admin)
    assert list(Person.objects.administrators()) == [organisation.admin]


@every_way
def test_one_of_two_administrators_may_leave(
    organisation: Any, make_person: Callable[..., Person], leave: Callable[[Person], None]
) -> None:
    other = make_person("Olga Other", is_staff=True, is_superuser=True)
    leave(organisation.admin)
    assert list(Person.objects.administrators()) == [other]


def test_staff_who_may_change_people_cannot_make_themselves_or_become_an_administrator(
    organisation: Any, make_person: Callable[..., Person], sign_in: SignIn
) -> None:
    staff = make_person("Sam Staff", is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))
    client = sign_in(staff)
    given: dict[str, Any] = {
        "name": "Sam Staff", "email": "staff@example.org", "external_id": "",
        "is_active": "on", "is_staff": "on", "is_superuser": "on",
        "groups": Group.objects.values_list("pk", flat=True)[:1],
        "positions-TOTAL_FORMS": 0, "positions-INITIAL_FORMS": 0,
        "identities-TOTAL_FORMS": 0, "identities-INITIAL_FORMS": 0,
    }  # fmt: skip
    response = client.post(reverse("admin:accounts_person_change", args=[staff.pk]), given)
    assert response.status_code == 302
    staff.refresh_from_db()
    assert (staff.email, staff.is_superuser, staff.groups.count()) == (given["email"], False, 0)
    admin = organisation.admin
    url = reverse("admin:accounts_person_change", args=[admin.pk])
    assert client.post(url, given | {"email": "mine@example.org"}).status_code == 403
    assert Person.objects.get(pk=admin.pk).email == admin.email


@pytest.mark.parametrize("box", ["is_active", "is_staff", "is_superuser"])
def test_the_form_of_the_last_administrator_says_why_not(
    organisation: Any, sign_in: SignIn, box: str
) -> None:
    admin = organisation.admin
    given: dict[str, Any] = {
        "name": admin.name, "email": admin.email, "external_id": admin.external_id,
        "is_active": "on", "is_staff": "on", "is_superuser": "on",
        "positions-TOTAL_FORMS": 0, "positions-INITIAL_FORMS": 0,
        "identities-TOTAL_FORMS": 0, "identities-INITIAL_FORMS": 0,
    }  # fmt: skip
    url = reverse("admin:accounts_person_change", args=[admin.pk])
    client = sign_in(admin)
    page = client.post(url, {name: value for name, value in given.items() if name != box})
    assert page.status_code == 200
    assert MESSAGE in page.text
    assert Person.objects.administrators().count() == 1
    assert client.post(url, given | {"name": "Adam Renamed"}).status_code == 302


def test_a_full_file_without_the_last_administrator_is_refused_even_by_force(
    organisation: Any, people_csv: Callable[..., bytes]
) -> None:
    person = organisation.person
    data = people_csv(f"{person.external_id},{person.email},{person.name},,,,,,,")
    for options in ({"force": True}, {"force": True, "skip_bad": True, "dry_run": True}):
        with pytest.raises(BadRows) as error:
            services.apply_people_file(data, full=True, **options)
        [problem] = error.value.problems
        assert str(problem).startswith(
            f"no active administrator would be left, for the file lacks {organisation.admin.email}"
        )
    assert Person.objects.active().count() == 8
    services.update_person(organisation.hr, external_id=None, is_staff=True, is_superuser=True)
    services.apply_people_file(data, full=True, force=True)
    assert list(Person.objects.administrators()) == [organisation.hr]
