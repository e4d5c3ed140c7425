"""The team of a manager: matrix, levels, worklist and CSV, four shapes of one selection."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import JobRole, Person
from accounts.permissions import can_direct
from accounts.services import record_wide_look
from accounts.services.access import Scope as LookScope
from accounts.services.access import line_scope, reports_scope
from skills.forms import MATRIX_ORDERS, WORKLIST_ORDERS, MatrixFilterForm, Orders
from skills.models import Domain
from skills.permissions import can_view_matrix_of
from skills.services.gaps import GapRow
from skills.services.matrix import matrix_rows, people_of
from skills.services.matrix import team_levels as levels_of
from skills.services.matrix import team_matrix as matrix_of
from skills.services.matrix import team_worklist as worklist_of
from skills.services.matrix_parts import (
    Matrix,
    MatrixFilter,
    MatrixLine,
    Scope,
    TeamLevels,
    Worklist,
)
from skills.services.requirements import PersonRef
from skills.services.wording import STATUSES
from skills.views.export import csv_lines
from skills.views.links import Action, assign_actions, page_url
from skills.views.subjects import member_page, viewer_of

WORK_PAGE_SIZE = 50
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Team:
    """Whose people, which of them, and how they are narrowed and ordered."""

    manager: Person
    viewer: Person
    form: MatrixFilterForm
    query: str

    @property
    def is_own(self) -> bool:
        return self.manager.pk == self.viewer.pk

    @property
    def scope(self) -> Scope:
        return self.form.scope_chosen

    @property
    def filter(self) -> MatrixFilter:
        return self.form.filter_chosen

    @property
    def people(self) -> QuerySet[Person]:
        return people_of(self.manager, self.scope)

    @property
    def has_line(self) -> bool:
        """Whether there is anybody below the manager at all."""
        return people_of(self.manager, Scope.LINE).exists()

    @property
    def is_narrowed(self) -> bool:
        chosen = self.filter
        return bool(chosen.domain or chosen.job_role or chosen.status)

    def url(self, name: str, *, narrowed: bool = True) -> str:
        """A page of this team with the same selection, or with its scope only."""
        base = reverse(f"skills:{name}", args=[] if self.is_own else [self.manager.uuid])
        query = self.query if narrowed else f"scope={self.scope}"
        return f"{base}?{query}" if query else base

    @property
    def matrix_url(self) -> str:
        return self.url("team-matrix")

    @property
    def worklist_url(self) -> str:
        return self.url("team-worklist")

    @property
    def plain_matrix_url(self) -> str:
        return self.url("team-matrix", narrowed=False)

    @property
    def plain_worklist_url(self) -> str:
        return self.url("team-worklist", narrowed=False)

    @property
    def levels_url(self) -> str:
        return self.url("team-levels")

    @property
    def plain_levels_url(self) -> str:
        return self.url("team-levels", narrowed=False)

    @property
    def csv_url(self) -> str:
        return self.url("team-matrix-csv")


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One cell to act on."""

    person: PersonRef
    row: GapRow
    url: str
    actions: list[Action]


@member_page
@require_safe
def team_matrix(request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
    team = _team(request, uuid, what="Team matrix")
    matrix = matrix_of(team.people, team.filter, page=_page_number(request))
    return render(request, "skills/team_matrix.html", _context(team, matrix))


@member_page
@require_safe
def team_matrix_csv(request: HttpRequest, uuid: UUID | None = None) -> StreamingHttpResponse:
    """All pages of the matrix as rows, one a person and skill."""
    team = _team(request, uuid, what="Team matrix, CSV")
    rows = matrix_rows(team.people, team.filter)
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    name = f"team-matrix-{team.scope}-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@member_page
@require_safe
def team_worklist(request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
    """The same selection as a list of cells to act on."""
    team = _team(request, uuid, what="Team worklist", orders=WORKLIST_ORDERS)
    found = worklist_of(team.people, team.filter)
    page = Paginator(found.lines, WORK_PAGE_SIZE).get_page(request.GET.get("page"))
    assigns = can_direct(team.viewer, team.manager) or team.is_own
    context = _context(team, found) | {
        "page": page,
        "items": [_item(each, assigns=assigns) for each in page.object_list],
        "state": STATUSES[team.filter.status] if team.filter.status else "",
    }
    return render(request, "skills/team_worklist.html", context)


@member_page
@require_safe
def team_levels(request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
    """The same selection by level: who stands where in each skill."""
    team = _team(request, uuid, what="Team levels", orders=())
    found = levels_of(team.people, team.filter)
    context = _context(team, found) | {"most_named": MOST_NAMED}
    return render(request, "skills/team_levels.html", context)


def _team(
    request: HttpRequest, uuid: UUID | None, *, what: str, orders: Orders = MATRIX_ORDERS
) -> Team:
    """Read whose team and which selection; 403 for those it is not open to; the look is logged."""
    viewer = viewer_of(request)
    manager = viewer if uuid is None else get_object_or_404(Person, uuid=uuid)
    if not can_view_matrix_of(viewer, manager):
        raise PermissionDenied("Only the manager, those above, HR and auditors may look here.")
    query = request.GET.copy()
    query.pop("page", None)
    form = MatrixFilterForm(request.GET, orders=orders)
    team = Team(manager, viewer, form, query.urlencode())
    record_wide_look(scope=_look_scope(team), what=what, viewer=viewer)
    return team


def _look_scope(team: Team) -> LookScope:
    scope = reports_scope if team.scope is Scope.DIRECT else line_scope
    chosen = team.filter
    status = STATUSES[chosen.status].lower() if chosen.status else ""
    words = (_name(Domain, chosen.domain), _name(JobRole, chosen.job_role), status)
    return scope(team.manager).narrowed(", ".join(each for each in words if each))


def _name(of: type[Domain | JobRole], slug: str) -> str:
    """The name of a filter that was chosen; empty for none and for one that does not exist."""
    if not slug:
        return ""
    return next(iter(of._default_manager.filter(slug=slug).values_list("name", flat=True)), "")


def _assign_url(team: Team) -> str:
    """Where to ask the whole team for something; empty for those who may not."""
    if not (team.is_own or can_direct(team.viewer, team.manager)):
        return ""
    return page_url("courses:assignment-create", team=team.manager.uuid)


def _page_number(request: HttpRequest) -> int:
    number = request.GET.get("page", "")
    return int(number) if number.isdecimal() and len(number) < 7 else 1


def _context(team: Team, matrix: Matrix | Worklist | TeamLevels) -> dict[str, Any]:
    team.form.offer(
        domains=[(each.slug, each.name) for each in matrix.domain_choices],
        roles=[(each.slug, each.name) for each in matrix.job_role_choices],
    )
    return {
        "team": team,
        "matrix": matrix,
        "form": team.form,
        "scope": team.scope.value,
        "assign_url": _assign_url(team),
    }


def _item(line: MatrixLine, *, assigns: bool) -> WorkItem:
    person, row = line.person, line.cell
    skill = row.skill.slug
    return WorkItem(
        person,
        row,
        reverse("skills:person-skill-detail", args=[person.uuid, skill]),
        assign_actions(person.uuid, skill) if assigns and row.required else [],
    )
