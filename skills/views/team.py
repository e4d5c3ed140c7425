"""The team of a manager: matrix, levels, worklist and CSV, four shapes of one selection."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from skills.forms import WORKLIST_ORDERS
from skills.services.gaps import GapRow
from skills.services.matrix import matrix_rows
from skills.services.matrix import team_levels as levels_of
from skills.services.matrix import team_matrix as matrix_of
from skills.services.matrix import team_worklist as worklist_of
from skills.services.matrix_parts import MatrixLine
from skills.services.requirements import PersonRef
from skills.services.under_way import under_way
from skills.services.wording import STATUSES
from skills.views.export import csv_lines
from skills.views.links import Action, assign_actions
from skills.views.selection import Team, team_context, team_page

WORK_PAGE_SIZE = 50
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One cell to act on, with what can be done and what is under way already."""

    person: PersonRef
    row: GapRow
    url: str
    actions: list[Action]
    under_way: Collection[str]


@team_page("Team matrix")
def team_matrix(request: HttpRequest, team: Team) -> HttpResponse:
    matrix = matrix_of(team.people, team.filter, page=_page_number(request))
    return render(request, "skills/team_matrix.html", team_context(team, matrix))


@team_page("Team matrix, CSV")
def team_matrix_csv(request: HttpRequest, team: Team) -> StreamingHttpResponse:
    """All pages of the matrix as rows, one a person and skill."""
    rows = matrix_rows(team.people, team.filter)
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    name = f"team-matrix-{team.scope}-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@team_page("Team worklist", orders=WORKLIST_ORDERS)
def team_worklist(request: HttpRequest, team: Team) -> HttpResponse:
    """The same selection as a list of cells to act on."""
    found = worklist_of(team.people, team.filter)
    page = Paginator(found.lines, WORK_PAGE_SIZE).get_page(request.GET.get("page"))
    context = team_context(team, found) | {
        "page": page,
        "items": list(_items(list(page.object_list), team)),
        "state": STATUSES[team.filter.status] if team.filter.status else "",
    }
    return render(request, "skills/team_worklist.html", context)


@team_page("Team levels", orders=())
def team_levels(request: HttpRequest, team: Team) -> HttpResponse:
    """The same selection by level: who stands where in each skill."""
    found = levels_of(team.people, team.filter)
    context = team_context(team, found) | {"most_named": MOST_NAMED}
    return render(request, "skills/team_levels.html", context)


def _items(lines: Collection[MatrixLine], team: Team) -> Iterable[WorkItem]:
    said, assigns = under_way(lines), team.may_be_asked
    for line in lines:
        person, row = line.person, line.cell
        skill = row.skill.slug
        yield WorkItem(
            person,
            row,
            reverse("skills:person-skill-detail", args=[person.uuid, skill]),
            assign_actions(person.uuid, skill, back=team.here) if assigns and row.required else [],
            said.get((person.id, skill), ()),
        )


def _page_number(request: HttpRequest) -> int:
    number = request.GET.get("page", "")
    return int(number) if number.isdecimal() and len(number) < 7 else 1
