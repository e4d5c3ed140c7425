"""Errors as problem documents (RFC 9457): what went wrong, where, and what to do about it."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import structlog
from django.core import signals
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.views import set_rollback

from accounts.api.permissions import QueryInvalid
from accounts.exceptions import NotReady

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:tutti:problem:"
NO_ADDRESS = "There is nothing at this address. Every address of the API ends with a slash."
log = structlog.get_logger(__name__)


class Unavailable(exceptions.APIException):
    status_code = 503
    default_code = "not_ready"


def answer_problem(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """DRF's exception handler: every error of a view becomes a problem document."""
    known = _as_api_error(error)
    set_rollback()
    if known is None:
        log.exception("api_view_failed", exc_info=error)
        signals.got_request_exception.send(sender=None, request=context["request"]._request)
        known = exceptions.APIException("Something went wrong here; it has been logged.")
    request: HttpRequest = context["request"]._request
    status, errors = known.status_code, None
    if isinstance(known, exceptions.ValidationError):
        in_query = isinstance(known, QueryInvalid) or request.method in SAFE_METHODS
        status = 400 if in_query else 422
        errors = list(_entries(known.detail, "parameter" if in_query else "pointer"))
    return problem(request, status, _detail(known, status), errors, _headers(known))


def problem(
    request: HttpRequest,
    status: int,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """Return a problem document as the answer to a request."""
    title = HTTPStatus(status).phrase
    document = {
        "type": TYPE + title.lower().replace(" ", "-"),
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.path,
    }
    if errors:
        document["errors"] = errors
    body = json.dumps(document)
    return HttpResponse(body, status=status, content_type=MEDIA_TYPE, headers=headers)


@csrf_exempt  # a program has no CSRF token: it would be sent an HTML page instead
def no_such_address(request: HttpRequest) -> HttpResponse:
    """Answer for every address below the API that no endpoint has."""
    return problem(request, 404, NO_ADDRESS)


def _as_api_error(error: Exception) -> exceptions.APIException | None:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound(str(error) or "There is nothing at this address.")
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied(str(error) or None)
    if isinstance(error, NotReady):
        return Unavailable(str(error))
    if isinstance(error, RequestDataTooBig):
        return exceptions.ParseError("The body is too large.")
    if isinstance(error, SuspiciousOperation):
        return exceptions.ParseError(str(error))
    return None


def _detail(error: exceptions.APIException, status: int) -> str:
    if isinstance(error, exceptions.ValidationError):
        where = "the query" if status == 400 else "the body"
        return f"Something in {where} is wrong; `errors` names each place."
    return str(error.detail)


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    return headers


def _entries(detail: Any, place: str, path: tuple[str, ...] = ()) -> Iterator[dict[str, str]]:
    """Each error with its place: a JSON pointer into the body, or the name of a parameter."""
    if isinstance(detail, dict):
        for name, below in detail.items():
            step = () if name == "non_field_errors" else (str(name),)
            yield from _entries(below, place, path + step)
    elif isinstance(detail, list):
        for number, below in enumerate(detail):
            step = () if isinstance(below, str) else (str(number),)
            yield from _entries(below, place, path + step)
    else:
        yield {
            place: _pointer(path) if place == "pointer" else ".".join(path),
            "code": getattr(detail, "code", "invalid"),
            "detail": str(detail),
        }


def _pointer(path: tuple[str, ...]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in path)
