"""Behind our proxies everybody counts for themselves, whatever they claim to be."""

from collections.abc import Callable
from typing import Any

import pytest
import structlog
from auditlog.models import LogEntry
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import Person
from config.middleware import ClientAddress

PROXY = "10.0.0.1"
ONE, OTHER = "198.51.100.7", "203.0.113.9"
TRIES = 10  # wrong passwords from one address in a minute


@pytest.fixture(autouse=True)
def _behind_one_proxy(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    cache.clear()


def ask(client: Client, person: Person, password: str, came_from: str) -> bool:
    """Whether this sign-in, as our proxy hands it on, succeeds."""
    given = {"login": person.email, "password": password}
    url = reverse("account_login")
    page = client.post(url, given, REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=came_from)
    return page.status_code == 302


@pytest.mark.parametrize(
    ("proxies", "header", "seen"),
    [
        (1, ONE, ONE),
        (1, f"{OTHER}, {ONE}", ONE),  # the first was written by the client
        (2, f"{OTHER}, {ONE}, 10.0.0.2", ONE),
        (1, f"{ONE}:51234", ONE),
        (1, "[2001:db8::7]:51234", "2001:db8::7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "unknown", PROXY),
        (1, "", PROXY),
        (1, None, PROXY),
        (0, ONE, PROXY),
    ],
)
def test_the_address_is_the_one_our_outermost_proxy_saw(
    settings: Any, proxies: int, header: str | None, seen: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    found: list[HttpRequest] = []

    def answer(request: HttpRequest) -> HttpResponse:
        found.append(request)
        return HttpResponse()

    request = RequestFactory().get("/", REMOTE_ADDR=PROXY)
    if header is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = header
    ClientAddress(answer)(request)
    assert found[0].META["REMOTE_ADDR"] == seen
    assert "X-Forwarded-For" not in found[0].headers


def test_wrong_passwords_of_one_client_lock_nobody_else_out(
    make_person: Callable[..., Person],
) -> None:
    client, person = Client(), make_person()
    for number in range(TRIES + 1):
        ask(client, make_person(), f"wrong {number}", ONE)
    assert not ask(client, person, "pass", ONE)
    assert ask(client, person, "pass", OTHER)


def test_claiming_another_address_escapes_no_limit(make_person: Callable[..., Person]) -> None:
    client, person = Client(), make_person()
    for number in range(TRIES + 1):
        ask(client, make_person(), f"wrong {number}", f"192.0.2.{number}, {ONE}")
    assert not ask(client, person, "pass", f"192.0.2.99, {ONE}")


def test_log_and_audit_trail_say_the_same_address(make_person: Callable[..., Person]) -> None:
    person = make_person()
    logged: list[Any] = []

    def change(sender: Any, user: Person, **_: Any) -> None:
        logged.append(structlog.contextvars.get_contextvars().get("ip"))
        user.name = "Renamed"
        user.save(update_fields=["name"])

    user_logged_in.connect(change)
    try:
        ask(Client(HTTP_X_REAL_IP=OTHER), person, "pass", f"{OTHER}, {ONE}")
    finally:
        user_logged_in.disconnect(change)
    assert logged == [ONE]
    entry = LogEntry.objects.get_for_object(person).filter(changes__has_key="name").first()
    assert entry is not None
    assert entry.remote_addr == ONE
