"""The site, and the bare views it is measured against."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from oauth2_provider.contrib.rest_framework import TokenHasScope
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Person, Position
from config.urls import urlpatterns as site
from skills.models import Competency


def three_queries(uuid: str) -> dict[str, object]:
    """One person, their positions and their competencies: three indexed queries."""
    person = Person.objects.values("id", "name").get(uuid=uuid)
    positions = list(Position.objects.filter(person=person["id"]).values("share", "starts_on"))
    levels = list(Competency.objects.filter(person=person["id"]).values("skill", "verified_level"))
    return {"name": person["name"], "positions": positions, "levels": levels}


@login_required
def bare_page(request: HttpRequest, uuid: str) -> HttpResponse:
    return JsonResponse(three_queries(uuid))


class GapsScope(TokenHasScope):  # type: ignore[misc]
    def get_scopes(self, request: Request, view: object) -> list[str]:
        return ["gaps:read"]


@api_view(["GET"])
@permission_classes([GapsScope])
def bare_api(request: Request, uuid: str) -> Response:
    return Response(three_queries(uuid))


urlpatterns = [
    path("bare/<uuid:uuid>/", bare_page),
    path("bare-api/<uuid:uuid>/", bare_api),
    *site,
]
