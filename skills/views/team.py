"""The team of a manager: matrix, levels and CSV, three shapes of one selection.

The fourth, the worklist, lies with what people are asked to do, in `courses`.
"""

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from skills.services.matrix import matrix_rows
from skills.services.matrix import team_levels as levels_of
from skills.services.matrix import team_matrix as matrix_of
from skills.views.export import csv_lines
from skills.views.selection import Team, team_context, team_page

MOST_NAMED = 4


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


@team_page("Team levels", orders=())
def team_levels(request: HttpRequest, team: Team) -> HttpResponse:
    """The same selection by level: who stands where in each skill."""
    found = levels_of(team.people, team.filter)
    context = team_context(team, found) | {"most_named": MOST_NAMED}
    return render(request, "skills/team_levels.html", context)


def _page_number(request: HttpRequest) -> int:
    number = request.GET.get("page", "")
    return int(number) if number.isdecimal() and len(number) < 7 else 1
