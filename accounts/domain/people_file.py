"""The people file: one row per position, read row by row without looking at anything stored.

    external_id,email,name,manager_external_id,unit_path,job_role,share,from,to,ai_access

Comma separated, UTF-8 (with or without a byte order mark), dates as 2026-11-22, levels of a unit
separated by "/", share between 0 and 1 (empty: 1), ai_access yes or no (empty: yes). Rows of one
person agree on the person's own fields. A row whose unit_path, job_role, share, from and to are
all empty stands for a person without a position.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation

COLUMNS = (
    "external_id",
    "email",
    "name",
    "manager_external_id",
    "unit_path",
    "job_role",
    "share",
    "from",
    "to",
    "ai_access",
)
LONGEST = {"external_id": 100, "email": 254, "name": 150, "manager_external_id": 100}
LONGEST_UNIT_NAME = 120
DEEPEST_UNIT = 60
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
YES_OR_NO = {
    "yes": True,
    "true": True,
    "1": True,
    "": True,
    "no": False,
    "false": False,
    "0": False,
}


@dataclass(frozen=True, order=True)
class Problem:
    """Why a row cannot be used; line 0 concerns the file as a whole."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}" if self.line else self.reason


class UnreadableFile(ValueError):
    """A file in which no row can be read at all."""


@dataclass(frozen=True)
class FilePosition:
    line: int
    unit: tuple[str, ...]
    job_role: str
    share: Decimal
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class FilePerson:
    """What the file says of one person; `line` is that of the first row."""

    line: int
    external_id: str
    email: str
    name: str
    manager: str | None
    has_ai_access: bool
    positions: tuple[FilePosition, ...] = ()


@dataclass(frozen=True)
class PeopleFile:
    """Everybody in the file with only good rows, and the problems of all others.

    `mentioned` holds every external id that stands in the file, of bad rows too; `nameless` says
    that some row does not even show whom it is about.
    """

    people: Mapping[str, FilePerson]
    problems: tuple[Problem, ...] = ()
    mentioned: frozenset[str] = frozenset()
    nameless: bool = False


@dataclass
class _Reading:
    """What was read of the file so far."""

    people: dict[str, FilePerson] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    nameless: bool = False


