"""Asking for a token and giving one back, with what no database can compare."""

import base64
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
ENDPOINTS = ("/api/oauth/token/", "/api/oauth/revoke/")
GOOD = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y", "token": "z"}


def basic(credentials: str) -> dict[str, str]:
    return {"authorization": f"Basic {base64.b64encode(credentials.encode()).decode()}"}


def ask(address: str, body: dict[str, str], headers: dict[str, str] | None = None) -> Any:
    return Client(enforce_csrf_checks=True).post(address, body, headers=headers)


@pytest.mark.parametrize("address", ENDPOINTS)
@pytest.mark.parametrize("name", ["client_id", "client_secret", "token", "grant_type"])
def test_a_nul_in_a_parameter_is_refused(address: str, name: str) -> None:
    answer = ask(address, GOOD | {name: "x\x00y"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert "NUL" in answer.json()["error_description"]


@pytest.mark.parametrize("address", ENDPOINTS)
@pytest.mark.parametrize("credentials", ["x\x00:y", "x%00:y", "x:y\x00"])
def test_a_nul_in_the_credentials_is_refused(address: str, credentials: str) -> None:
    body = {"grant_type": "client_credentials", "token": "z"}
    answer = ask(address, body, basic(credentials))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("address", ENDPOINTS)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("x:y"),
        {"authorization": "Basic a"},
        {"authorization": "Basic \u00e9"},
        {"authorization": "basic eDp5\u00ff"},
        {"authorization": "\u00e9"},
    ],
)
def test_an_unknown_client_is_still_told_so(address: str, headers: dict[str, str]) -> None:
    answer = ask(address, {"grant_type": "client_credentials", "token": "z"}, headers)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
