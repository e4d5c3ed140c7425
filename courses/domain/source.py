"""Reading YAML so that whatever is wrong with it can be said with its file and line."""

from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """Something wrong in a content file. `file` is relative to the content folder."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class Marked(dict[Any, Any]):
    """A YAML mapping that knows the line it starts on and the line of each key."""

    def __init__(self) -> None:
        super().__init__()
        self.line = 1
        self.lines: dict[Any, int] = {}


class MarkedList(list[Any]):
    """A YAML list that knows the line of each entry."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []


class _Loader(yaml.CSafeLoader):
    line_offset = 0

    def marked_mapping(self, node: yaml.MappingNode) -> Iterator[Marked]:
        mapping = Marked()
        mapping.line = node.start_mark.line + 1 + self.line_offset
        yield mapping
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable) or key in mapping:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key!r} cannot stand here twice"
                    if isinstance(key, Hashable)
                    else "a key must be plain",
                    problem_mark=key_node.start_mark,
                )
            mapping.lines[key] = key_node.start_mark.line + 1 + self.line_offset
            mapping[key] = self.construct_object(value_node, deep=True)

    def marked_list(self, node: yaml.SequenceNode) -> Iterator[MarkedList]:
        entries = MarkedList()
        yield entries
        for entry in node.value:
            entries.lines.append(entry.start_mark.line + 1 + self.line_offset)
            entries.append(self.construct_object(entry, deep=True))


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.marked_mapping)
_Loader.add_constructor("tag:yaml.org,2002:seq", _Loader.marked_list)


@dataclass(slots=True)
class Reader:
    """Takes values out of one file; what is missing or wrong becomes a Problem, not an exception.

    Every getter returns a value of the right type, a harmless one where there was a problem, so
    that one run finds everything that is wrong.
    """

    file: str
    problems: list[Problem] = field(default_factory=list)

    def report(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))

    def decode(self, data: bytes) -> str:
        """The text of a file, without its byte order mark; it must be UTF-8."""
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            self.report(line, "is not valid UTF-8")
            return ""

    def load(self, text: str, *, line_offset: int = 0) -> Marked:
        """Parse YAML whose top is a mapping; `line_offset` is the number of lines before it."""
        loader = _Loader(text)
        loader.line_offset = line_offset
        try:
            document = loader.get_single_data()
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            said = getattr(error, "problem", None) or "cannot be read"
            self.report((mark.line if mark else 0) + 1 + line_offset, f"not valid YAML: {said}")
            return Marked()
        finally:
            loader.dispose()
        if isinstance(document, Marked):
            return document
        self.report(1 + line_offset, "must be a mapping of keys to values")
        return Marked()

    def line_of(self, mapping: Marked, key: object) -> int:
        return mapping.lines.get(key, mapping.line)

    def missing(self, mapping: Marked, key: str) -> bool:
        """Report a required key that is absent or empty."""
        if mapping.get(key) is None:
            self.report(self.line_of(mapping, key), f"the key '{key}' is missing or empty")
            return True
        return False

    def text(self, mapping: Marked, key: str, *, most: int = 100_000, required: bool = True) -> str:
        """A text of 1 to `most` characters; "" where it is not required and absent."""
        if (mapping.get(key) is None and not required) or self.missing(mapping, key):
            return ""
        value = mapping[key]
        line = self.line_of(mapping, key)
        if not isinstance(value, str):
            self.report(line, f"'{key}' must be text (put it in quotes)")
            return ""
        if not value.strip():
            self.report(line, f"the key '{key}' is missing or empty")
        elif len(value) > most:
            self.report(line, f"'{key}' is longer than {most} characters")
        return value.strip()

    def whole(self, mapping: Marked, key: str, *, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        if self.missing(mapping, key):
            return least
        value = mapping[key]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.report(
                self.line_of(mapping, key),
                f"'{key}' must be a whole number from {least} to {most}",
            )
            return least
        return value

    def flag(self, mapping: Marked, key: str) -> bool:
        if self.missing(mapping, key):
            return False
        if not isinstance(mapping[key], bool):
            self.report(self.line_of(mapping, key), f"'{key}' must be true or false")
        return mapping[key] is True

    def known(self, mapping: Marked, key: str, ids: Collection[str], what: str) -> str:
        """An id that must be among `ids`."""
        value = self.text(mapping, key)
        if value and value not in ids:
            self.report(self.line_of(mapping, key), f"there is no {what} '{value}'")
        return value

    def entries(
        self,
        mapping: Marked,
        key: str,
        *,
        keys: Collection[str] | None = None,
        required: bool = True,
    ) -> list[tuple[int, Marked]]:
        """The mappings of a list, each with its line; with `keys` they may have no other."""
        found = [
            (line, entry)
            for line, entry in self._list(mapping, key, required=required)
            if self._is_mapping(line, key, entry)
        ]
        if keys is not None:
            for _, entry in found:
                self.only(entry, keys)
        return found

    def names(self, mapping: Marked, key: str, *, required: bool = True) -> list[tuple[int, str]]:
        """The texts of a list, each with its line; a name that comes twice is a problem."""
        found: list[tuple[int, str]] = []
        for line, entry in self._list(mapping, key, required=required):
            if not isinstance(entry, str) or not entry.strip():
                self.report(line, f"'{key}' must be a list of ids")
            elif entry in (name for _, name in found):
                self.report(line, f"'{entry}' stands in '{key}' twice")
            else:
                found.append((line, entry))
        return found

    def part(self, mapping: Marked, key: str) -> Marked:
        """A mapping inside a mapping."""
        if self.missing(mapping, key):
            return Marked()
        if not isinstance(mapping[key], Marked):
            self.report(self.line_of(mapping, key), f"'{key}' must be a mapping")
            return Marked()
        inner: Marked = mapping[key]
        return inner

    def only(self, mapping: Marked, allowed: Collection[str]) -> None:
        """Report keys that nobody reads: mostly a slip of the pen."""
        for key in mapping:
            if key not in allowed:
                self.report(self.line_of(mapping, key), f"the key '{key}' is not known here")

    def _list(self, mapping: Marked, key: str, *, required: bool) -> list[tuple[int, Any]]:
        if (not required and mapping.get(key) is None) or self.missing(mapping, key):
            return []
        value = mapping[key]
        if not isinstance(value, MarkedList):
            self.report(self.line_of(mapping, key), f"'{key}' must be a list")
            return []
        if required and not value:
            self.report(self.line_of(mapping, key), f"'{key}' has no entries")
        return list(zip(value.lines, value, strict=True))

    def _is_mapping(self, line: int, key: str, entry: object) -> bool:
        if isinstance(entry, Marked):
            return True
        self.report(line, f"each entry of '{key}' must be a mapping")
        return False


def plain(value: Any) -> Any:
    """The same values as plain dicts and lists, for those who take documents."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value
