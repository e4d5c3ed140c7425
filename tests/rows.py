"""Loading the same world for many tests: worked out once, afterwards put back row by row."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import cache
from typing import Any

import time_machine
from django.apps import apps
from django.db import connection, transaction

MADE_AT = datetime(2025, 1, 1, 12, tzinfo=UTC)
APPS = ("accounts", "skills", "courses")

Table = tuple[str, list[str], list[tuple[Any, ...]]]
_kept: dict[str, list[Table]] = {}


def once(name: str, load: Callable[[], object], *, at: datetime | None = MADE_AT) -> None:
    """Run `load` the first time; later put the rows that it added, with their keys.

    The clock stands at `at` meanwhile (None: it is left alone), whatever the first test set it to.
    `load` must only add rows, and the same each time: what depends on a row that a test made before
    would be left out. The audit log's rows are left out too. Loaders have tests of their own.
    """
    if name in _kept:
        _put(_kept[name])
        return
    before = {table: {row[0] for row in _rows(table, columns)} for table, columns in _tables()}
    with time_machine.travel(at, tick=False) if at else nullcontext():
        load()
    added = (
        (table, columns, [row for row in _rows(table, columns) if row[0] not in before[table]])
        for table, columns in _tables()
    )
    _kept[name] = [(table, columns, rows) for table, columns, rows in added if rows]


@cache
def _tables() -> list[tuple[str, list[str]]]:
    """The tables of these apps with their columns, the key first."""
    return [
        (
            model._meta.db_table,
            sorted(
                (str(field.column) for field in model._meta.concrete_fields),
                key=lambda column: column != model._meta.pk.column,
            ),
        )
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in APPS
    ]


def _rows(table: str, columns: list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_names(columns)} FROM {_names([table])}")
        return cursor.fetchall()


def _put(tables: list[Table]) -> None:
    """Keys between tables are checked at the end, so that the order of the tables is all one."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns, rows in tables:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(
                f"INSERT INTO {_names([table])} ({_names(columns)}) VALUES ({places})", rows
            )


def _names(names: list[str]) -> str:
    return ", ".join(connection.ops.quote_name(name) for name in names)
