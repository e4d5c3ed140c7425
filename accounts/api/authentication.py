"""Who is calling: an API client with a bearer token of the client credentials grant."""

import hashlib
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from oauth2_provider.models import AccessToken
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

if TYPE_CHECKING:
    from rest_framework.request import Request

CHALLENGE = 'Bearer realm="api"'


class ClientAuthentication(BaseAuthentication):
    """Reads the token from the `Authorization` header only, with one query.

    A token in the address would end up in logs, and one in the body would make the body be read
    before anybody knows who sent it.
    """

    def authenticate(self, request: "Request") -> tuple[AnonymousUser, AccessToken] | None:
        scheme, _, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        found = (
            AccessToken.objects.select_related("application")
            .filter(token_checksum=hashlib.sha256(token.strip()).hexdigest())
            .first()
        )
        if found is None or found.application is None or found.is_expired():
            raise AuthenticationFailed("The token is unknown, expired or revoked.")
        return AnonymousUser(), found

    def authenticate_header(self, request: "Request") -> str:
        return CHALLENGE
