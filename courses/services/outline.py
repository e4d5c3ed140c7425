"""One person's view of what is taught: every lesson with what they did there.

My path, the catalogue, a curriculum and a lesson all read from here, so that they agree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.domain.roles import BASELINE
from accounts.models import Person
from courses.models import Item, Lesson, LessonVersion, PracticalTask

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A lesson of the syllabus and the person's progress in it.

    `is_written`: it has a text and can be opened; `written_on` the day of its first text, if it
    ever had one. `is_edited`: the text changed since the person
    completed it; the completion still counts.
    """

    id: int
    slug: str
    title: str
    objective: str
    minutes: int
    is_written: bool
    written_on: date | None
    module: str
    module_title: str
    module_has_quiz: bool
    module_has_task: bool
    curriculum_id: int
    curriculum: str
    curriculum_title: str
    opened_at: datetime | None
    completed_at: datetime | None
    is_edited: bool

    @property
    def is_done(self) -> bool:
        return self.completed_at is not None

    def is_due_by(self, day: date) -> bool:
        """Whether the lesson could be read by a day: later ones are not asked for in hindsight."""
        return self.written_on is not None and self.written_on <= day

    @property
    def is_begun(self) -> bool:
        """Opened and not finished."""
        return self.opened_at is not None and self.completed_at is None


@dataclass(frozen=True, slots=True)
class ModuleOutline:
    """A module: its lessons that can be opened, and how many are still coming."""

    slug: str
    title: str
    lessons: tuple[LessonLine, ...]
    coming: int
    has_quiz: bool
    has_task: bool

    @property
    def done(self) -> int:
        return sum(lesson.is_done for lesson in self.lessons)

    @property
    def is_complete(self) -> bool:
        """Every lesson that exists is done (and one exists)."""
        return bool(self.lessons) and self.done == len(self.lessons)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a person is in a curriculum, over the lessons that have a text.

    `minutes_left` sums the unfinished ones; `coming` lessons have no text yet and count nowhere.
    """

    done: int
    total: int
    minutes_left: int
    coming: int

    @property
    def percent(self) -> int | None:
        return 100 * self.done // self.total if self.total else None

    @property
    def is_complete(self) -> bool:
        return self.total > 0 and self.done == self.total


def lesson_lines(person: Person, *, curriculum: str | None = None) -> list[LessonLine]:
    """Every lesson on offer, in curriculum order (`employee` first), in one query."""
    lessons = Lesson.objects.filter(
        is_active=True, module__is_active=True, module__curriculum__is_active=True
    )
    if curriculum is not None:
        lessons = lessons.filter(module__curriculum__slug=curriculum)
    quiz = Item.objects.practice().filter(module=OuterRef("module"))
    task = PracticalTask.objects.filter(module=OuterRef("module"))
    first_text = LessonVersion.objects.filter(lesson=OuterRef("pk")).order_by("number")
    rows: Iterable[tuple[Any, ...]] = (
        lessons.alias(mine=FilteredRelation("progress", condition=Q(progress__person=person)))
        .annotate(
            opened_at=F("mine__opened_at"),
            completed_at=F("mine__completed_at"),
            version_read=F("mine__version"),
            has_quiz=Exists(quiz),
            has_task=Exists(task),
            written_at=Subquery(first_text.values("created_at")[:1]),
        )
        .order_by("module__curriculum__slug", "module__position", "position")
        .values_list(
            "id", "slug", "title", "objective", "minutes", "current", "written_at", "module__slug",
            "module__title", "has_quiz", "has_task", "module__curriculum_id",
            "module__curriculum__slug", "module__curriculum__title", "opened_at", "completed_at",
            "version_read",
        )
    )  # fmt: skip
    found = [_line(list(row)) for row in rows]
    return sorted(found, key=lambda line: line.curriculum != BASELINE)


def _line(row: list[Any]) -> LessonLine:
    *lesson, current, written_at = row[:7]
    *rest, completed_at, version_read = row[7:]
    written_on = timezone.localdate(written_at) if written_at else None
    edited = completed_at is not None and version_read != current
    fields = [*lesson, current is not None, written_on, *rest, completed_at, edited]
    return LessonLine(*fields)


def modules_of(lines: Iterable[LessonLine]) -> tuple[ModuleOutline, ...]:
    """The modules of lines that are in curriculum order."""
    found = []
    for slug, group in groupby(lines, key=lambda line: line.module):
        members = list(group)
        written = tuple(line for line in members if line.is_written)
        first = members[0]
        found.append(
            ModuleOutline(
                slug,
                first.module_title,
                written,
                len(members) - len(written),
                first.module_has_quiz,
                first.module_has_task,
            )
        )
    return tuple(found)


def progress_in(lines: Iterable[LessonLine]) -> Progress:
    """Count over the lines of one curriculum or module."""
    done = total = minutes = coming = 0
    for line in lines:
        coming += not line.is_written
        if line.is_written:
            total += 1
            done += line.is_done
            minutes += 0 if line.is_done else line.minutes
    return Progress(done, total, minutes, coming)


def resume_at(lines: Iterable[LessonLine]) -> LessonLine | None:
    """Where to go on reading: the lesson opened last and not finished; else the first unfinished
    one after the lesson finished last; else the first unfinished one. None when all are read.
    """
    written = [line for line in lines if line.is_written]
    begun = [line for line in written if line.is_begun]
    if begun:
        return max(begun, key=lambda line: line.opened_at or NEVER)
    unfinished = [line for line in written if not line.is_done]
    finished = [line for line in written if line.completed_at]
    if not unfinished or not finished:
        return unfinished[0] if unfinished else None
    last = written.index(max(finished, key=lambda line: line.completed_at or NEVER))
    return next((line for line in written[last:] if not line.is_done), unfinished[0])
