"""The team of a manager: matrix, levels and CSV, three shapes of one selection.

The fourth, the worklist, lies with what people are asked to do, in `courses`.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from skills.services.matrix import matrix_rows
from skills.services.matrix import team_levels as levels_of
from skills.services.matrix import team_matrix as matrix_of
from skills.views.export import csv_lines
from skills.views.selection import team_context, team_selection
from skills.views.subjects import member_page

MOST_NAMED = 4


@member_page
@require_safe
def team_matrix(request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
    team = team_selection(request, uuid, what="Team matrix")
    matrix = matrix_of(team.people, team.filter, page=_page_number(request))
    return render(request, "skills/team_matrix.html", team_context(team, matrix))


@member_page
@require_safe
def team_matrix_csv(request: HttpRequest, uuid: UUID | None = None) -> StreamingHttpResponse:
    """All pages of the matrix as rows, one a person and skill."""
    team = team_selection(request, uuid, what="Team matrix, CSV")
    rows = matrix_rows(team.people, team.filter)
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    name = f"team-matrix-{team.scope}-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@member_page
@require_safe
def team_levels(request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
    """The same selection by level: who stands where in each skill."""
    team = team_selection(request, uuid, what="Team levels", orders=())
    found = levels_of(team.people, team.filter)
    context = team_context(team, found) | {"most_named": MOST_NAMED}
    return render(request, "skills/team_levels.html", context)


def _page_number(request: HttpRequest) -> int:
    number = request.GET.get("page", "")
    return int(number) if number.isdecimal() and len(number) < 7 else 1
