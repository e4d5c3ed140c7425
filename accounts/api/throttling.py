"""How often one client, or one address, may ask."""

from typing import TYPE_CHECKING

from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class ClientThrottle(SimpleRateThrottle):
    """One count per API client, whatever its addresses and tokens; strangers by address."""

    scope = "api"

    def get_cache_key(self, request: "Request", view: "APIView") -> str | None:
        client = getattr(request.auth, "application_id", None)
        return self.cache_format % {"scope": self.scope, "ident": client or self.get_ident(request)}


class TokenThrottle(SimpleRateThrottle):
    """One count per address for asking for tokens and giving them back: who guesses is slowed."""

    scope = "token"

    def get_cache_key(self, request: "Request", view: "APIView") -> str | None:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
