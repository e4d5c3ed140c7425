"""What a database address says is kept, beside our own options for its engine."""

from typing import Any

import pytest
from django.db import connection

from config.settings.base import POSTGRESQL_OPTIONS, SQLITE_OPTIONS, database

VERIFIED = "postgres://tutti:secret@db.internal/tutti?sslmode=verify-full&sslrootcert=/etc/ca.pem"


def test_options_of_the_address_reach_postgresql() -> None:
    options = database(VERIFIED)["OPTIONS"]
    assert options["sslmode"] == "verify-full"
    assert options["sslrootcert"] == "/etc/ca.pem"
    assert options["pool"] == POSTGRESQL_OPTIONS["pool"]
    assert options["options"] == "-c jit=off"


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("postgres://tutti@db.internal/tutti", POSTGRESQL_OPTIONS),
        ("sqlite:////var/lib/tutti.sqlite3", SQLITE_OPTIONS),
        ("sqlite://:memory:", SQLITE_OPTIONS),
    ],
)
def test_an_address_without_options_gets_ours(url: str, ours: dict[str, Any]) -> None:
    assert database(url)["OPTIONS"] == ours


def test_what_the_address_says_goes_before_what_we_say() -> None:
    jit = database("postgres://tutti@db.internal/tutti?options=-c%20jit%3Don")
    assert jit["OPTIONS"] == {**POSTGRESQL_OPTIONS, "options": "-c jit=on"}
    assert database("sqlite:////var/lib/tutti.sqlite3?timeout=5")["OPTIONS"] == {
        **SQLITE_OPTIONS, "timeout": 5,
    }  # fmt: skip


@pytest.mark.services
@pytest.mark.django_db
def test_queries_are_not_compiled_for_the_machine() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


END_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_connections_that_the_database_closed_are_not_used_again() -> None:
    connection.close()
    pooled: Any = connection
    pooled.close_pool()  # with what other tests left in it
    connection.ensure_connection()
    connection.close()  # back into the pool
    other = connection.copy()
    other.settings_dict["OPTIONS"].pop("pool")
    with other.cursor() as cursor:
        cursor.execute(END_ALL)
    other.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_addresses_do_not_share_their_options() -> None:
    database(VERIFIED)["OPTIONS"]["sslmode"] = "disable"
    assert "sslmode" not in database("postgres://tutti@db.internal/tutti")["OPTIONS"]
