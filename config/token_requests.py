"""What an OAuth endpoint is not even asked, since it or the database would stumble over it.

PostgreSQL compares nothing with a NUL, and credentials outside ASCII are no Base64.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from functools import wraps
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponseBase, JsonResponse

View = Callable[[HttpRequest], HttpResponseBase]
REFUSED = {
    "error": "invalid_request",
    "error_description": "A parameter or the client's credentials hold a NUL character.",
}


def without_nul(view: View) -> View:
    """Refuse a request that carries a NUL, as RFC 6749 (5.2) refuses a malformed one: 400.

    Credentials outside ASCII are left out: as with any that cannot be read, nobody has signed in.
    """

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        if not request.META.get("HTTP_AUTHORIZATION", "").isascii():
            del request.META["HTTP_AUTHORIZATION"]
        if any("\x00" in text for text in _texts(request)):
            return JsonResponse(REFUSED, status=400, headers={"Cache-Control": "no-store"})
        return view(request)

    return guarded


def _texts(request: HttpRequest) -> Iterator[str]:
    """Every name and value that was sent, and the credentials of Basic authentication."""
    for given in (request.GET, request.POST):
        for name, values in given.lists():
            yield name
            yield from values
    scheme, _, encoded = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            yield unquote_plus(base64.b64decode(encoded).decode(errors="replace"))
        except binascii.Error:  # not readable, so never looked up
            return
