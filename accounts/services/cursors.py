"""Where a reader of a long list stands: a signed text that the next request hands back.

Signed, so that nobody can begin in the middle: the look at a list is logged where it begins.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.core import signing

from accounts.exceptions import CursorUnreadable


def encode_cursor(position: Mapping[str, str | int], *, of: str) -> str:
    """Return a position in the list named `of` as text that is safe in an address."""
    return signing.dumps(dict(position), salt=f"cursor:{of}")


def decode_cursor(text: str, *, of: str, max_age: timedelta | None = None) -> dict[str, Any]:
    """Return the position of a cursor of this list.

    Raises CursorUnreadable for a damaged one, one of another list, and one older than `max_age`.
    """
    try:
        position: dict[str, Any] = signing.loads(text, salt=f"cursor:{of}", max_age=max_age)
    except (signing.BadSignature, ValueError) as error:
        raise CursorUnreadable from error
    return position


def at_cursor(address: str, cursor: str) -> str:
    """Return an address with its `cursor` parameter replaced."""
    parts = urlsplit(address)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "cursor"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("cursor", cursor)])))
