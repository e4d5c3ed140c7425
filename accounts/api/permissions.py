"""What every request must satisfy before a view sees it."""

from collections.abc import Container, Iterator
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from oauth2_provider.contrib.rest_framework import TokenHasScope
from rest_framework.exceptions import NotAuthenticated, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.serializers import Serializer

from accounts.api.throttling import ClientThrottle
from accounts.services.clients import client_of
from accounts.services.cursors import Asked

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class QueryInvalid(ValidationError):
    """A query parameter that is unknown or cannot be read, whatever the method."""


class WithinRate(BasePermission):
    """The client has not asked too often. It stands first, since DRF's own throttles come after all
    permissions: a request counts, whatever it is refused for.
    """

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        throttle = ClientThrottle()
        if not throttle.allow_request(request, view):
            view.throttled(request, throttle.wait() or 0)
        return True


class ClientHasScope(TokenHasScope):  # type: ignore[misc]
    """The client's token carries the view's `required_scopes`."""

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        needed = " ".join(self.get_scopes(request, view))
        if request.auth is None:
            raise NotAuthenticated(f"Send a bearer token with the scope {needed}.")
        self.message = f"This needs a token with the scope {needed}."
        return bool(super().has_permission(request, view))


class QueryIsValid(BasePermission):
    """The query parameters are those of the view's `query_serializer`; their values become
    `view.query`, and `view.asked` says who asked for what. A name that is unknown, comes twice or
    has no value is refused: a mistyped filter would widen or narrow what is exported.
    """

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        reader: type[Serializer[Any]] = getattr(view, "query_serializer", Serializer)
        asked = Asked.by(client_of(request.auth).pk, _pairs(request.query_params))
        serializer = reader(data=request.query_params, context={"asked": asked})
        faults = dict(_faults(request.query_params, known=serializer.fields))
        if faults:
            raise QueryInvalid(faults)
        if not serializer.is_valid():
            raise QueryInvalid(serializer.errors)
        query: dict[str, Any] = serializer.validated_data
        view.query, view.asked = query, asked  # type: ignore[attr-defined]
        return True


def _faults(parameters: QueryDict, known: Container[str]) -> Iterator[tuple[str, list[str]]]:
    for name, values in sorted(parameters.lists()):
        if name not in known:
            yield name, ["There is no such parameter."]
        elif len(values) > 1:
            yield name, ["Give this parameter once."]
        elif not values[0].strip():
            yield name, ["Give this parameter a value or leave it out."]


def _pairs(parameters: QueryDict) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, values in parameters.lists() for value in values)
