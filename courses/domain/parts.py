"""What the content folder says, as frozen values: read from files, taken by the loader."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any


def digest_of(value: Any) -> str:
    """SHA-256 of a value's canonical JSON: equal content, equal digest."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class LessonText:
    """A lesson. An empty `body` means that its text is still to come."""

    id: str
    title: str
    objective: str
    minutes: int
    prepares_for: tuple[tuple[str, int], ...]
    builds_on: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    try_now_minutes: int | None
    body: str

    @cached_property
    def digest(self) -> str:
        """Changes with what is read; not with where the lesson stands and how long it takes."""
        return digest_of(
            [self.title, self.objective, self.try_now_minutes, self.sources, self.body]
        )


@dataclass(frozen=True)
class OptionText:
    text: str
    correct: bool
    rationale: str = ""


@dataclass(frozen=True)
class ItemText:
    """A question with its options in the order of the file. `topic` is the topic's name."""

    id: str
    skill: str
    level: int
    stem: str
    options: tuple[OptionText, ...]
    topic: str = ""
    rationale: str = ""
    line: int = 1

    @cached_property
    def digest(self) -> str:
        options = [(o.text, o.correct, o.rationale) for o in self.options]
        return digest_of([self.skill, self.level, self.topic, self.stem, options, self.rationale])

    @property
    def key(self) -> int:
        """Index of the right option."""
        return next(index for index, option in enumerate(self.options) if option.correct)


@dataclass(frozen=True)
class BankText:
    """The evidence items of one skill."""

    skill: str
    version: str
    topics: tuple[tuple[str, str], ...]
    items: tuple[ItemText, ...]
    file: str


@dataclass(frozen=True)
class TaskText:
    title: str
    brief: str
    kind: str
    minutes: int
    ai_condition: str
    rubric: tuple[tuple[str, str], ...]
    assesses: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ImageData:
    name: str
    media_type: str
    data: bytes

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class ModuleText:
    id: str
    title: str
    lessons: tuple[LessonText, ...]
    task: TaskText
    quiz: tuple[ItemText, ...]
    images: tuple[ImageData, ...] = ()


@dataclass(frozen=True)
class CurriculumText:
    """`job_role` is None for a curriculum that people only take by choice."""

    id: str
    job_role: str | None
    title: str
    summary: str
    version: str
    modules: tuple[ModuleText, ...]


@dataclass(frozen=True)
class CoursesContent:
    """Everything that is taught and asked."""

    curricula: tuple[CurriculumText, ...] = ()
    banks: tuple[BankText, ...] = ()


@dataclass(frozen=True)
class Known:
    """The ids of the framework that content may name, what the policy asks of a bank, the day."""

    skills: frozenset[str] = field(default_factory=frozenset)
    kinds: frozenset[str] = field(default_factory=frozenset)
    job_roles: frozenset[str] = field(default_factory=frozenset)
    min_bank: int = 16
    today: date = date.max
