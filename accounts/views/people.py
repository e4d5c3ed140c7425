"""The people list, a person's profile, and who looked at it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import permissions, services
from accounts.forms import SORTS, PersonSearchForm
from accounts.models import Person, Position, RecordAccess, unit_trails
from accounts.models.organisation import PositionQuerySet
from accounts.views.texts import INVITE, RESEND, REVOKE

PAGE_SIZE = 50
LOOKS_ON_PROFILE = 5
LOOK_DAYS = 90


@dataclass(frozen=True)
class Place:
    """A position with its unit written out from the top of the tree."""

    position: Position
    trail: str

    @property
    def percent(self) -> str:
        return f"{self.position.share * 100:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Row:
    person: Person
    places: Sequence[Place]


def _places(positions: PositionQuerySet) -> dict[int, list[Place]]:
    """The positions by person, the main one first; two queries."""
    rows = list(positions.select_related("unit", "job_role").largest_first())
    trails = unit_trails({row.unit_id: row.unit for row in rows}.values())
    places: dict[int, list[Place]] = defaultdict(list)
    for row in rows:
        trail = " / ".join(unit.name for unit in trails[row.unit_id])
        places[row.person_id].append(Place(row, trail))
    return places


@login_required
@require_safe
def person_list(request: HttpRequest) -> HttpResponse:
    viewer = cast(Person, request.user)
    form = PersonSearchForm({"show": "active", "sort": "name"} | request.GET.dict())
    chosen = form.chosen()
    people = Person.objects.visible_to(viewer).matching(chosen["q"])
    if chosen["show"] != "all":
        people = people.filter(is_active=chosen["show"] == "active")
    people = people.select_related("manager").order_by(*SORTS[chosen["sort"]])
    page = Paginator(people, PAGE_SIZE).get_page(request.GET.get("page"))
    current = Position.objects.current_on(timezone.localdate())
    places = _places(current.filter(person__in=[person.pk for person in page]))
    rows = [Row(person, places.get(person.pk, [])) for person in page]
    if any(row.person != viewer for row in rows):
        _log_list(viewer, chosen)
    return render(request, "accounts/person_list.html", {"form": form, "page": page, "rows": rows})


def _log_list(viewer: Person, chosen: dict[str, str]) -> None:
    """One look at everybody among whom the list was searched: the organisation, or their line."""
    scope = services.WHOLE_ORGANISATION if viewer.sees_everyone else services.line_scope(viewer)
    shown = "" if chosen["show"] == "active" else f"show {chosen['show']}"
    words = ", ".join(each for each in (chosen["q"].strip(), shown) if each)
    services.record_wide_look(scope=scope.narrowed(words), what="People", viewer=viewer)


@login_required
@require_safe
def profile(request: HttpRequest, uuid: UUID) -> HttpResponse:
    person = get_object_or_404(Person.objects.select_related("manager"), uuid=uuid)
    viewer = cast(Person, request.user)
    if not permissions.can_view_person(viewer, person):
        raise PermissionDenied("Only the person, their managers, HR and auditors may look here.")
    services.record_look(viewer=viewer, subject=person, what="Profile")
    today = timezone.localdate()
    unended = Position.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    is_self = viewer.pk == person.pk
    manager = person.manager
    opens_manager = manager is not None and permissions.can_view_person(viewer, manager)
    context = {
        "person": person,
        "is_self": is_self,
        "manager_url": reverse("accounts:profile", args=[manager.uuid])
        if manager and opens_manager
        else "",
        "places": _places(unended.filter(person=person)).get(person.pk, []),
        "can_manage": permissions.can_manage_people(viewer),
        "days": LOOK_DAYS,
        "looks": _looks_at(person)[:LOOKS_ON_PROFILE] if is_self else [],
    }
    if context["can_manage"]:
        context |= _invitation_of(person)
    return render(request, "accounts/profile.html", context)


def _invitation_of(person: Person) -> dict[str, object]:
    invitation = person.invitations.first()
    state = invitation.state_at(timezone.now()).value if invitation else ""
    texts = {"invite": INVITE, "resend": RESEND, "revoke": REVOKE}
    return {
        "invitation": invitation,
        "state": state,
        **{name: text.about(person) for name, text in texts.items()},
    }


def _looks_at(person: Person) -> QuerySet[RecordAccess]:
    since = timezone.now() - timedelta(days=LOOK_DAYS)
    return RecordAccess.objects.covering(person, since=since).select_related("actor")


@login_required
@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    """Who looked at the record of the person who asks."""
    looks = _looks_at(cast(Person, request.user))
    page = Paginator(looks, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/access_log.html", {"page": page, "days": LOOK_DAYS})


@login_required
@require_safe
def email_address(request: HttpRequest) -> HttpResponse:
    """Says where the address comes from; HR's file would undo what people change here."""
    return render(request, "accounts/email_address.html")


def no_such_page(request: HttpRequest) -> HttpResponse:
    """Stands where allauth would show a page for something that nobody does here."""
    raise Http404
