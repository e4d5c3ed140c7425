"""How sign-in behaves: people come by invitation, nobody signs up, and an address is HR's.

Secrets of second steps are stored encrypted, under a key made from SECRET_KEY.
"""

import logging
import secrets
from base64 import b32encode, urlsafe_b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.models import Person

ENCRYPTED = "fernet:"  # stands before what is encrypted; a secret without it was stored as it is
WRONG_CODE = "This code is not right, or no longer. Give the one that is shown now."
log = logging.getLogger(__name__)


class InvitationOnlyAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is not right.",
        "too_many_login_attempts": "Too many failed attempts. Wait a few minutes, then try again.",
        "incorrect_password": "This is not your password.",
        "enter_current_password": "This is not your password.",
        "incorrect_code": WRONG_CODE,
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


class EncryptingMFAAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "cannot_generate_recovery_codes": "Set up your authenticator app first.",
    }

    def encrypt(self, text: str) -> str:
        return ENCRYPTED + _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; for one whose key is gone something random, which no code ever matches."""
        if not encrypted_text.startswith(ENCRYPTED):
            return encrypted_text
        try:
            return _cipher().decrypt(encrypted_text.removeprefix(ENCRYPTED)).decode()
        except InvalidToken:
            log.warning("A second step was encrypted under another SECRET_KEY: remove it.")
            return b32encode(secrets.token_bytes(20)).decode()


def _cipher() -> MultiFernet:
    """Encrypts under SECRET_KEY, and reads what was encrypted under one of the keys before it."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_fernet_key(key)) for key in keys])


def _fernet_key(secret: str | bytes) -> bytes:
    digest = salted_hmac("accounts.second_steps", "", secret=secret, algorithm="sha256").digest()
    return urlsafe_b64encode(digest)
