"""Who gets which entry of the navigation, and in which of them a page lies.

Pages are named by URL; an entry whose page does not exist in this installation is left out.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse

from accounts.models import Person
from accounts.permissions import can_open_admin
from courses.permissions import can_see_assignments, can_see_faults
from jobs.permissions import can_view_all_jobs
from operations.permissions import can_load_content, can_view_content

register = template.Library()


def _everyone(_: Person) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Entry:
    """One link. `current` is the value for aria-current: "page", "true" (inside it) or ""."""

    label: str
    url: str
    current: str = ""
    is_post: bool = False


@dataclass(frozen=True, slots=True)
class Menus:
    """The top bar, the person's own menu (signing out last), and what the foot refers to."""

    main: tuple[Entry, ...] = ()
    own: tuple[Entry, ...] = ()
    reference: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a menu, who gets it, and how the addresses begin that lie in it.

    Those that continue its own address always do. {own} stands for the uuid of who is signed in,
    which the page of one's own (`is_own`) has in its address too.
    """

    label: str
    page: str
    allowed: Callable[[Person], bool] = _everyone
    holds: tuple[str, ...] = ()
    is_own: bool = False
    is_post: bool = False


MAIN = (
    Place("My path", "courses:my-path"),
    Place(
        "My skills",
        "skills:my-skills",
        holds=("/checks/", "/people/{own}/skills/", "/people/{own}/record/"),
    ),
    Place(
        "Catalogue",
        "courses:catalogue",
        holds=("/curricula/", "/modules/", "/lessons/", "/quizzes/"),
    ),
    Place(
        "Team", "skills:team-matrix", lambda user: user.leads_people, holds=("/people/{own}/team/",)
    ),
    Place("Organisation", "reports:organisation", lambda user: user.sees_everyone),
    Place("Assignments", "courses:assignment-list", can_see_assignments),
    Place("People", "accounts:person-list", lambda user: user.leads_people or user.sees_everyone),
    Place("Content", "operations:content", can_view_content),
    Place("Faults", "courses:fault-list", can_see_faults),
    Place("Jobs", "jobs:job-list", lambda user: can_view_all_jobs(user) or can_load_content(user)),
    Place("Admin", "admin:index", can_open_admin),
)
OWN = (
    Place("Profile", "accounts:profile", is_own=True),
    Place("Who looked at my record", "accounts:access-log"),
    Place("Change password", "account_change_password"),
    Place("Sign out", "account_logout", is_post=True),
)
REFERENCE = (
    Place("Glossary", "skills:glossary"),
    Place("Skill framework", "skills:framework"),
)


@register.simple_tag(takes_context=True)
def menus(context: Context) -> Menus:
    """Return the menus of the person who is signed in; empty ones for everybody else.

    Marked is the entry of this page, or the one in which it lies: of several, in whichever menu,
    the one that holds the longest part of its address.
    """
    user, request = context.get("user"), context.get("request")
    if not isinstance(user, Person):
        return Menus()
    path = str(request.path) if request else ""
    found = [list(_reached(places, user, path)) for places in (MAIN, OWN, REFERENCE)]
    longest = max(reach for menu in found for _, reach in menu) if any(found) else 0
    return Menus(
        *(tuple(_marked(each, reach, path, longest) for each, reach in menu) for menu in found)
    )


def _reached(places: Iterable[Place], user: Person, path: str) -> Iterator[tuple[Entry, int]]:
    """The entries the person gets, each with how much of the path's beginning it holds."""
    uuid = str(user.uuid)
    for place in places:
        if not place.allowed(user):
            continue
        try:
            url = reverse(place.page, kwargs={"uuid": uuid} if place.is_own else None)
        except NoReverseMatch:
            continue
        held = (url, *(prefix.replace("{own}", uuid) for prefix in place.holds))
        reach = max((len(prefix) for prefix in held if path.startswith(prefix)), default=0)
        yield Entry(place.label, url, is_post=place.is_post), reach


def _marked(entry: Entry, reach: int, path: str, longest: int) -> Entry:
    if entry.url == path:
        return replace(entry, current="page")
    return replace(entry, current="true" if reach and reach == longest else "")
