"""Whoever was signed out meanwhile signs in and is back on the page they acted on."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import Person

pytestmark = pytest.mark.django_db
PAGE = "/catalogue/?skill=core-safe-data"
FORM = "/lessons/E1.1/done/"


def back_to(location: str) -> str:
    where = urlsplit(location)
    assert where.path == reverse("account_login")
    return parse_qs(where.query)["next"][0]


def test_a_form_leads_back_to_the_page_it_stood_on(client: Client) -> None:
    response = client.post(FORM, headers={"Referer": f"http://testserver{PAGE}"})
    assert response.status_code == 302
    assert back_to(response["Location"]) == PAGE
    page = client.get(response["Location"]).content.decode()
    assert "Your session ended; nothing was sent." in page


def test_a_form_of_a_session_that_ran_out_is_told_as_not_sent(
    make_person: Callable[..., Person], sign_in: Callable[[Person], Client]
) -> None:
    client = sign_in(make_person())
    Session.objects.all().delete()
    response = client.post(FORM, headers={"Referer": f"http://testserver{PAGE}"}, follow=True)
    assert "Your session ended; nothing was sent." in response.text


def test_a_part_of_a_page_leads_the_whole_page_to_sign_in(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{PAGE}"}
    for response in (client.post(FORM, headers=headers), client.get(PAGE, headers=headers)):
        assert response.status_code == 200
        assert back_to(response["HX-Redirect"]) == PAGE


@pytest.mark.parametrize(
    "page",
    [
        "https://elsewhere.example/x",
        "//elsewhere.example",
        "http://testserver//elsewhere.example",
        "http://[",
        "",
    ],
)
def test_the_way_back_never_leads_elsewhere(client: Client, page: str) -> None:
    headers = {"Referer": page} if page else {}
    assert back_to(client.post(FORM, headers=headers)["Location"]) == "/"


def test_a_page_asked_for_is_the_page_after_signing_in(client: Client) -> None:
    response = client.get(PAGE, headers={"Referer": "http://testserver/elsewhere/"})
    assert back_to(response["Location"]) == PAGE
    assert "Your session ended" not in client.get(response["Location"]).content.decode()


def test_the_address_of_a_form_is_explained_when_it_is_opened(
    make_person: Callable[..., Person], sign_in: Callable[[Person], Client]
) -> None:
    response: Any = sign_in(make_person()).get(FORM)
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "Go to my start page" in response.content.decode()


def test_who_cancels_the_second_step_is_told_of_nothing_lost(client: Client) -> None:
    login = reverse("account_login")
    response = client.post(reverse("account_logout"), {"next": login})
    assert (response.status_code, response["Location"]) == (302, login)
    assert "Your session ended" not in client.get(login).content.decode()


def test_a_client_of_the_api_is_answered_no_page(client: Client) -> None:
    response = client.get(reverse("oauth-token"))
    assert response.status_code == 405
    assert response["content-type"] == "application/problem+json"
