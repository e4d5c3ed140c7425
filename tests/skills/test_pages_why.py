"""Why this level: what the panel says of each row, of days past, and of what it would take."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from skills.enums import Kind
from skills.services.decisions import revoke_evidence

SignIn = Callable[[Person], Client]
Give = Callable[..., Any]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]


@pytest.fixture
def on_the_day() -> Any:
    with time_machine.travel("2026-11-22 10:00:00Z", tick=True):
        yield


def test_why_shows_what_counts_and_what_no_longer_does(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    old = give(line.person, org.plain, Kind.QUIZ, 1, 400, ai_condition="unaided").evidence
    new = give(line.person, org.plain, Kind.QUIZ, 1, 30).evidence
    response = sign_in(line.person).get(reverse("skills:skill-detail", args=["plain"]))
    page = " ".join(response.content.decode().split())
    assert [each.line.uuid for each in response.context["counting"]] == [new.uuid]
    assert [each.line.uuid for each in response.context["no_longer"]] == [old.uuid]
    assert f'href="#evidence-{new.uuid}"' in page
    assert "Replaced by a newer result of the same kind from the same source" in page
    assert "since 23 October 2026" in page
    assert "Without AI" in page
    assert "Question bank own" in page
    assert "The rule that decided:" in page
    assert "What it takes for level 2" in page
    assert "Adaptive assessment at level 2 or above" in page
    assert "plain at 2" in page
    assert "23 October 2027" in page  # the day it falls


def test_why_names_assessors_and_the_reason_of_a_lowered_ceiling(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(
        line.person, org.plain, Kind.MANAGER_VALIDATION, 2, 30, assessors=[line.manager],
        example="", example_on=None,
    )  # fmt: skip
    page = sign_in(line.person).get(reverse("skills:skill-detail", args=["plain"]))
    assert "Mara Manager" in page.content.decode()
    assert "Counts as level 1 at most: no dated example was given." in page.content.decode()


def test_why_explains_a_contradiction(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(line.person, org.plain, Kind.PRACTICAL_TASK_DOUBLE, 3, 30)
    give(line.person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 0, 10)
    page = " ".join(
        sign_in(line.person)
        .get(reverse("skills:skill-detail", args=["plain"]))
        .content.decode()
        .split()
    )
    assert "Under review" in page
    assert "23 October 2026 counts as 3; adaptive assessment of 12 November 2026 showed 0" in page


def test_the_record_can_be_asked_what_it_said_on_a_day(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(line.person, org.plain, Kind.QUIZ, 1, date(2026, 6, 1))
    client = sign_in(line.person)
    url = reverse("skills:skill-detail", args=["plain"])

    def level(**query: str) -> int:
        response = client.get(url, query)
        assert response.status_code == 200
        return int(response.context["why"].verified_level)

    assert level(as_of="2026-05-31") == 0
    assert level(as_of="2026-06-01") == 1
    assert level(as_of="2026-06-01", known="then") == 0  # it was recorded later
    assert "The record on 1 June 2026" in client.get(url, {"as_of": "2026-06-01"}).content.decode()


def test_a_revoked_row_is_named_and_counts_as_if_it_had_never_been(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    evidence = give(line.person, org.plain, Kind.QUIZ, 1, 30).evidence
    revoke_evidence(evidence, reason="Wrong person", by=line.hr)
    page = sign_in(line.person).get(reverse("skills:skill-detail", args=["plain"]))
    assert page.context["why"].verified_level == 0
    assert "Wrong person" in page.content.decode()
    past = sign_in(line.person).get(
        reverse("skills:skill-detail", args=["plain"]), {"as_of": "2026-11-01"}
    )
    assert "Wrong person" in past.content.decode()


@pytest.mark.parametrize("day", ["soon", "", "2026-02-30", "2027-01-01", "1999-12-31"])
def test_a_day_that_cannot_be_shown_is_explained_and_today_is_shown(
    line: SimpleNamespace, sign_in: SignIn, day: str
) -> None:
    response = sign_in(line.person).get(
        reverse("skills:skill-detail", args=["plain"]), {"as_of": day}
    )
    assert response.status_code == 400
    assert response.context["why"].as_of == timezone.localdate()
    assert response.context["form"].errors["as_of"]
    assert "That day cannot be shown" in response.content.decode()


def test_the_days_on_which_a_level_falls_say_from_what_to_what(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(line.person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 2, date(2026, 11, 1))
    client = sign_in(line.person)
    url = reverse("skills:skill-detail", args=["plain"])
    today = words(client.get(url))
    assert "When it falls" in today
    assert "If nothing new arrives:" in today
    first, second = today.split('<ol class="falls">')[1].split("</ol>")[0].split("</li>")[:2]
    assert "1 November 2027" in first
    assert "falls from 2 Practising to 1 Aware" in first
    assert "falls from 1 Aware to no level: nothing counts" in second
    past = words(client.get(url, {"as_of": "2026-11-20"}))
    assert "When it was to fall" in past
    assert "Seen from 20 November 2026, had nothing new arrived since:" in past
    assert "What level 3 took, seen from then" in past
    assert "If nothing new arrives" not in past
    assert "What it takes for" not in past
    before = words(client.get(url, {"as_of": "2026-10-01"}))
    assert "There was no level that could fall." in before


def test_a_level_that_a_review_holds_down_may_rise_with_time(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    give(line.person, org.plain, Kind.PRACTICAL_TASK, 2, 60)
    give(line.person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 0, 10, expires_on=date(2026, 12, 1))
    page = sign_in(line.person).get(reverse("skills:skill-detail", args=["plain"]))
    first, *_ = page.context["changes"]
    assert first == (date(2026, 12, 1), 0, 2)
    assert "rises from 0 Not evidenced to 2 Practising" in words(page)


def test_what_was_known_is_chosen_among_two(line: SimpleNamespace, sign_in: SignIn) -> None:
    response = sign_in(line.person).get(
        reverse("skills:skill-detail", args=["plain"]), {"as_of": "2026-11-01", "known": "noon"}
    )
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["known"]
    assert response.context["why"].as_of == timezone.localdate()


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_past_day_offers_nothing_to_do(line: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(line.person)
    url = reverse("skills:skill-detail", args=["plain"])
    assert client.get(url).context["actions"] != []
    assert client.get(url, {"as_of": "2026-01-01"}).context["actions"] == []


def test_what_is_too_old_to_be_worth_anything_does_not_stand_under_what_counts(
    line: SimpleNamespace, org: SimpleNamespace, give: Give, sign_in: SignIn
) -> None:
    stale = give(line.person, org.plain, Kind.QUIZ, 1, 400).evidence
    response = sign_in(line.person).get(reverse("skills:skill-detail", args=["plain"]))
    page = response.content.decode()
    assert response.context["counting"] == []
    assert [each.line.uuid for each in response.context["too_little"]] == [stale.uuid]
    assert "Nothing counts today" in page
    assert "Not enough to count" in page


def test_a_level_without_evidence_is_not_shown_as_0(line: SimpleNamespace, sign_in: SignIn) -> None:
    page = sign_in(line.person).get(reverse("skills:skill-detail", args=["plain"]))
    assert '<span class="stat-number">0</span> <span class="stat-of">' not in page.content.decode()
    assert '<span class="stat-of">None</span>' in page.content.decode()
