"""The organisation page and its CSV."""

import csv
from collections.abc import Callable
from functools import wraps
from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import OrgUnit, Person
from accounts.services import WHOLE_ORGANISATION, record_wide_look, unit_scope
from reports.exceptions import FiguresBehind, NotInFramework
from reports.permissions import can_view_organisation
from reports.services.organisation import (
    OrganisationFilter,
    OrganisationView,
    Sort,
    organisation_view,
)
from reports.services.organisation_rows import HEADER, csv_rows
from skills.exceptions import NoPolicyPublished
from skills.services.catching_up import start_catching_up

Draw = Callable[[HttpRequest, OrganisationView], HttpResponse]
PageView = Callable[..., HttpResponseBase]


def organisation_page(what: str) -> Callable[[Draw], PageView]:
    """A page of the organisation's figures for HR and auditors; the look is logged as `what`.

    Figures that nobody can work out now, because no framework is loaded or too many levels wait
    to be brought up to date, are said to come: 503, and a job sees to the latter.
    """

    def page_of(draw: Draw) -> PageView:
        @wraps(draw)
        def page(request: HttpRequest) -> HttpResponse:
            _refuse_strangers(request)
            try:
                view = organisation_view(_filter(request))
            except NotInFramework as error:
                raise Http404(str(error)) from error
            except NoPolicyPublished:
                return render(request, "reports/no_figures.html", status=503)
            except FiguresBehind as error:
                start_catching_up()
                return render(request, "reports/no_figures.html", {"behind": error}, status=503)
            _log(request, view, what)
            return draw(request, view)

        return login_required(require_safe(page))

    return page_of


@organisation_page("Organisation")
def organisation(request: HttpRequest, view: OrganisationView) -> HttpResponse:
    """Units by domains or skills: what is met, what blocks, what only one person can do."""
    return render(request, "reports/organisation.html", {"view": view})


@organisation_page("Organisation, CSV")
def organisation_csv(request: HttpRequest, view: OrganisationView) -> HttpResponse:
    """The same rows as the page, one line a unit and column."""
    name = f"organisation-{timezone.localdate()}.csv"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    writer = csv.writer(response)
    writer.writerow(HEADER)
    writer.writerows(csv_rows(view))
    return response


def _refuse_strangers(request: HttpRequest) -> None:
    if not can_view_organisation(request.user):
        raise PermissionDenied("The organisation page is for HR and auditors.")


def _filter(request: HttpRequest) -> OrganisationFilter:
    given = request.GET
    unit = None
    if text := given.get("unit", ""):
        try:
            unit = get_object_or_404(OrgUnit, uuid=UUID(text))
        except ValueError as error:
            raise Http404("There is no such unit.") from error
    domain = given.get("domain", "")
    return OrganisationFilter(
        unit,
        given.get("job_role", ""),
        domain,
        given.get("skill", "") if domain else "",
        Sort(given["sort"]) if given.get("sort") in set(Sort) else Sort.TREE,
    )


def _log(request: HttpRequest, view: OrganisationView, what: str) -> None:
    wanted = view.filter
    scope = unit_scope(wanted.unit) if wanted.unit else WHOLE_ORGANISATION
    chosen = (wanted.job_role, wanted.domain, wanted.skill)
    offered = (view.job_roles, view.domains, view.skills)
    words = ", ".join(
        choice.name
        for slug, choices in zip(chosen, offered, strict=True)
        for choice in choices
        if choice.slug == slug
    )
    record_wide_look(viewer=cast(Person, request.user), scope=scope.narrowed(words), what=what)
