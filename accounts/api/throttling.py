"""How often one client may ask."""

from typing import TYPE_CHECKING

from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class ClientThrottle(SimpleRateThrottle):
    """One count per API client, whatever its addresses and tokens."""

    scope = "api"

    def get_cache_key(self, request: "Request", view: "APIView") -> str | None:
        client = getattr(request.auth, "application_id", None)
        return self.cache_format % {"scope": self.scope, "ident": client or self.get_ident(request)}
