"""One writer at a time where rows depend on each other across the whole organisation."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

LINES_AND_UNITS = 7_408_113  # any number that no other advisory lock of the database uses


def lock_organisation() -> None:
    """Hold every other change of reporting lines and units back until the transaction ends.

    Two moves at once could close a circle that neither of them sees. SQLite needs nothing: its
    transactions take the write lock when they begin.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LINES_AND_UNITS])


@contextmanager
def one_writer() -> Iterator[None]:
    """A transaction in which nobody else changes reporting lines or units."""
    with transaction.atomic():
        lock_organisation()
        yield
