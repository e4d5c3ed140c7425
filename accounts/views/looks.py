"""Who looked at the record of the person who asks."""

from datetime import timedelta
from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.forms import LookFilterForm
from accounts.models import Person, RecordAccess
from accounts.models.access import RecordAccessQuerySet

PAGE_SIZE = 50
LOOK_DAYS = 90
PERIODS = (LOOK_DAYS, 30, 7)
LOOKER = {"person": "actor__uuid", "system": "client"}


def looks_at(person: Person) -> RecordAccessQuerySet:
    """Looks by others at the person in the last LOOK_DAYS days, the newest first."""
    since = timezone.now() - timedelta(days=LOOK_DAYS)
    return RecordAccess.objects.covering(person, since=since).select_related("actor")


@login_required
@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    every = looks = looks_at(cast(Person, request.user))
    form = LookFilterForm(request.GET, lookers=_lookers(every), periods=PERIODS)
    who, days = form.chosen()
    if who:
        kind, _, name = who.partition(":")
        looks = looks.filter(**{LOOKER[kind]: name})
    if days:
        looks = looks.filter(at__gte=timezone.now() - timedelta(days=days))
    context = {
        "form": form,
        "page": Paginator(looks, PAGE_SIZE).get_page(request.GET.get("page")),
        "days": LOOK_DAYS,
        "is_narrowed": bool(who or days),
    }
    return render(request, "accounts/access_log.html", context)


def _lookers(looks: RecordAccessQuerySet) -> list[tuple[str, str]]:
    """Who took these looks, as choices by name; nobody can be chosen whose account was removed."""
    rows = looks.order_by().values_list("actor__uuid", "actor__name", "client").distinct()
    people = [(f"person:{uuid}", name) for uuid, name, _ in rows if uuid]
    systems = [
        (f"system:{client}", f"{client} (a connected system)") for *_, client in rows if client
    ]
    return sorted(people + systems, key=lambda choice: choice[1])
