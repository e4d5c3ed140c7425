"""Writing a row only where it differs, and saying so in words."""

from collections.abc import Mapping
from typing import Any

from django.db import models

Change = str
LONG = 60


def apply(row: models.Model, label: str, values: Mapping[str, Any]) -> list[Change]:
    """Set the values on a new or stored row, save it if anything differs, and say what did."""
    if row.pk is None:
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
        return [f"{label}: added"]
    differing = {
        name: (getattr(row, name), value)
        for name, value in values.items()
        if getattr(row, name) != value
    }
    if not differing:
        return []
    for name, (_, value) in differing.items():
        setattr(row, name, value)
    row.save(update_fields=list(differing))
    return [f"{label}: {_said(name, old, new)}" for name, (old, new) in differing.items()]


def withdraw(what: str, rows: Mapping[str, Any]) -> list[Change]:
    """Mark rows that the content no longer names as withdrawn; rows withdrawn before stay so."""
    changes = []
    for name, row in rows.items():
        if row.is_active:
            row.is_active = False
            row.save(update_fields=["is_active"])
            changes.append(f"{what} {name}: withdrawn")
    return changes


def _said(name: str, old: Any, new: Any) -> str:
    if name == "is_active":
        return "offered again" if new else "withdrawn"
    words = name.replace("_", " ")
    if len(str(old)) > LONG or len(str(new)) > LONG or not isinstance(old, str | int | None):
        return (
            f"{words} changed" if not isinstance(old, models.Model) else f"{words} {old} -> {new}"
        )
    return f"{words} {_quoted(old)} -> {_quoted(new)}"


def _quoted(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)
