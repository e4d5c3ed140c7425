"""The worklist of a team: what to act on, in which order, and for whom."""

import re
from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from skills.enums import Kind

SignIn = Callable[[Person], Client]
Give = Callable[..., Any]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


def body(response: Any) -> str:
    return str(response.content.decode())


def test_the_worklist_is_the_same_selection_blocking_first_then_weight_and_shortfall(
    team: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(team.asha, org.plain, Kind.ADAPTIVE_ASSESSMENT, 2, 30)
    client = sign_in(team.manager)

    def items(query: str = "") -> list[tuple[str, str]]:
        shown = client.get(f"/team/worklist/?{query}").context["items"]
        return [(item.person.name, item.row.skill.slug) for item in shown]

    assert items() == [
        ("Ben Engineer", "plain"),
        ("Lena Lead", "plain"),
        ("Ben Engineer", "keystone"),
        ("Asha Rao", "brief"),
        ("Ben Engineer", "brief"),
        ("Lena Lead", "brief"),
    ]
    assert items("state=met") == [("Asha Rao", "plain")]
    assert items("sort=name")[:2] == [("Asha Rao", "brief"), ("Ben Engineer", "plain")]
    assert items("state=met&sort=due") == [("Asha Rao", "plain")]
    assert items("sort=gap") == items()
    assert items("role=engineer&domain=security") == [("Ben Engineer", "brief")]
    assert len(items("scope=line")) == 8


def test_the_worklist_says_what_it_lists(
    team: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(team.asha, org.plain, Kind.ADAPTIVE_ASSESSMENT, 2, 30)
    client = sign_in(team.manager)

    def headline(query: str) -> str:
        page = body(client.get(f"/team/worklist/?{query}"))
        found = re.search(r'<p class="team-headline" data-say>(.*?)</p>', page)
        assert found is not None
        return re.sub(r"<[^>]*>", "", found[1])

    pressing = "Blocking gaps first, then the most important."
    assert headline("") == f"6 unmet requirements of 3 people. {pressing}"
    assert headline("state=met&sort=name") == "1 skill with state Met, of 1 person."


def test_the_line_that_falls_soonest_comes_first_on_request(
    team: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(team.asha, org.plain, Kind.QUIZ, 1, 100)
    give(team.ben, org.plain, Kind.QUIZ, 1, 200)
    shown = sign_in(team.manager).get("/team/worklist/?sort=due").context["items"]
    assert [item.person.name for item in shown[:2]] == ["Ben Engineer", "Asha Rao"]
    assert shown[2].row.due_on is None


def test_a_level_that_falls_says_in_how_long(
    team: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(team.asha, org.plain, Kind.QUIZ, 1, date(2026, 11, 1))
    client = sign_in(team.manager)
    phone = "verified 1 of 2, falls on 1 November 2027 (in 11 months)"
    assert phone in body(client.get("/team/"))
    assert "none of 1" in body(client.get("/team/"))
    assert "(in 11 months)" in body(client.get("/team/worklist/"))


def test_the_worklist_offers_to_assign_to_managers_and_hr_only(
    team: SimpleNamespace, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("skills.views.links.page_url", lambda name, *args, **query: f"/{query}")
    url = reverse("skills:team-worklist", args=[team.manager.uuid])
    for viewer, offered in (("manager", True), ("head", True), ("hr", True), ("auditor", False)):
        context = sign_in(getattr(team, viewer)).get(url).context
        assert all(bool(item.actions) is offered for item in context["items"]), viewer
        assert bool(context["assign_url"]) is offered, viewer


def test_a_team_that_meets_everything_has_an_empty_worklist(
    team: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(team.below, org.plain, Kind.ADAPTIVE_ASSESSMENT, 2, 30)
    give(team.below, org.brief, Kind.QUIZ, 1, 3)
    assert "Nothing is open" in body(sign_in(team.lead).get("/team/worklist/"))
    assert "Nothing is missing." in body(sign_in(team.lead).get("/team/"))
