"""The people list and a person's profile."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import permissions, services
from accounts.forms import SORTS, PeopleChoice, PersonSearchForm
from accounts.models import Person, Position, unit_trails
from accounts.models.organisation import PositionQuerySet
from accounts.models.people import PersonQuerySet
from accounts.views.looks import LOOK_DAYS, looks_at
from accounts.views.texts import INVITE, RESEND, REVOKE

PAGE_SIZE = 50
LOOKS_ON_PROFILE = 5


@dataclass(frozen=True)
class Place:
    """A position with the units above its own, written out from the top of the tree."""

    position: Position
    above: str

    @property
    def trail(self) -> str:
        unit = self.position.unit.name
        return f"{self.above} / {unit}" if self.above else unit

    @property
    def percent(self) -> str:
        return f"{self.position.share * 100:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Row:
    person: Person
    places: Sequence[Place]
    manager_url: str

    @property
    def above(self) -> list[str]:
        """What lies above the person's units, each once."""
        return list(dict.fromkeys(place.above for place in self.places if place.above))


def _places(positions: PositionQuerySet) -> dict[int, list[Place]]:
    """The positions by person, the main one first; two queries."""
    rows = list(positions.select_related("unit", "job_role").largest_first())
    trails = unit_trails({row.unit_id: row.unit for row in rows}.values())
    places: dict[int, list[Place]] = defaultdict(list)
    for row in rows:
        above = " / ".join(unit.name for unit in trails[row.unit_id][:-1])
        places[row.person_id].append(Place(row, above))
    return places


@login_required
@require_safe
def person_list(request: HttpRequest) -> HttpResponse:
    viewer = cast(Person, request.user)
    form = PersonSearchForm({"show": "active", "sort": "name"} | request.GET.dict())
    chosen = form.chosen()
    today = timezone.localdate()
    page = Paginator(_found(viewer, chosen, today), PAGE_SIZE).get_page(request.GET.get("page"))
    people = list(page)
    _log_list(viewer, chosen, people)
    places = _places(Position.objects.current_on(today).filter(person__in=people))
    context = {
        "form": form,
        "page": page,
        "rows": [
            Row(person, places.get(person.pk, []), _manager_url(viewer, person))
            for person in people
        ],
        "unit": chosen.unit,
    }
    return render(request, "accounts/person_list.html", context)


def _found(viewer: Person, chosen: PeopleChoice, today: date) -> PersonQuerySet:
    people: PersonQuerySet = Person.objects.visible_to(viewer).matching(chosen.text)
    if chosen.show != "all":
        people = people.filter(is_active=chosen.show == "active")
    if chosen.unit:
        people = people.placed_in(chosen.unit, on=today)
    return people.select_related("manager").order_by(*SORTS[chosen.sort])


def _log_list(viewer: Person, chosen: PeopleChoice, shown: Sequence[Person]) -> None:
    """A search is a look at each of those it shows; a list, at all whom its filters let through."""
    if all(person == viewer for person in shown):
        return
    seen = shown if chosen.text else [_scope(viewer, chosen)]
    services.record_looks(seen, what="People", viewer=viewer)


def _scope(viewer: Person, chosen: PeopleChoice) -> services.Scope:
    unit = chosen.unit
    if not viewer.sees_everyone:
        scope = services.line_scope(viewer).narrowed(unit.name if unit else "")
    else:
        scope = services.unit_scope(unit) if unit else services.WHOLE_ORGANISATION
    return scope.narrowed("not active" if chosen.show == "inactive" else "")


def _manager_url(viewer: Person, person: Person) -> str:
    """The profile of the person's manager; empty without one and for who may not look there."""
    manager = person.manager
    if manager is None or not permissions.can_view_person(viewer, manager):
        return ""
    return reverse("accounts:profile", args=[manager.uuid])


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
    context = {
        "person": person,
        "is_self": is_self,
        "manager_url": _manager_url(viewer, person),
        "places": _places(unended.filter(person=person)).get(person.pk, []),
        "leads": not is_self and person.leads_people,
        "can_ask": person.is_active and permissions.can_direct(viewer, person) and not is_self,
        "can_manage": permissions.can_manage_people(viewer),
        "days": LOOK_DAYS,
        "looks": looks_at(person)[:LOOKS_ON_PROFILE] if is_self else [],
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


@login_required
@require_safe
def email_address(request: HttpRequest) -> HttpResponse:
    """Says where the address comes from; HR's file would undo what people change here."""
    return render(request, "accounts/email_address.html")


def no_such_page(request: HttpRequest) -> HttpResponse:
    """Stands where allauth would show a page for something that nobody does here."""
    raise Http404
