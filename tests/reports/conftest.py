"""The organisation that the tests of reports fill."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.enums import Group
from accounts.models import JobRole, OrgUnit, Person
from tests.reports.staffing import Staffing, load_shipped_framework
from tests.rows import once


@pytest.fixture
def staffing(make_person: Callable[..., Person], make_position: Callable[..., Any]) -> Staffing:
    """The real framework and job roles, and nobody yet."""
    once("framework of the organisation", load_shipped_framework)
    roles = {role.slug: role for role in JobRole.objects.all()}
    return Staffing(make_person, make_position, roles)


@pytest.fixture
def hr(make_person: Callable[..., Person]) -> Person:
    """One person without a position: a small group at the top, which hides the next smallest."""
    return make_person("Hanna HR", groups=[Group.HR])


@pytest.fixture
def units(make_unit: Callable[..., OrgUnit]) -> dict[str, OrgUnit]:
    """Two divisions; the first has three teams."""
    first = make_unit("First")
    made = {"First": first, "Second": make_unit("Second")}
    for name in ("Large", "Middle", "Small"):
        made[name] = make_unit(name, parent=OrgUnit.objects.get(pk=first.pk))
    return {name: OrgUnit.objects.get(pk=unit.pk) for name, unit in made.items()}
