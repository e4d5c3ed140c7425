"""What an OAuth endpoint is not even asked: too much, or what it or the database stumbles over.

PostgreSQL compares nothing with a NUL, and credentials outside ASCII are no Base64.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from functools import wraps
from urllib.parse import unquote_plus

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError

from accounts.api.problems import problem
from accounts.api.throttling import TokenThrottle
from config.readable_text import is_utf_8, texts

View = Callable[[HttpRequest], HttpResponseBase]
NUL = "A parameter or the client's credentials hold a NUL character."
UNREADABLE = "The form cannot be read."
TOO_OFTEN = "Too many requests of this address; wait for `Retry-After` seconds."
ONLY_POST = "Tokens are asked for, and given back, with POST."


def guarded(view: View) -> View:
    """Refuse a form that cannot be read or holds a NUL, as RFC 6749 (5.2) says: 400.

    What that RFC says nothing of is a problem document: too many requests of one address, and
    another method. Credentials outside ASCII are left out: as with any that cannot be read, nobody
    has signed in.
    """

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponseBase:
        throttle = TokenThrottle()
        if not throttle.allow_request(request, view):  # type: ignore[arg-type]
            wait = str(int(throttle.wait() or 0) + 1)
            return problem(request, 429, TOO_OFTEN, headers={"Retry-After": wait})
        if not request.META.get("HTTP_AUTHORIZATION", "").isascii():
            del request.META["HTTP_AUTHORIZATION"]
        try:
            if not is_utf_8(request):
                return _invalid(UNREADABLE)
            if any("\x00" in text for text in _texts(request)):
                return _invalid(NUL)
        except (BadRequest, MultiPartParserError, SuspiciousOperation):
            return _invalid(UNREADABLE)
        found = view(request)
        if found.status_code == 405:
            return problem(request, 405, ONLY_POST, headers={"Allow": found.headers["Allow"]})
        return found

    return answer


def _invalid(why: str) -> JsonResponse:
    error = {"error": "invalid_request", "error_description": why}
    return JsonResponse(error, status=400, headers={"Cache-Control": "no-store"})


def _texts(request: HttpRequest) -> Iterator[str]:
    """Every name and value that was sent, and the credentials of Basic authentication."""
    yield from texts(request)
    scheme, _, encoded = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            yield unquote_plus(base64.b64decode(encoded).decode(errors="replace"))
        except binascii.Error:  # not readable, so never looked up
            return
