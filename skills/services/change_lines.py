"""What a load of content changes: compared first, said in one line each, then written."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone

from skills.exceptions import ChangeTooEarly
from skills.models import Requirement

Write = Callable[[], object]


class ChangeLog:
    """Readable change lines, each with the write that makes it true."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, line: str, write: Write | None = None) -> None:
        self.lines.append(line)
        if write is not None:
            write()

    def save(self, what: str, row: models.Model, wanted: Mapping[str, Any]) -> None:
        """Bring one row to the wanted values; a row without a primary key is added."""
        if row.pk is None:
            self.add(f"{what}: added")
            changed = list(wanted)
        else:
            changed = [name for name, value in wanted.items() if getattr(row, name) != value]
            for name in changed:
                self.add(f"{what}: {describe(name, getattr(row, name), wanted[name])}")
        if changed:
            for name, value in wanted.items():
                setattr(row, name, value)
            row.save()


def describe(name: str, old: object, new: object) -> str:
    """One changed value in words; long texts are not printed in full."""
    if isinstance(old, dict) or len(f"{old}{new}") > 100:
        return f"{name} changed"
    return f"{name} {_word(old)} -> {_word(new)}"


def _word(value: object) -> str:
    return "none" if value in (None, "") else str(value)


def refuse_hindsight(row: Requirement, on: date) -> None:
    """Raise ChangeTooEarly where a requirement has held for a while and is to change before."""
    if on < row.valid_from <= timezone.localdate():
        raise ChangeTooEarly(f"{row.job_role.slug} {row.skill.slug}", row.valid_from)


def close_requirement(row: Requirement, on: date, log: ChangeLog) -> None:
    """End a requirement on a day; one that was to begin then, or later, never was.

    Raises ChangeTooEarly.
    """
    refuse_hindsight(row, on)
    line = f"requirement {row.job_role.slug} {row.skill.slug}: closed"
    if row.valid_from >= on:
        log.add(line, row.delete)
        return
    row.valid_to = on
    log.add(line, row.save)
