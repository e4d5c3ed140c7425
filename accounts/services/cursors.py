"""Where a reader of a long list stands: a signed text that the next request hands back.

Signed together with who asked for what, so that nobody begins in the middle and nobody goes on
with other filters: the look at a list is logged once, with its scope, where it begins.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.core import signing

from accounts.exceptions import CursorUnreadable

FREE = ("cursor", "page_size")
"""Parameters that may differ from page to page."""


class Asked(NamedTuple):
    """Which client (by its key) asked for a list, and with which parameters."""

    client: int
    query: str

    @classmethod
    def by(cls, client: int, parameters: Iterable[tuple[str, str]]) -> "Asked":
        """Take the parameters of a request, in any order."""
        fixed = sorted((name, value) for name, value in parameters if name not in FREE)
        return cls(client, urlencode(fixed))

    def salt(self, list_: str) -> str:
        return f"cursor:{list_}:{self.client}:{self.query}"


def encode_cursor(position: Mapping[str, str | int], *, of: str, asked: Asked) -> str:
    """Return a position in the list named `of` as text that is safe in an address."""
    return signing.dumps(dict(position), salt=asked.salt(of))


def decode_cursor(
    text: str, *, of: str, asked: Asked, max_age: timedelta | None = None
) -> dict[str, Any]:
    """Return the position of a cursor of this list.

    Raises CursorUnreadable for a damaged one, one older than `max_age`, and one of another list,
    another client or other parameters.
    """
    try:
        position: dict[str, Any] = signing.loads(text, salt=asked.salt(of), max_age=max_age)
    except (signing.BadSignature, ValueError) as error:
        raise CursorUnreadable from error
    return position


def at_cursor(address: str, cursor: str) -> str:
    """Return an address with its `cursor` parameter replaced."""
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "cursor"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("cursor", cursor)])))
