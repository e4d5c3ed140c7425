"""What the pages of a curriculum, a module and a lesson show."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import Person
from courses.domain.rendering import resolve_addresses
from courses.exceptions import LessonNotOffered, NotOffered
from courses.models import (
    Curriculum,
    Enrolment,
    Lesson,
    LessonVersion,
    Module,
    PracticalTask,
    QuizAttempt,
)
from courses.services.enrolment import with_role_held
from courses.services.outline import (
    LessonLine,
    ModuleOutline,
    Progress,
    lesson_lines,
    modules_of,
    progress_in,
    resume_at,
)
from skills.models import Skill


@dataclass(frozen=True, slots=True)
class Preparation:
    """A lesson prepares for a level of a skill."""

    skill: str
    skill_name: str
    level: int


@dataclass(frozen=True, slots=True)
class LessonPage:
    """A lesson to read. `html` is safe; `previous` and `next` stay within the curriculum."""

    lesson: Lesson
    line: LessonLine
    html: str
    outline: tuple[tuple[str, str], ...]
    version: LessonVersion
    prepares_for: tuple[Preparation, ...]
    builds_on: tuple[Lesson, ...]
    module: ModuleOutline
    curriculum: Progress
    previous: LessonLine | None
    next: LessonLine | None


@dataclass(frozen=True, slots=True)
class Assessed:
    """A skill that a task assesses, up to a level."""

    skill: str
    skill_name: str
    top_level: int


@dataclass(frozen=True, slots=True)
class ModulePage:
    """A module: lessons, the last result of its quiz, its practical task."""

    module: Module
    outline: ModuleOutline
    task: PracticalTask | None
    assesses: tuple[Assessed, ...]
    last_attempt: QuizAttempt | None


@dataclass(frozen=True, slots=True)
class CurriculumPage:
    """A curriculum with the person's progress. `enrolment` None: the person does not follow it."""

    curriculum: Curriculum
    modules: tuple[ModuleOutline, ...]
    progress: Progress
    resume: LessonLine | None
    enrolment: Enrolment | None
    role_held: bool


def lesson_page(
    person: Person,
    slug: str,
    *,
    lesson_url: Callable[[str], str],
    image_url: Callable[[str, str], str],
) -> LessonPage:
    """A lesson as a person reads it; four queries.

    `lesson_url` takes a lesson's slug, `image_url` a module's slug and a picture's name. Raises
    NotOffered for a lesson that does not exist, is withdrawn, or has no text yet.
    """
    lesson = (
        Lesson.objects.published()
        .select_related("current", "module__curriculum")
        .filter(slug=slug)
        .first()
    )
    if lesson is None or lesson.current is None:
        raise LessonNotOffered
    lines = lesson_lines(person, curriculum=lesson.module.curriculum.slug)
    written = [line for line in lines if line.is_written]
    place = next(index for index, line in enumerate(written) if line.id == lesson.pk)
    module = [line for line in lines if line.module == lesson.module.slug]
    return LessonPage(
        lesson,
        written[place],
        resolve_addresses(lesson.current.html, lesson_url=lesson_url, image_url=image_url),
        tuple((anchor, title) for anchor, title in lesson.current.outline),
        lesson.current,
        _preparations(lesson),
        tuple(Lesson.objects.published().filter(built_upon=lesson).in_order()),
        modules_of(module)[0],
        progress_in(lines),
        written[place - 1] if place else None,
        written[place + 1] if place + 1 < len(written) else None,
    )


def _preparations(lesson: Lesson) -> tuple[Preparation, ...]:
    rows = lesson.preparations.order_by("skill__position")
    return tuple(
        Preparation(*row) for row in rows.values_list("skill__slug", "skill__name", "level")
    )


def module_page(person: Person, slug: str) -> ModulePage:
    """A module with its quiz and task; at most five queries. Raises NotOffered."""
    module = (
        Module.objects.filter(slug=slug, is_active=True, curriculum__is_active=True)
        .select_related("curriculum")
        .first()
    )
    if module is None:
        raise NotOffered("This module is no longer offered.")
    lines = lesson_lines(person, curriculum=module.curriculum.slug)
    task = PracticalTask.objects.filter(module=module).select_related("kind").first()
    attempts = QuizAttempt.objects.filter(person=person, module=module, submitted_at__isnull=False)
    return ModulePage(
        module,
        modules_of(line for line in lines if line.module == slug)[0],
        task,
        _assessed(task.assesses) if task else (),
        attempts.first(),
    )


def _assessed(entries: Iterable[dict[str, Any]]) -> tuple[Assessed, ...]:
    tops = {entry["skill"]: entry["top_level"] for entry in entries}
    skills = Skill.objects.filter(slug__in=tops).values_list("slug", "name")
    return tuple(Assessed(slug, name, tops[slug]) for slug, name in skills)


def curriculum_page(person: Person, slug: str) -> CurriculumPage:
    """A curriculum with modules, lessons and progress; three queries. Raises NotOffered."""
    curriculum = (
        Curriculum.objects.filter(slug=slug, is_active=True).select_related("job_role").first()
    )
    if curriculum is None:
        raise NotOffered("This curriculum is no longer offered.")
    lines = lesson_lines(person, curriculum=slug)
    mine = Enrolment.objects.active().filter(person=person, curriculum=curriculum)
    enrolment = with_role_held(mine).first()
    return CurriculumPage(
        curriculum,
        modules_of(lines),
        progress_in(lines),
        resume_at(lines),
        enrolment,
        bool(enrolment and enrolment.role_held),  # type: ignore[attr-defined]
    )
