"""Asking for a new password, as somebody who is not signed in."""

from typing import Any

from django.test import Client, TestCase
from django.urls import reverse


def ask_for_reset(address: str) -> Any:
    """Return the page that answers; the mail has left when this returns."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        where = reverse("account_reset_password")
        return Client().post(where, {"email": address}, follow=True)
