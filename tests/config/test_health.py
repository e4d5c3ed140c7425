"""`/health/` says whether the database answers, and needs nothing else to say it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import OperationalError
from django.test import Client

from accounts.models import Person

ADDRESS = "/health/"
SECRET = "could not connect to db.internal as tutti"


@pytest.fixture
def _no_database(db: None) -> Iterator[None]:
    def refuse(*_: Any, **__: Any) -> None:
        raise OperationalError(SECRET)

    with pytest.MonkeyPatch.context() as outage:
        outage.setattr(BaseDatabaseWrapper, "cursor", refuse)
        yield


@pytest.mark.django_db
def test_health_is_ok_while_the_database_answers(client: Client) -> None:
    for address in (ADDRESS, "/health"):
        response = client.get(address)
        assert (response.status_code, response.text) == (200, "ok\n")
        assert "no-store" in response["Cache-Control"]
    assert client.head(ADDRESS).status_code == 200
    assert client.post(ADDRESS).status_code == 405


def test_health_asks_without_the_pool_and_with_little_patience(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[dict[str, Any]] = []

    class Probe:
        vendor = "postgresql"
        settings_dict = {"OPTIONS": {"pool": {"timeout": 20}, "sslmode": "verify-full"}}

        def cursor(self) -> None:
            asked.append(self.settings_dict["OPTIONS"])
            raise OperationalError(SECRET)

        def close(self) -> None:
            pass

    monkeypatch.setattr(BaseDatabaseWrapper, "copy", lambda _: Probe())
    assert Client().get(ADDRESS).status_code == 503
    assert asked == [{"sslmode": "verify-full", "connect_timeout": 2}]


@pytest.mark.django_db
def test_health_of_a_signed_in_person_touches_no_session(
    sign_in: Callable[[Person], Client],
    make_person: Callable[..., Person],
    django_assert_num_queries: Any,
) -> None:
    client = sign_in(make_person())
    with django_assert_num_queries(0):  # its one question goes over a connection of its own
        assert client.get(ADDRESS).status_code == 200


@pytest.mark.usefixtures("_no_database")
def test_health_is_503_without_the_database_and_says_nothing_of_it() -> None:
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    response = client.get(ADDRESS)
    assert (response.status_code, response.text) == (503, "unavailable\n")
    assert response["Content-Type"] == "text/plain"


@pytest.mark.django_db
def test_health_is_answered_under_every_host_name_and_without_tls(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(ADDRESS, headers={"Host": "10.0.0.7"}).status_code == 200
    assert Client().get("/sign-in/login/").status_code == 301


@pytest.mark.usefixtures("_no_database")
def test_error_page_needs_no_database_and_looks_like_ours() -> None:
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = "a" * 32
    response = client.get("/")
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.text
    assert "base/site.css" in response.text
    assert SECRET not in response.text
