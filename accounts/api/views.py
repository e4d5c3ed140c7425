"""Who is in the organisation, for HR's systems."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.queries import PeopleQuery
from accounts.api.serializers import PeoplePage, PersonAnswer, people_answer
from accounts.models import JobRole, OrgUnit, Person, Position
from accounts.services.access import WHOLE_ORGANISATION, record_look, record_wide_look, unit_scope
from accounts.services.clients import client_of
from accounts.services.cursors import Asked, at_cursor, encode_cursor

NOBODY = "There is no person with this uuid."


class People(APIView):
    required_scopes = ("people:read",)
    query_serializer = PeopleQuery
    tag = "people"
    query: dict[str, Any]
    asked: Asked

    @extend_schema(
        operation_id="people_list",
        summary="People with their manager and positions",
        description="In a fixed order, in pages. The look is logged once with its scope.",
        responses={200: PeoplePage},
    )
    def get(self, request: Request) -> Response:
        people, unit = self._people()
        size = self.query["page_size"]
        found = list(people[: size + 1])
        if "cursor" not in self.query:
            self._log(unit)
        further = None
        if len(found) > size:
            cursor = encode_cursor({"after": found[size - 1].pk}, of="people", asked=self.asked)
            further = at_cursor(request.build_absolute_uri(), cursor)
        results = people_answer(found[:size], timezone.localdate())
        return Response({"results": results, "next": further})

    def _log(self, unit: OrgUnit | None) -> None:
        """One look, logged where the list begins: a cursor cannot be had without beginning."""
        scope = unit_scope(unit) if unit else WHOLE_ORGANISATION
        asked = ", ".join(
            f"{name} {self.query[name]}"
            for name in ("external_id", "email", "active", "job_role")
            if self.query.get(name) is not None
        )
        client = client_of(self.request.auth).name
        record_wide_look(scope=scope.narrowed(asked), what="People (API)", client=client)

    def _people(self) -> tuple[QuerySet[Person], OrgUnit | None]:
        query = self.query
        people = (
            loaded_people().order_by("pk").filter(pk__gt=query.get("cursor", {"after": 0})["after"])
        )
        if "external_id" in query:
            people = people.filter(external_id=query["external_id"])
        if "email" in query:
            people = people.filter(email__iexact=query["email"])
        if query["active"] is not None:
            people = people.filter(is_active=query["active"])
        unit = None
        held = Position.objects.current_on(timezone.localdate())
        if "unit" in query:
            unit = _unit(query["unit"])
            held = held.filter(unit__path__startswith=unit.path)
        if "job_role" in query:
            held = held.filter(job_role=_job_role(query["job_role"]))
        if "unit" in query or "job_role" in query:
            people = people.filter(Q(pk__in=held.values("person_id")))
        return people, unit


class OnePerson(APIView):
    required_scopes = ("people:read",)
    problems = {404: NOBODY}
    tag = "people"

    @extend_schema(
        operation_id="people_read",
        summary="One person with manager and positions",
        description="The look is logged; the person can see it.",
        responses={200: PersonAnswer},
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        person = loaded_people().filter(uuid=uuid).first()
        if person is None:
            raise Http404(NOBODY)
        record_look(subject=person, what="Profile (API)", client=client_of(request.auth).name)
        return Response(people_answer([person], timezone.localdate())[0])


def loaded_people() -> QuerySet[Person]:
    """People with what an answer about them needs."""
    people: QuerySet[Person] = Person.objects.select_related("manager").prefetch_related(
        "positions__unit", "positions__job_role"
    )
    return people


def _unit(uuid: UUID) -> OrgUnit:
    unit: OrgUnit | None = OrgUnit.objects.filter(uuid=uuid).first()
    if unit is None:
        raise serializers.ValidationError({"unit": ["There is no unit with this uuid."]})
    return unit


def _job_role(slug: str) -> JobRole:
    role = JobRole.objects.filter(slug=slug).first()
    if role is None:
        raise serializers.ValidationError({"job_role": ["There is no job role with this slug."]})
    return role
