"""The OpenAPI description: what each operation answers and why, read from the views themselves.

A view says what is its own: `required_scopes`, `query_serializer`, `needs_content` and `problems`
(status -> cause). The causes every endpoint shares are added here, so that none can be forgotten.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiExample, OpenApiResponse
from rest_framework import serializers

from accounts.api.problems import MEDIA_TYPE, TYPE

WITH_BODY = ("POST", "PUT", "PATCH")


class ProblemError(serializers.Serializer[Any]):
    """One thing that is wrong, and where."""

    pointer = serializers.CharField(
        required=False, help_text="Where in the body (RFC 6901); empty for the body as a whole."
    )
    parameter = serializers.CharField(required=False, help_text="Which query parameter.")
    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="For people.")


class Problem(serializers.Serializer[Any]):
    """A problem document (RFC 9457)."""

    type = serializers.CharField(help_text="A URN that names the kind of problem.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField(help_text="The path that was asked for.")
    errors = ProblemError(many=True, required=False)  # type: ignore[assignment]


class Schema(AutoSchema):
    """drf-spectacular's description with the house's parameters, scopes and problems."""

    def get_override_parameters(self) -> list[Any]:
        query = getattr(self.view, "query_serializer", None)
        return [query] if query else []

    def get_tags(self) -> list[str]:
        return [getattr(self.view, "tag", "api")]

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status, cause in sorted(dict(self._causes()).items()):
            answer = OpenApiResponse(Problem, cause, [self._example(status, cause)])
            code = str(status)
            bodies[code] = self._get_response_for_code(answer, code, [MEDIA_TYPE], direction)  # type: ignore[no-untyped-call]
        return bodies

    def _causes(self) -> Iterator[tuple[int, str]]:
        scopes = " ".join(_scopes(self.view))
        own: dict[int, str] = getattr(self.view, "problems", {})
        yield 400, "A query parameter is unknown or its value cannot be used; `errors` names it."
        yield 401, "There is no bearer token, or it is unknown, expired or revoked."
        yield 403, f"The token lacks the scope `{scopes}`."
        yield 406, "The `Accept` header allows nothing that this address can answer with."
        yield (
            429,
            "The client asked more often than its rate allows; wait for `Retry-After` seconds.",
        )
        if getattr(self.view, "needs_content", False):
            yield 503, "No skill policy is published yet: an operator has to load the content."
        if self.method in WITH_BODY:
            yield 400, "The body is not JSON, or a header or query parameter cannot be used."
            yield 415, "The body is not declared as `application/json`."
            yield 422, "The body breaks a rule; `errors` points at each place and says which."
        yield from own.items()

    def _example(self, status: int, cause: str) -> OpenApiExample:
        title = HTTPStatus(status).phrase
        value = {
            "type": TYPE + title.lower().replace(" ", "-"),
            "title": title,
            "status": status,
            "detail": cause,
            "instance": self.path,
        }
        return OpenApiExample(title, value, status_codes=[str(status)], media_type=MEDIA_TYPE)

    def _get_response_headers_for_code(
        self, status_code: str, direction: Direction = "response"
    ) -> dict[str, Any]:
        if status_code == "429":
            wait = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
            return {"Retry-After": wait}
        headers: dict[str, Any] = super()._get_response_headers_for_code(status_code, direction)
        return headers


def _scopes(view: Any) -> list[str]:
    return list(view.required_scopes)


class ClientScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The security scheme of `ClientAuthentication`: client credentials, scopes by view."""

    target_class = "accounts.api.authentication.ClientAuthentication"
    name = "oauth2"

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]]:
        return {self.name: _scopes(auto_schema.view)}

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        flow = {"tokenUrl": "/api/oauth/token/", "scopes": dict(settings.SCOPES)}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}
