"""Asking for a token and giving one back, with what no database can compare."""

import base64
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.api.throttling import TokenThrottle

pytestmark = pytest.mark.django_db
ENDPOINTS = ("/api/oauth/token/", "/api/oauth/revoke/")
FORM = b'--B\r\nContent-Disposition: form-data; name="client_id"\r\n\r\n\\ud800\r\n--B--\r\n'
GOOD = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y", "token": "z"}


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


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


@pytest.mark.parametrize("address", ENDPOINTS)
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"grant_type=client_credentials"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"grant_type=x"),
        ("multipart/form-data; boundary=B; charset=hex", FORM),
        ("multipart/form-data; boundary=B; charset=unicode_escape", FORM),
        ("application/x-www-form-urlencoded", b"a=1&" * 2000),
    ],
)
def test_a_form_that_cannot_be_read_is_an_invalid_request(
    address: str, kind: str, body: bytes
) -> None:
    answer = Client(enforce_csrf_checks=True).generic("POST", address, body, content_type=kind)
    assert answer["content-type"] == "application/json"
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("address", ENDPOINTS)
def test_another_method_is_a_problem_and_options_says_which_there_are(address: str) -> None:
    refused = Client().get(address)
    assert (refused.status_code, refused["content-type"]) == (405, "application/problem+json")
    options = Client().options(address)
    assert options.status_code == 200
    assert refused["allow"] == options["allow"] == "POST, OPTIONS"


def test_an_address_that_asks_too_often_is_told_when_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(TokenThrottle, "THROTTLE_RATES", {"token": "3/min"})
    answers = [ask(address, GOOD) for address in (*ENDPOINTS, *ENDPOINTS)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert answers[3]["content-type"] == "application/problem+json"
    assert 0 < int(answers[3]["retry-after"]) <= 61
    other = Client().post(ENDPOINTS[0], GOOD, REMOTE_ADDR="192.0.2.7")
    assert other.status_code == 401


def test_a_failure_of_ours_is_a_problem_that_says_nothing_of_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("secret words")

    monkeypatch.setattr(TokenThrottle, "allow_request", fail)
    answer = Client(raise_request_exception=False).post(ENDPOINTS[0], GOOD)
    assert (answer.status_code, answer["content-type"]) == (500, "application/problem+json")
    assert b"secret words" not in answer.content


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/api/v1/people/", "application/problem+json"),
        ("/api/oauth/token/", "application/problem+json"),
        ("/sign-in/login/", "text/html; charset=utf-8"),
    ],
)
def test_a_host_that_is_not_ours_is_refused_in_the_form_that_is_read_there(
    address: str, kind: str
) -> None:
    answer = Client().get(address, headers={"host": "elsewhere.example"})
    assert (answer.status_code, answer["content-type"]) == (400, kind)
