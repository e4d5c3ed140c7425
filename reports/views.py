"""The organisation page and its CSV."""

import csv
from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import OrgUnit, Person
from accounts.services import WHOLE_ORGANISATION, record_wide_look, unit_scope
from reports.exceptions import NotInFramework
from reports.permissions import can_view_organisation
from reports.services.organisation import (
    OrganisationFilter,
    OrganisationView,
    Sort,
    organisation_view,
)
from reports.services.organisation_rows import HEADER, csv_rows
from skills.exceptions import NoPolicyPublished


@login_required
@require_safe
def organisation(request: HttpRequest) -> HttpResponse:
    """Units by domains or skills: what is met, what blocks, what only one person can do."""
    _refuse_strangers(request)
    wanted = _filter(request)
    view = _view(wanted)
    if view is not None:
        _log(request, view, "Organisation")
    return render(request, "reports/organisation.html", {"view": view})


@login_required
@require_safe
def organisation_csv(request: HttpRequest) -> HttpResponse:
    """The same rows as the page, one line a unit and column."""
    _refuse_strangers(request)
    wanted = _filter(request)
    view = _view(wanted)
    if view is None:
        raise Http404("No framework is loaded.")
    _log(request, view, "Organisation, CSV")
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


def _view(wanted: OrganisationFilter) -> OrganisationView | None:
    """The view; None where no framework is loaded yet."""
    try:
        return organisation_view(wanted)
    except NoPolicyPublished:
        return None
    except NotInFramework as error:
        raise Http404(str(error)) from error


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
