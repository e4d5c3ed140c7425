"""A small organisation that every test of this app can stand on."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

import jobs.tasks  # noqa: F401  (so that the eager broker knows the task that mails invitations)
from accounts.enums import Group
from accounts.models import JobRole, OrgUnit, Person, Position
from tests.rows import once

HEADER = "external_id,email,name,manager_external_id,unit_path,job_role,share,from,to,ai_access"


@dataclass(frozen=True)
class Organisation:
    """head > manager > person and colleague; the stranger reports to nobody; offices apart."""

    head: Person
    manager: Person
    person: Person
    colleague: Person
    stranger: Person
    hr: Person
    auditor: Person
    admin: Person
    former_hr: Person

    def named(self, name: str) -> Person:
        found: Person = getattr(self, name)
        return found


@pytest.fixture
def organisation(make_person: Callable[..., Person]) -> Organisation:
    once("organisation of the accounts", lambda: _make_organisation(make_person))
    people = {person.name.split()[0]: person for person in Person.objects.select_related("manager")}
    return Organisation(
        head=people["Head"],
        manager=people["Mara"],
        person=people["Petra"],
        colleague=people["Colin"],
        stranger=people["Stefan"],
        hr=people["Hanna"],
        auditor=people["Audra"],
        admin=people["Adam"],
        former_hr=people["Fred"],
    )


def _make_organisation(make_person: Callable[..., Person]) -> None:
    head = make_person("Head Hardy")
    manager = make_person("Mara Manager", manager=head)
    make_person("Petra Person", manager=manager)
    make_person("Colin Colleague", manager=manager)
    make_person("Stefan Stranger")
    make_person("Hanna Resources", groups=[Group.HR])
    make_person("Audra Auditor", groups=[Group.AUDITOR])
    make_person("Adam Admin", is_staff=True, is_superuser=True)
    make_person("Fred Former", groups=[Group.HR], is_active=False)


@pytest.fixture
def place(
    make_position: Callable[..., Position],
    make_unit: Callable[..., OrgUnit],
    make_job_role: Callable[..., JobRole],
) -> Callable[..., Position]:
    """Give a person a position in a unit and a job role by name."""

    def make(person: Person, unit: str, job_role: str, **fields: object) -> Position:
        found = JobRole.objects.filter(slug=job_role).first()
        return make_position(
            person,
            unit=OrgUnit.objects.filter(name=unit).first() or make_unit(unit),
            job_role=found or make_job_role(job_role),
            **fields,
        )

    return make


def _csv(*rows: str) -> bytes:
    return "\n".join((HEADER, *rows, "")).encode()


@pytest.fixture
def people_csv() -> Callable[..., bytes]:
    """The bytes of a people file with these rows under the header."""
    return _csv
