"""Text that no page of this site sends: refused with 400 before a view or the database reads it.

Other encodings than UTF-8 can smuggle in what UTF-8 cannot hold (half of a surrogate pair), or are
no encodings of text at all. PostgreSQL compares and stores nothing with a NUL; our own pages leave
it out, and Django's administration would hand it on.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

TOKENS = "/api/oauth/"  # which answers in words of its own
NOT_UTF_8 = "Text is sent to this site in UTF-8."
NUL = "A parameter holds a NUL character."


class ReadableText:
    """Refuse other encodings everywhere, and a NUL where the administration is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        if not is_utf_8(request) and not request.path.startswith(TOKENS):
            raise BadRequest(NOT_UTF_8)
        match = request.resolver_match
        if match and match.app_name == "admin" and any("\x00" in text for text in texts(request)):
            raise BadRequest(NUL)


def is_utf_8(request: HttpRequest) -> bool:
    """Whether the request says that it is in UTF-8, or nothing."""
    charset = (request.content_params or {}).get("charset", "utf-8")
    return charset.lower() in ("utf-8", "utf8")


def texts(request: HttpRequest) -> Iterator[str]:
    """Every name and value of the request's address and form."""
    for given in (request.GET, request.POST):
        for name, values in given.lists():
            yield name
            yield from values
