"""The catalogue: everything on offer, searched and filtered."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.domain.words import words_of
from accounts.models import Person
from courses.models import Curriculum, Enrolment, LessonPreparation
from courses.services.outline import LessonLine, Progress, lesson_lines, progress_in


@dataclass(frozen=True, slots=True)
class CatalogueQuery:
    """What to look for. Empty fields ask for nothing.

    `text`: every word in title, summary, objective or the skills prepared for. `skill`: lessons
    that prepare for it, and their curricula. `job_role`: the curriculum of that role.
    `most_minutes`: lessons no longer. `unread`: lessons not completed yet.
    """

    text: str = ""
    skill: str = ""
    job_role: str = ""
    most_minutes: int | None = None
    unread: bool = False

    @property
    def words(self) -> list[str]:
        return words_of(self.text.casefold())

    @property
    def narrows_lessons(self) -> bool:
        return bool(self.skill or self.most_minutes or self.unread)


@dataclass(frozen=True, slots=True)
class CurriculumEntry:
    """A curriculum on offer, with the person's progress whether they follow it or not."""

    slug: str
    title: str
    summary: str
    job_role: str
    job_role_name: str
    is_followed: bool
    progress: Progress
    minutes: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What was found, and what can be filtered by (slug, name)."""

    query: CatalogueQuery
    curricula: tuple[CurriculumEntry, ...]
    lessons: tuple[LessonLine, ...]
    skills: tuple[tuple[str, str], ...]
    job_roles: tuple[tuple[str, str], ...]


def catalogue(person: Person, query: CatalogueQuery) -> Catalogue:
    """Search what is on offer; four queries. Lessons are those that can be opened now.

    A curriculum is found by its own words or, when lessons are narrowed down, by its lessons.
    """
    lines = lesson_lines(person)
    prepares = _prepares()
    lessons = tuple(
        line for line in lines if line.is_written and _lesson_fits(line, query, prepares)
    )
    followed = set(
        Enrolment.objects.active().filter(person=person).values_list("curriculum_id", flat=True)
    )
    rows = list(Curriculum.objects.filter(is_active=True).select_related("job_role"))
    entries = [_entry(row, lines, followed) for row in rows]
    within = {line.curriculum for line in lessons}
    return Catalogue(
        query,
        tuple(each for each in _in_order(entries, lines) if _entry_fits(each, query, within)),
        _of_role(lessons, entries, query.job_role),
        tuple(_named(prepares)),
        tuple((each.job_role, each.job_role_name) for each in entries if each.job_role),
    )


@dataclass(frozen=True, slots=True)
class _Prepared:
    slug: str
    name: str
    position: int
    lessons: frozenset[int]


def _prepares() -> dict[str, _Prepared]:
    rows = LessonPreparation.objects.order_by("skill__position").values_list(
        "skill__slug", "skill__name", "skill__position", "lesson_id"
    )
    found: dict[str, tuple[str, int, set[int]]] = {}
    for slug, name, position, lesson_id in rows:
        found.setdefault(slug, (name, position, set()))[2].add(lesson_id)
    return {
        slug: _Prepared(slug, name, position, frozenset(lessons))
        for slug, (name, position, lessons) in found.items()
    }


def _named(prepares: dict[str, _Prepared]) -> Iterable[tuple[str, str]]:
    return ((each.slug, each.name) for each in prepares.values())


def _lesson_fits(line: LessonLine, query: CatalogueQuery, prepares: dict[str, _Prepared]) -> bool:
    if query.skill and not (query.skill in prepares and line.id in prepares[query.skill].lessons):
        return False
    if query.most_minutes is not None and line.minutes > query.most_minutes:
        return False
    if query.unread and line.is_done:
        return False
    skills = [each.name for each in prepares.values() if line.id in each.lessons]
    return _has_words(query, line.slug, line.title, line.objective, line.module_title, *skills)


def _entry_fits(entry: CurriculumEntry, query: CatalogueQuery, within: set[str]) -> bool:
    if query.job_role and entry.job_role != query.job_role:
        return False
    if query.narrows_lessons and entry.slug not in within:
        return False
    own = _has_words(query, entry.title, entry.summary, entry.job_role_name)
    return own or entry.slug in within


def _has_words(query: CatalogueQuery, *texts: str) -> bool:
    text = " ".join(texts).casefold()
    return all(word in text for word in query.words)


def _entry(row: Curriculum, lines: list[LessonLine], followed: set[int]) -> CurriculumEntry:
    own = [line for line in lines if line.curriculum_id == row.pk]
    return CurriculumEntry(
        row.slug,
        row.title,
        row.summary,
        row.job_role.slug if row.job_role else "",
        row.job_role.name if row.job_role else "",
        row.pk in followed,
        progress_in(own),
        sum(line.minutes for line in own if line.is_written),
    )


def _in_order(entries: list[CurriculumEntry], lines: list[LessonLine]) -> list[CurriculumEntry]:
    order = {line.curriculum: index for index, line in reversed(list(enumerate(lines)))}
    return sorted(entries, key=lambda each: (order.get(each.slug, len(lines)), each.title))


def _of_role(
    lessons: tuple[LessonLine, ...], entries: list[CurriculumEntry], job_role: str
) -> tuple[LessonLine, ...]:
    if not job_role:
        return lessons
    slugs = {each.slug for each in entries if each.job_role == job_role}
    return tuple(line for line in lessons if line.curriculum in slugs)
