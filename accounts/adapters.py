"""How sign-in behaves: people come by invitation, nobody signs up, and an address is HR's."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.models import Person


class InvitationOnlyAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Let people in by `Person.email` only, whatever other addresses allauth may know."""
        person: Person | None = super().authenticate(request, **credentials)
        if person is None or person.email.lower() != str(credentials.get("email", "")).lower():
            return None
        return person
