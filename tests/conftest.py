"""Fixtures every test can use: people, units, roles, a small framework, a signed-in client."""

import os
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Protocol

import pytest
from celery import current_app
from django.contrib.auth.models import Group as AuthGroup
from django.test import Client
from hypothesis import settings as hypothesis_settings

from accounts.enums import Group
from accounts.models import JobRole, OrgUnit, Person, Position
from skills.services.scale import forget_level_names

# Made-up cases are the same in every run, and a busy machine fails none of them.
hypothesis_settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis_settings.load_profile("repeatable")

LONG_AGO = date(2020, 1, 1)
_numbers = count(1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `services` need PostgreSQL; without its address they are not part of the run."""
    if "TUTTI_TEST_DATABASE_URL" in os.environ:
        return
    left = [item for item in items if item.get_closest_marker("services")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


@pytest.fixture(scope="session", autouse=True)
def _tasks_are_known() -> None:
    """Import the tasks, as a worker does, so that jobs can run at once where they are asked for."""
    current_app.loader.import_default_modules()


class UndefinedVariable(AssertionError):
    """A template used a variable nobody defined."""


class LoudInvalid(str):
    """`string_if_invalid` that fails the test when a template prints an undefined variable."""

    __slots__ = ()

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __mod__(self, missing: object) -> str:
        raise UndefinedVariable(f"undefined template variable: {missing}")


class MakePerson(Protocol):
    def __call__(self, name: str = ..., **fields: Any) -> Person: ...


@pytest.fixture
def make_person(db: None) -> MakePerson:
    """Make a person; `groups=[Group.HR]` puts them into groups, `password` defaults to "pass"."""

    def make(name: str = "", **fields: Any) -> Person:
        number = next(_numbers)
        groups: list[Group] = fields.pop("groups", [])
        person: Person = Person.objects.create_user(
            fields.pop("email", f"person{number}@example.org"),
            fields.pop("password", "pass"),
            name=name or f"Person {number}",
            external_id=fields.pop("external_id", f"E{number:05d}"),
            **fields,
        )
        for group in groups:
            person.groups.add(AuthGroup.objects.get_or_create(name=group.value)[0])
        return person

    return make


@pytest.fixture
def make_unit(db: None) -> Callable[..., OrgUnit]:
    """Make a unit at the top of the tree, or below `parent`."""

    def make(name: str = "", *, parent: OrgUnit | None = None) -> OrgUnit:
        name = name or f"Unit {next(_numbers)}"
        if parent is None:
            return OrgUnit.objects.add_root({"name": name})
        return OrgUnit.objects.add_child(parent, {"name": name})

    return make


@pytest.fixture
def make_job_role(db: None) -> Callable[..., JobRole]:
    def make(slug: str = "", **fields: Any) -> JobRole:
        slug = slug or f"role-{next(_numbers)}"
        return JobRole.objects.create(slug=slug, name=fields.pop("name", slug.title()), **fields)

    return make


@pytest.fixture
def make_position(
    make_unit: Callable[..., OrgUnit], make_job_role: Callable[..., JobRole]
) -> Callable[..., Position]:
    """Give a person a position; a unit and a job role are made where none is given."""

    def make(person: Person, **fields: Any) -> Position:
        return Position.objects.create(
            person=person,
            unit=fields.pop("unit", None) or make_unit(),
            job_role=fields.pop("job_role", None) or make_job_role(),
            share=fields.pop("share", Decimal(1)),
            starts_on=fields.pop("starts_on", LONG_AGO),
            **fields,
        )

    return make


@pytest.fixture
def sign_in(client: Client) -> Callable[[Person], Client]:
    """Sign a person in with Django's test client."""

    def sign(person: Person) -> Client:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign


@pytest.fixture(autouse=True)
def _undefined_template_variables_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.template.engine import Engine

    monkeypatch.setattr(Engine.get_default(), "string_if_invalid", LoudInvalid("%s"))


@pytest.fixture(autouse=True)
def _level_names_of_another_test_are_forgotten() -> None:
    forget_level_names()
