"""Who is in the organisation, for HR's systems."""

from functools import cached_property
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
from accounts.api.serializers import (
    PeoplePage,
    PersonAnswer,
    UnitList,
    people_answer,
    units_answer,
)
from accounts.models import JobRole, OrgUnit, Person, Position
from accounts.services.access import (
    WHOLE_ORGANISATION,
    Scope,
    job_role_scope,
    record_look,
    record_looks,
    unit_scope,
)
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
        description="In a fixed order, in pages. The look is logged once with its scope; with "
        "`external_id` or `email` it is a look at the person found.",
        responses={200: PeoplePage},
    )
    def get(self, request: Request) -> Response:
        size = self.query["page_size"]
        found = list(self._people()[: size + 1])
        if "cursor" not in self.query:
            self._log(found)
        further = None
        if len(found) > size:
            cursor = encode_cursor({"after": found[size - 1].pk}, of="people", asked=self.asked)
            further = at_cursor(request.build_absolute_uri(), cursor)
        results = people_answer(found[:size], timezone.localdate())
        return Response({"results": results, "next": further})

    def _log(self, found: list[Person]) -> None:
        """Logged where the list begins: a cursor cannot be had without beginning.

        Who is asked for by a key is looked at alone; a list is one look at all whom it covers.
        """
        asks_for_one = "external_id" in self.query or "email" in self.query
        seen = found if asks_for_one else [self._scope()]
        record_looks(seen, what="People (API)", client=client_of(self.request.auth).name)

    def _scope(self) -> Scope:
        scope = WHOLE_ORGANISATION
        if self.unit:
            scope = unit_scope(self.unit).narrowed(self.job_role.name if self.job_role else "")
        elif self.job_role:
            scope = job_role_scope(self.job_role)
        if self.query["active"] is None:
            return scope
        return scope.narrowed("active" if self.query["active"] else "not active")

    @cached_property
    def unit(self) -> OrgUnit | None:
        return _unit(self.query["unit"]) if "unit" in self.query else None

    @cached_property
    def job_role(self) -> JobRole | None:
        return _job_role(self.query["job_role"]) if "job_role" in self.query else None

    def _people(self) -> QuerySet[Person]:
        query = self.query
        people = (
            loaded_people().order_by("pk").filter(pk__gt=query.get("cursor", {"after": 0})["after"])
        )
        if "external_id" in query:
            people = people.filter(external_id=query["external_id"])
        if "email" in query:
            people = people.filter(email=query["email"].lower())
        if query["active"] is not None:
            people = people.filter(is_active=query["active"])
        held = Position.objects.current_on(timezone.localdate())
        if self.unit:
            held = held.filter(unit__path__startswith=self.unit.path)
        if self.job_role:
            held = held.filter(job_role=self.job_role)
        if self.unit or self.job_role:
            people = people.filter(Q(pk__in=held.values("person_id")))
        return people


class Units(APIView):
    required_scopes = ("people:read",)
    tag = "organisation"

    @extend_schema(
        operation_id="units_list",
        summary="Every unit of the organisation, with the unit above it",
        description="In the order of the tree, a unit before those below it: divisions and "
        "departments too, in which nobody has a position. `unit` in `people/` and `gaps/` takes "
        "the uuid of any of them.",
        responses={200: UnitList},
    )
    def get(self, request: Request) -> Response:
        return Response({"results": units_answer(OrgUnit.objects.order_by("path"))})


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
        raise _unknown("unit", "There is no unit with this uuid.")
    return unit


def _job_role(slug: str) -> JobRole:
    role = JobRole.objects.filter(slug=slug).first()
    if role is None:
        raise _unknown("job_role", "There is no job role with this slug.")
    return role


def _unknown(name: str, text: str) -> serializers.ValidationError:
    return serializers.ValidationError({name: [text]}, code="unknown")
