"""Asking for the pages of the courses, for tests of any of them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person

Make = Callable[..., Any]
SignIn = Callable[[Person], Client]


def url(name: str, *args: object, **query: object) -> str:
    return reverse(f"courses:{name}", args=args, query=query or None)


def text_of(response: Any) -> str:
    """A page on one line, so that line breaks of the template do not matter."""
    return " ".join(response.content.decode().split())


def soon() -> date:
    """A due date that leaves some time."""
    return timezone.localdate() + timedelta(days=14)


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()
