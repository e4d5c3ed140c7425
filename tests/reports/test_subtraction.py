"""The pages as one who subtracts reads them: every unit, job role, domain and skill together."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from accounts.models import OrgUnit
from reports.services import organisation as page
from reports.services.groups import Column, Node, Organisation
from reports.services.organisation import OrganisationFilter, organisation_view
from tests.reports.span import Span
from tests.reports.staffing import Staffing

ROLES = ("employee", "data-engineer", "network-engineer", "data-steward")


@dataclass(frozen=True)
class Reader:
    """Knows everybody, and so what each figure that is shown adds up."""

    all: Organisation

    def counted(self, node: Node, role: str, column: Column) -> dict[Any, int]:
        """The needs (of which group, of which skill) that a figure would add up."""
        wanted = self.all.role_id(role)
        return {
            (group, skill): 1
            for group in self.all.groups_at(node.path)
            if not role or wanted in group.roles
            for skill in column.skills & self.all.needs(group).keys()
        }

    def told(self, node: Node, role: str, column: Column) -> dict[Any, int]:
        wanted = self.all.role_id(role) if role else None
        vector = self.counted(node, role, column)
        return {need: 1 for need in vector if node.path in self.all.told(need[1], wanted)}

    def people(self, vector: dict[Any, int]) -> int:
        return self.all.head_count({group for group, _ in vector})

    def look(self, domain: str) -> Iterator[tuple[dict[Any, int], bool, int]]:
        """For each cell of a domain on any page: whom it would count, whether it does, how many
        people it says that it is about.
        """
        for unit in (None, *OrgUnit.objects.order_by("path")):
            for role in ("", *ROLES):
                for view in (
                    organisation_view(OrganisationFilter(unit, role)),
                    organisation_view(OrganisationFilter(unit, role, domain)),
                ):
                    for row in (*view.rows, view.total):
                        for cell in row.cells:
                            if cell.column.slug == domain or view.filter.domain:
                                whole = self.counted(row.node, role, cell.column)
                                told = self.told(row.node, role, cell.column)
                                shown = told if cell.is_shown else whole
                                yield shown, cell.is_shown, cell.tally.people


@pytest.mark.slow
@pytest.mark.parametrize("domain", ["data", "infrastructure"])
def test_no_small_group_of_any_page_is_a_sum_or_difference_of_figures(
    domain: str, staffing: Staffing, make_unit: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(7)
    top = [make_unit(f"Division {number}") for number in range(3)]
    teams = [
        make_unit(f"Team {number}", parent=OrgUnit.objects.get(pk=top[number % 3].pk))
        for number in range(7)
    ]
    for place, unit in enumerate((*top, *teams)):
        staffing.add(unit, draw.randint(3, 12), role=ROLES[1 + place % 3])
        staffing.add(unit, draw.randint(1, 6), role=draw.choice(ROLES))
    reader = Reader(Organisation())
    monkeypatch.setattr(page, "Organisation", lambda: reader.all)
    cells = list(reader.look(domain))
    shown = [vector for vector, is_shown, _ in cells if is_shown]
    small = [vector for vector, is_shown, _ in cells if vector and reader.people(vector) < 5]
    assert len(shown) > 50
    assert len(small) > 50
    assert all(
        reader.people(vector) == people and people >= 5
        for vector, is_shown, people in cells
        if is_shown
    )
    span = Span(shown)
    assert not any(vector in span for vector in small)
