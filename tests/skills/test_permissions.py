"""Who may do what with competencies and evidence, tried from every side."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.enums import Group
from accounts.models import Person
from skills import permissions
from skills.enums import Kind

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


@pytest.fixture
def sides(make_person: Make, make_assessor: Make, org: SimpleNamespace) -> dict[str, Any]:
    boss = make_person("Boss")
    manager = make_person("Manager", manager=boss)
    person = make_person("Owner", manager=manager)
    return {
        "boss": boss,
        "manager": manager,
        "owner": person,
        "report": make_person("Report", manager=person),
        "colleague": make_person("Colleague", manager=manager),
        "stranger": make_person("Stranger"),
        "hr": make_person("HR", groups=[Group.HR]),
        "auditor": make_person("Auditor", groups=[Group.AUDITOR]),
        "council": make_person("Council", groups=[Group.COUNCIL]),
        "assessor": make_assessor("Assessor"),
        "gone": make_assessor("Gone", groups=[Group.HR, Group.COUNCIL], is_active=False),
        "admin": make_person("Admin", is_superuser=True, is_staff=True),
        "anonymous": AnonymousUser(),
    }


def allowed(sides: dict[str, Any], predicate: Callable[[Any], bool]) -> set[str]:
    return {name for name, user in sides.items() if predicate(user)}


def _asked(rule: Callable[..., bool], owner: Any, user: Any) -> bool:
    return rule(user, owner)


def test_who_sees_competencies_and_matrices(sides: dict[str, Any]) -> None:
    owner = sides["owner"]
    above = {"owner", "manager", "boss", "hr", "auditor"}
    for rule in (permissions.can_view_competencies, permissions.can_view_matrix_of):
        assert allowed(sides, partial(_asked, rule, owner)) == above


def test_only_oneself_makes_a_claim(sides: dict[str, Any]) -> None:
    owner: Person = sides["owner"]
    assert allowed(sides, lambda user: permissions.can_record_claim(user, owner)) == {"owner"}


def test_who_settles(
    org: SimpleNamespace, sides: dict[str, Any], give: Make, make_assessor: Make
) -> None:
    vouched = make_assessor("Vouched")
    low = give(sides["owner"], org.plain, Kind.ADAPTIVE_ASSESSMENT, 0, 9).evidence
    high = give(
        sides["owner"],
        org.plain,
        Kind.PRACTICAL_TASK_DOUBLE,
        3,
        3,
        assessors=[vouched, make_assessor()],
    ).evidence
    sides["vouched"] = vouched
    assert allowed(sides, lambda user: permissions.can_settle(user, low, high)) == {
        "assessor",
        "council",
    }
