"""All processes count together: in Redis, or without one in the database."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from config.settings.base import cache

TRIES = 5  # wrong passwords for one account in five minutes


def test_a_redis_address_names_the_shared_cache() -> None:
    assert cache("rediss://queue.internal:6379/1") == {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "rediss://queue.internal:6379/1",
        "KEY_PREFIX": "tutti",
    }


@pytest.mark.parametrize(
    ("broker", "where"),
    [
        ("redis://queue.internal:6379/0", "redis://queue.internal:6379/0"),
        ("rediss://:pw@queue.internal:6379/0", "rediss://:pw@queue.internal:6379/0"),
        ("amqp://queue.internal", "tutti_cache"),
        ("redis://a.internal;redis://b.internal", "tutti_cache"),  # the second would be read from
        ("rediss://queue.internal?ssl_cert_reqs=CERT_REQUIRED", "tutti_cache"),  # kombu's words
        ("embedded://", "tutti_cache"),
        ("", "tutti_cache"),
    ],
)
def test_without_an_address_of_its_own_the_cache_is_a_redis_that_is_the_broker(
    broker: str, where: str
) -> None:
    assert cache("", broker=broker)["LOCATION"] == where
    assert cache("db://", broker=broker)["LOCATION"] == "tutti_cache"


def test_without_redis_what_one_process_counted_the_next_one_knows(
    settings: Any, make_person: Callable[..., Person]
) -> None:
    person = make_person()

    def sign_in(password: str) -> int:
        settings.CACHES = {"default": cache("")}  # a process begins: it remembers nothing itself
        assert "DatabaseCache" in type(caches["default"]).__name__
        given = {"login": person.email, "password": password}
        return Client().post(reverse("account_login"), given).status_code

    for _ in range(TRIES):
        assert sign_in("wrong") == 200
    assert sign_in("pass") == 200  # refused although right
