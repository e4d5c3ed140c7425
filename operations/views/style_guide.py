"""The living page of the page kit: every component in every state. Only in DEBUG."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

STATES = (
    "met", "below", "due", "stale", "review", "none", "exempt", "in_grace", "not_required",
    "lapsed", "blocking",
)  # fmt: skip
SKILLS = ("AI concepts", "Delegation", "Discernment", "Safe data", "Threat modelling", "Escalation")


class ExampleForm(forms.Form):
    """One field of each sort."""

    name = forms.CharField(max_length=60, help_text="As it stands in your passport.")
    email = forms.EmailField(label="E-mail")
    role = forms.ChoiceField(choices=[("", "Choose a role"), ("n", "Network engineer")])
    due_on = forms.DateField(
        label="Due date", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    level = forms.ChoiceField(
        choices=[("1", "1 Aware"), ("2", "2 Practising")], widget=forms.RadioSelect
    )
    agree = forms.BooleanField(label="I have read this")


def style_guide(request: HttpRequest) -> HttpResponse:
    """Show the components; `?messages=1` adds one message of each kind."""
    if not settings.DEBUG:
        raise Http404
    if request.GET.get("messages"):
        messages.success(request, "Saved. Two people were told.")
        messages.error(request, "The file could not be read.")
    today = timezone.localdate()
    context = {
        "states": STATES,
        "days": _days(today),
        "form": ExampleForm(),
        "bad_form": ExampleForm({"email": "not an address", "level": "9"}),
        "page": Paginator(range(310), 25).get_page(request.GET.get("page", 4)),
        "radar": _radar(SKILLS),
        "wide_radar": _radar([f"{skill} {part}" for skill in SKILLS for part in ("A", "B")]),
    }
    return render(request, "operations/style_guide.html", context)


def _days(today: date) -> list[date]:
    return [today + timedelta(days=days) for days in (-400, -12, -1, 0, 1, 12, 180, 900)]


def _radar(labels: list[str] | tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"label": label, "required": 2 + i % 2, "verified": (i * 3) % 4, "claimed": 2 + i % 3}
        for i, label in enumerate(labels)
    ]
