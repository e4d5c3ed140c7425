"""What a browser is told of every answer it is told of refusals and errors too."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client

SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
LOGIN = "/sign-in/login/"
pytestmark = pytest.mark.django_db


def too_large(client: Client) -> Any:
    return client.post(LOGIN, {"login": "x" * 3_000_000})


ANSWERS: dict[str, tuple[int, Callable[[Client], Any]]] = {
    "a page": (200, lambda client: client.get(LOGIN)),
    "sign-in first": (302, lambda client: client.get("/people/")),
    "another host": (400, lambda client: client.get("/", headers={"Host": "evil.example"})),
    "another host, API": (400, lambda c: c.get("/api/v1/x/", headers={"Host": "evil.example"})),
    "too large": (400, too_large),
    "no CSRF token": (403, lambda _: Client(enforce_csrf_checks=True).post(LOGIN)),
    "no token, API": (401, lambda client: client.get("/api/v1/people/")),
    "no such page": (404, lambda client: client.get("/nothing/here/")),
    "no such address, API": (404, lambda client: client.get("/api/v1/nothing/")),
    "another method": (405, lambda client: client.put("/sign-in/logout/")),
    "health": (200, lambda client: client.get("/health/")),
}


def assert_safe(response: Any) -> None:
    assert {name: response.headers.get(name) for name in SAFE} == SAFE
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(("status", "ask"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_tells_browsers_what_not_to_do(
    status: int, ask: Callable[[Client], Any], client: Client
) -> None:
    response = ask(client)
    assert response.status_code == status
    assert_safe(response)


def test_errors_of_the_server_tell_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    with monkeypatch.context() as outage:
        outage.setattr(BaseDatabaseWrapper, "cursor", None)
        response = client.get("/")
    assert response.status_code == 500
    assert_safe(response)
