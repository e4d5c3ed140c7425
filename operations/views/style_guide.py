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
PEOPLE = ("Asha Rao", "Tomás Keller", "Wanjiru Maina", "Ewa Nowak")
# verified level, required level, requirement state, state of the skill
CELLS = (
    (2, 2, "met", "current"), (1, 2, "short", "current"), (2, 2, "met", "ageing"),
    (2, 2, "met", "stale"), (2, 3, "short", "under_review"), (0, 2, "blocking", "not_evidenced"),
    (1, 2, "exempt", "current"), (0, 1, "in_grace", "not_evidenced"), (3, None, "", "current"),
    (0, 1, "short", "lapsed"),
)  # fmt: skip


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
        "skills": SKILLS,
        "matrix": _matrix(),
        "radar": _radar(SKILLS),
        "wide_radar": _radar([f"{skill} {part}" for skill in SKILLS for part in ("A", "B")]),
        "bars": [
            {"label": "Networks", "value": 18, "text": "18 of 24 (75%)"},
            {"label": "Customer service", "value": 9, "text": "9 of 31 (29%)"},
            {"label": "Finance", "value": 0, "text": "0 of 7 (0%)"},
        ],
    }
    return render(request, "operations/style_guide.html", context)


def _days(today: date) -> list[date]:
    return [today + timedelta(days=days) for days in (-400, -12, -1, 0, 1, 12, 180, 900)]


def _matrix() -> list[dict[str, Any]]:
    names = ("verified", "required", "requirement", "state")
    cells = [dict(zip(names, cell, strict=True)) for cell in CELLS]
    return [
        {
            "name": name,
            "cells": [
                cells[(row * 5 + place) % len(cells)] | {"skill": skill}
                for place, skill in enumerate(SKILLS)
            ],
        }
        for row, name in enumerate(PEOPLE)
    ]


def _radar(labels: list[str] | tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"label": label, "required": 2 + i % 2, "verified": (i * 3) % 4, "claimed": 2 + i % 3}
        for i, label in enumerate(labels)
    ]
