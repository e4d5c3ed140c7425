"""The organisation that the tests of reports fill."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import JobRole, Person
from tests.reports.staffing import Staffing, load_shipped_framework
from tests.rows import once


@pytest.fixture
def staffing(make_person: Callable[..., Person], make_position: Callable[..., Any]) -> Staffing:
    """The real framework and job roles, and nobody yet."""
    once("framework of the organisation", load_shipped_framework)
    roles = {role.slug: role for role in JobRole.objects.all()}
    return Staffing(make_person, make_position, roles)
