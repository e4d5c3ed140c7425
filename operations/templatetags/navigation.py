"""Who gets which entry of the navigation.

Pages are named by URL; an entry whose page does not exist in this installation is left out.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.template import Context
from django.urls import NoReverseMatch, reverse

from accounts.models import Person
from courses.permissions import can_see_assignments, can_see_faults
from jobs.permissions import can_view_all_jobs
from operations.permissions import can_view_content

register = template.Library()


@dataclass(frozen=True, slots=True)
class Entry:
    """One link. `current` is the value for aria-current: "page", "true" (inside it) or ""."""

    label: str
    url: str
    current: str = ""
    is_post: bool = False


def _everyone(_: Person) -> bool:
    return True


MAIN: tuple[tuple[str, str, Callable[[Person], bool]], ...] = (
    ("My path", "courses:my-path", _everyone),
    ("My skills", "skills:my-skills", _everyone),
    ("Catalogue", "courses:catalogue", _everyone),
    ("Team", "skills:team-matrix", lambda user: user.leads_people),
    ("Organisation", "reports:organisation", lambda user: user.sees_everyone),
    ("Assignments", "courses:assignment-list", can_see_assignments),
    ("People", "accounts:person-list", lambda user: user.leads_people or user.sees_everyone),
    ("Content", "operations:content", can_view_content),
    ("Faults", "courses:fault-list", can_see_faults),
    ("Jobs", "jobs:job-list", can_view_all_jobs),
    ("Admin", "admin:index", lambda user: user.is_staff),
)


@register.simple_tag(takes_context=True)
def main_navigation(context: Context) -> list[Entry]:
    """Return the entries of the top bar for the person who is signed in."""
    user = _person(context)
    if user is None:
        return []
    path = _path(context)
    found = (_entry(label, name) for label, name, allowed in MAIN if allowed(user))
    return _with_current([entry for entry in found if entry], path)


@register.simple_tag(takes_context=True)
def user_navigation(context: Context) -> list[Entry]:
    """Return the entries of the person's own menu, signing out last."""
    user = _person(context)
    if user is None:
        return []
    entries = (
        _entry("Profile", "accounts:profile", uuid=user.uuid),
        _entry("Who looked at my record", "accounts:access-log"),
        _entry("Change password", "account_change_password"),
        _entry("Sign out", "account_logout", is_post=True),
    )
    return _with_current([entry for entry in entries if entry], _path(context))


def _person(context: Context) -> Person | None:
    user: Person | AnonymousUser | None = context.get("user")
    return user if isinstance(user, Person) else None


def _path(context: Context) -> str:
    request: Any = context.get("request")
    return str(request.path) if request else ""


def _entry(label: str, name: str, *, is_post: bool = False, **kwargs: object) -> Entry | None:
    try:
        return Entry(label, reverse(name, kwargs=kwargs or None), is_post=is_post)
    except NoReverseMatch:
        return None


def _with_current(entries: Iterable[Entry], path: str) -> list[Entry]:
    """Mark the entry of this page, or the one whose address this page's address continues."""
    entries = list(entries)
    inside = [e.url for e in entries if e.url != "/" and path.startswith(e.url)]
    nearest = max(inside, key=len, default="")
    return [Entry(e.label, e.url, _current(e, path, nearest), e.is_post) for e in entries]


def _current(entry: Entry, path: str, nearest: str) -> str:
    if entry.url == path:
        return "page"
    return "true" if entry.url == nearest else ""
