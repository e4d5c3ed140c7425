"""How sign-in behaves: people come by invitation, nobody signs up, and an address is HR's."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.models import Person


class InvitationOnlyAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "too_many_login_attempts": "Too many failed attempts. Wait a few minutes, then try again.",
        "incorrect_password": "This is not your password.",
        "enter_current_password": "This is not your password.",
        "incorrect_code": "This code is not right, or no longer.",
        "rate_limited": "Too many requests in a short time. Wait a minute, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Let people in by `Person.email` only, whatever other addresses allauth may know."""
        person: Person | None = super().authenticate(request, **credentials)
        if person is None or person.email.lower() != str(credentials.get("email", "")).lower():
            return None
        return person
