"""Whose team a page shows, which of its people, and how they are narrowed and ordered."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import JobRole, Person
from accounts.permissions import can_direct
from accounts.services import parts_of_line, record_wide_look
from accounts.services.access import Scope as LookScope
from accounts.services.access import line_scope, reports_scope
from skills.exceptions import LineTooLong
from skills.forms import MATRIX_ORDERS, MatrixFilterForm, Orders
from skills.models import Domain
from skills.permissions import can_view_matrix_of
from skills.services.matrix import people_of
from skills.services.matrix_parts import Matrix, MatrixFilter, Scope, TeamLevels, Worklist
from skills.services.wording import STATUSES
from skills.views.links import page_url
from skills.views.subjects import member_page, viewer_of


@dataclass(frozen=True, slots=True)
class Team:
    """Whose people, which of them, and how they are narrowed and ordered."""

    manager: Person
    viewer: Person
    form: MatrixFilterForm
    query: str
    here: str

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
    def may_be_asked(self) -> bool:
        """Whether the viewer may ask these people to do something."""
        leads_them = self.is_own and self.viewer.leads_people
        return leads_them or can_direct(self.viewer, self.manager)

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
        base = reverse(name, args=[] if self.is_own else [self.manager.uuid])
        query = self.query if narrowed else f"scope={self.scope}"
        return f"{base}?{query}" if query else base

    @property
    def matrix_url(self) -> str:
        return self.url("skills:team-matrix")

    @property
    def worklist_url(self) -> str:
        return self.url("skills:team-worklist")

    @property
    def plain_matrix_url(self) -> str:
        return self.url("skills:team-matrix", narrowed=False)

    @property
    def plain_worklist_url(self) -> str:
        return self.url("skills:team-worklist", narrowed=False)

    @property
    def levels_url(self) -> str:
        return self.url("skills:team-levels")

    @property
    def plain_levels_url(self) -> str:
        return self.url("skills:team-levels", narrowed=False)

    @property
    def csv_url(self) -> str:
        return self.url("skills:team-matrix-csv")


TeamView = Callable[[HttpRequest, Team], HttpResponseBase]
PageView = Callable[..., HttpResponseBase]


def team_page(what: str, orders: Orders = MATRIX_ORDERS) -> Callable[[TeamView], PageView]:
    """A view of the team of a manager, the viewer's own without a uuid.

    403 for those it is not open to; the look is logged as `what`. A line too long to be worked out
    at once leads to the managers in it.
    """

    def page_of(view: TeamView) -> PageView:
        @wraps(view)
        def page(request: HttpRequest, uuid: UUID | None = None) -> HttpResponseBase:
            team = _selection(request, uuid, orders)
            try:
                response = view(request, team)
            except LineTooLong as error:
                context = {"team": team, "most": error.most, "parts": parts_of_line(team.manager)}
                status = HTTPStatus.UNPROCESSABLE_ENTITY  # a CSV of it is none
                return render(request, "skills/line_too_long.html", context, status=status)
            record_wide_look(scope=_look_scope(team), what=what, viewer=team.viewer)
            return response

        return member_page(require_safe(page))

    return page_of


def _selection(request: HttpRequest, uuid: UUID | None, orders: Orders) -> Team:
    viewer = viewer_of(request)
    manager = viewer if uuid is None else get_object_or_404(Person, uuid=uuid)
    if not can_view_matrix_of(viewer, manager):
        raise PermissionDenied("Only the manager, those above, HR and auditors may look here.")
    query = request.GET.copy()
    query.pop("page", None)
    form = MatrixFilterForm(request.GET, orders=orders)
    return Team(manager, viewer, form, query.urlencode(), request.get_full_path())


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
    """Where to ask the direct reports for something; empty for those who may not."""
    if team.scope is not Scope.DIRECT or not team.may_be_asked:
        return ""
    return page_url("courses:assignment-create", team=team.manager.uuid, next=team.here)


def team_context(team: Team, matrix: Matrix | Worklist | TeamLevels) -> dict[str, Any]:
    """What the templates of every shape of a team read; offers the filters that match somebody."""
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