def decode(data: bytes) -> str:
    """Return the text of the file's bytes: UTF-8, with or without a byte order mark."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UnreadableFile(
            f"The file is not UTF-8: line {line} has a byte that is no text. Save it as UTF-8."
        ) from error


def read_people(text: str, *, is_address: Callable[[str], bool]) -> PeopleFile:
    """Read the text of a people file; raise UnreadableFile if it has no header or no row.

    `is_address` says whether mail can be sent to a text.
    """
    reading = _Reading()
    count = 0
    for line, cells in _rows(text):
        count += 1
        _read_row(reading, line, cells, is_address)
    if not count:
        raise UnreadableFile("The file has a header but no rows.")
    good = {key: each for key, each in reading.people.items() if key not in reading.bad}
    return PeopleFile(
        people=good,
        problems=tuple(sorted(reading.problems)),
        mentioned=frozenset(reading.people) | frozenset(reading.bad),
        nameless=reading.nameless,
    )


def _rows(text: str) -> Iterator[tuple[int, dict[str, str] | Problem]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = _header(reader)
    line = reader.line_num + 1
    while True:
        try:
            values = next(reader, None)
        except csv.Error as error:
            raise UnreadableFile(
                f"The file cannot be read from line {line} on: {error}. Check the quotes there."
            ) from error
        if values is None:
            return
        if any(value.strip() for value in values):
            yield line, _cells(line, header, values)
        line = reader.line_num + 1


def _header(reader: Iterator[list[str]]) -> list[str]:
    try:
        names = [name.strip().lower() for name in next(reader, [])]
    except csv.Error as error:
        raise UnreadableFile(f"The header cannot be read: {error}.") from error
    if not any(names):
        raise UnreadableFile("The file is empty.")
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        hint = " Separate values with commas." if any(";" in name for name in names) else ""
        raise UnreadableFile(f"The header lacks the columns {', '.join(missing)}.{hint}")
    twice = sorted({name for name in names if name in COLUMNS and names.count(name) > 1})
    if twice:
        raise UnreadableFile(f"The header names {', '.join(twice)} more than once.")
    return names


def _cells(line: int, header: list[str], values: list[str]) -> dict[str, str] | Problem:
    if len(values) != len(header):
        return Problem(line, f"has {len(values)} values where the header has {len(header)}")
    if any(CONTROL.search(value) for value in values):
        return Problem(line, "has a control character")
    return {
        name: " ".join(value.split())
        for name, value in zip(header, values, strict=True)
        if name in COLUMNS
    }


def _read_row(
    reading: _Reading,
    line: int,
    cells: dict[str, str] | Problem,
    is_address: Callable[[str], bool],
) -> None:
    if isinstance(cells, Problem):
        reading.problems.append(cells)
        reading.nameless = True
        return
    key = cells["external_id"]
    reasons = [*_person_faults(cells, is_address), *_position_faults(cells)]
    if not key:
        reading.nameless = True
    elif not reasons:
        reasons = _join(reading.people, _person(line, cells))
    if reasons:
        reading.bad.add(key)
        reading.problems += [Problem(line, reason) for reason in reasons]


def _person(line: int, cells: dict[str, str]) -> FilePerson:
    place: tuple[FilePosition, ...] = ()
    if _has_position(cells):
        to = cells["to"]
        place = (
            FilePosition(
                line=line,
                unit=_unit(cells["unit_path"]),
                job_role=cells["job_role"],
                share=Decimal(cells["share"] or 1),
                starts_on=date.fromisoformat(cells["from"]),
                ends_on=date.fromisoformat(to) if to else None,
            ),
        )
    return FilePerson(
        line=line,
        external_id=cells["external_id"],
        email=cells["email"].lower(),
        name=cells["name"],
        manager=cells["manager_external_id"] or None,
        has_ai_access=YES_OR_NO[cells["ai_access"].lower()],
        positions=place,
    )


def _join(people: dict[str, FilePerson], row: FilePerson) -> list[str]:
    """Add a row to what earlier rows said of the same person; return what does not fit."""
    first = people.setdefault(row.external_id, row)
    if first is row:
        return []
    reasons = [
        f"{label} differs from line {first.line}, which is about the same person"
        for label, ours, theirs in (
            ("email", row.email, first.email),
            ("name", row.name, first.name),
            ("manager_external_id", row.manager, first.manager),
            ("ai_access", row.has_ai_access, first.has_ai_access),
        )
        if ours != theirs
    ]
    if not first.positions or not row.positions:
        reasons.append(f"line {first.line} and this one: a person without position has one row")
    for place in row.positions:
        reasons += [
            f"gives the same unit, job role and first day as line {other.line}"
            for other in first.positions
            if (other.unit, other.job_role, other.starts_on)
            == (place.unit, place.job_role, place.starts_on)
        ]
    if not reasons:
        people[row.external_id] = replace(first, positions=first.positions + row.positions)
    return reasons


def _person_faults(cells: Mapping[str, str], is_address: Callable[[str], bool]) -> Iterable[str]:
    for name in ("external_id", "email", "name"):
        if not cells[name]:
            yield f"{name} is empty"
    for name, longest in LONGEST.items():
        if len(cells[name]) > longest:
            yield f"{name} is longer than {longest} characters"
    if cells["email"] and not is_address(cells["email"]):
        yield f"email {cells['email']!r} is not an e-mail address"
    if cells["external_id"] and cells["external_id"] == cells["manager_external_id"]:
        yield "the person is named as their own manager"
    if cells["ai_access"].lower() not in YES_OR_NO:
        yield f"ai_access {cells['ai_access']!r} is neither yes nor no"


def _has_position(cells: Mapping[str, str]) -> bool:
    return any(cells[name] for name in ("unit_path", "job_role", "share", "from", "to"))


def _position_faults(cells: Mapping[str, str]) -> Iterable[str]:
    if not _has_position(cells):
        return
    for name in ("unit_path", "job_role", "from"):
        if not cells[name]:
            yield f"{name} is empty"
    yield from _unit_faults(cells["unit_path"])
    yield from _share_faults(cells["share"])
    days = {name: _day(cells[name]) for name in ("from", "to")}
    for name, day in days.items():
        if cells[name] and day is None:
            yield f"{name} {cells[name]!r} is not a date like 2026-11-22"
    if days["from"] and days["to"] and days["to"] < days["from"]:
        yield f"to {cells['to']} is before from {cells['from']}"


def _unit(path: str) -> tuple[str, ...]:
    return tuple(level.strip() for level in path.split("/"))


def _unit_faults(path: str) -> Iterable[str]:
    levels = _unit(path)
    if path and not all(levels):
        yield f"unit_path {path!r} has an empty level"
    if any(len(level) > LONGEST_UNIT_NAME for level in levels):
        yield f"unit_path has a level longer than {LONGEST_UNIT_NAME} characters"
    if len(levels) > DEEPEST_UNIT:
        yield f"unit_path has more than {DEEPEST_UNIT} levels"


def _share_faults(text: str) -> Iterable[str]:
    if not text:
        return
    try:
        share = Decimal(text)
    except InvalidOperation:
        yield f"share {text!r} is not a number like 0.5"
        return
    if not share.is_finite() or not 0 < share <= 1:
        yield f"share {text} is not above 0 and at most 1"
    elif share != share.quantize(Decimal("0.001")):
        yield f"share {text} has more than 3 decimals"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None
