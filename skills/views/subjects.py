"""Whose record a page shows, who looks, and whether they may."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.models import Person
from accounts.services import record_look
from skills.exceptions import NoPolicyPublished
from skills.permissions import can_view_competencies

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def member_page(view: View[P]) -> View[P]:
    """A page for people who are signed in; says so where no framework is loaded yet."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NoPolicyPublished:
            return render(request, "skills/not_loaded.html", status=503)

    return login_required(guarded)


@dataclass(frozen=True, slots=True)
class Subject:
    """The person a page is about, as seen by the viewer."""

    person: Person
    viewer: Person

    @property
    def is_self(self) -> bool:
        return self.person.pk == self.viewer.pk

    @property
    def whose(self) -> str:
        """ "your", or "Asha Rao's"."""
        return "your" if self.is_self else f"{self.person.name}'s"

    @property
    def skills_url(self) -> str:
        if self.is_self:
            return reverse("skills:my-skills")
        return reverse("skills:person-skills", args=[self.person.uuid])

    @property
    def record_url(self) -> str:
        return reverse("skills:record", args=[] if self.is_self else [self.person.uuid])

    def skill_url(self, slug: str) -> str:
        if self.is_self:
            return reverse("skills:skill-detail", args=[slug])
        return reverse("skills:person-skill-detail", args=[self.person.uuid, slug])


def viewer_of(request: HttpRequest) -> Person:
    """The person who is signed in; the view is behind `member_page`."""
    return cast(Person, request.user)


def own_subject(request: HttpRequest) -> Subject:
    """The viewer's own record."""
    return Subject(viewer_of(request), viewer_of(request))


def subject_or_refuse(request: HttpRequest, uuid: UUID, *, what: str) -> Subject:
    """Somebody's record, with the look logged; 403 for those it is not open to."""
    person = get_object_or_404(Person, uuid=uuid)
    viewer = viewer_of(request)
    if not can_view_competencies(viewer, person):
        raise PermissionDenied("Only the person, their managers, HR and auditors may look here.")
    record_look(viewer=viewer, subject=person, what=what)
    return Subject(person, viewer)
