"""Reading the whole tree of courses: curricula, modules, lessons, quizzes, pictures, banks.

    curricula/<curriculum>/curriculum.yaml
    curricula/<curriculum>/<module>/module.yaml, quiz.yaml, <lesson>.md, images/*
    banks/<skill>.yaml

Files come in as bytes by path, so that the same code checks a folder, an upload or a test. All
problems are collected; content with problems must not be loaded.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from courses.domain.banks import bank_problems
from courses.domain.item_files import read_bank, read_quiz
from courses.domain.lesson_files import check_references, read_image, read_lesson
from courses.domain.parts import (
    BankText,
    CoursesContent,
    CurriculumText,
    ImageData,
    ItemText,
    Known,
    LessonText,
    ModuleText,
    TaskText,
)
from courses.domain.skill_levels import read_skill_levels
from courses.domain.source import Marked, Problem, Reader

AI_CONDITIONS = ("unaided", "aided", "both")
NO_TASK = TaskText("", "", "", 1, "", (), ())
Files = Mapping[str, bytes]


def parse_courses(files: Files, known: Known) -> tuple[CoursesContent, list[Problem]]:
    """Parse and validate the courses in `files` (path below the content folder -> bytes).

    Returns what was read and every problem, sorted by file and line.
    """
    tree = _Tree(files, known)
    curricula = tuple(tree.curriculum(slug) for slug in tree.folders("curricula"))
    banks = tuple(tree.bank(path) for path in tree.bank_files())
    tree.check_strays()
    tree.check_ids(curricula, banks)
    tree.check_lessons(curricula)
    if not tree.problems:
        tree.problems += bank_problems(banks, min_bank=known.min_bank)
    return CoursesContent(curricula, banks), sorted(set(tree.problems))


@dataclass
class _Tree:
    files: Files
    known: Known
    problems: list[Problem] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def reader(self, path: str) -> Reader:
        return Reader(path, self.problems)

    def folders(self, parent: str) -> list[str]:
        """Names of the folders directly in `parent`."""
        start = parent + "/"
        inner = (path.removeprefix(start) for path in self.files if path.startswith(start))
        return sorted({path.split("/", 1)[0] for path in inner if "/" in path})

    def below(self, folder: str) -> list[str]:
        """The files in a folder; where what lists them cannot be read, they are no strays."""
        return [path for path in self.files if path.startswith(folder + "/")]

    def take(self, path: str) -> bytes | None:
        """The bytes of a file that must exist."""
        self.used.add(path)
        if path not in self.files:
            self.problems.append(Problem(path, 1, "the file is missing"))
            return None
        return self.files[path]

    def curriculum(self, slug: str) -> CurriculumText:
        path = f"curricula/{slug}/curriculum.yaml"
        reader = self.reader(path)
        data = self.take(path)
        document = reader.load(reader.decode(data)) if data is not None else Marked()
        if not document:
            self.used.update(self.below(f"curricula/{slug}"))
            return CurriculumText(slug, None, "", "", "", ())
        reader.only(document, ("id", "job_role", "title", "summary", "version", "modules"))
        if reader.text(document, "id", most=60) != slug:
            reader.report(reader.line_of(document, "id"), f"'id' must be '{slug}', as the folder")
        job_role = None
        if document.get("job_role") is not None:
            job_role = reader.known(document, "job_role", self.known.job_roles, "job role")
        listed = reader.names(document, "modules")
        for name in set(self.folders(f"curricula/{slug}")) - {name for _, name in listed}:
            reader.report(
                reader.line_of(document, "modules"), f"the folder '{name}' is not among 'modules'"
            )
        return CurriculumText(
            slug,
            job_role,
            reader.text(document, "title", most=160),
            reader.text(document, "summary"),
            reader.text(document, "version", most=20),
            tuple(self.module(f"curricula/{slug}/{name}", name) for _, name in listed),
        )

    def module(self, folder: str, name: str) -> ModuleText:
        path = f"{folder}/module.yaml"
        reader = self.reader(path)
        data = self.take(path)
        document = reader.load(reader.decode(data)) if data is not None else Marked()
        quiz = self.quiz(folder, name)
        images = self.images(folder)
        if not document:
            self.used.update(self.below(folder))
            return ModuleText(name, "", (), NO_TASK, quiz, images)
        reader.only(document, ("id", "title", "lessons", "task"))
        if reader.text(document, "id", most=20) != name:
            reader.report(reader.line_of(document, "id"), f"'id' must be '{name}', as the folder")
        listed = reader.names(document, "lessons")
        self.check_listed(reader, document, folder, {lesson for _, lesson in listed})
        task = _task(reader, document, self.known)
        title = reader.text(document, "title", most=160)
        lessons = tuple(self.lesson(folder, lesson) for _, lesson in listed)
        return ModuleText(name, title, lessons, task, quiz, images)

    def check_listed(self, reader: Reader, document: Marked, folder: str, listed: set[str]) -> None:
        """Lesson files that module.yaml does not name (the other way round, a file is missing)."""
        for path in self.files:
            name = path.removeprefix(folder + "/").removesuffix(".md")
            if path == f"{folder}/{name}.md" and "/" not in name and name not in listed:
                self.used.add(path)
                reader.report(
                    reader.line_of(document, "lessons"), f"'{name}.md' is not among 'lessons'"
                )

    def lesson(self, folder: str, name: str) -> LessonText:
        path = f"{folder}/{name}.md"
        data = self.take(path)
        reader = self.reader(path)
        if data is None:
            return LessonText(name, "", "", 1, (), (), (), None, "")
        lesson = read_lesson(reader, data, self.known)
        if lesson.id and lesson.id != name:
            reader.report(2, f"'id' must be '{name}', as the file")
        return lesson

    def quiz(self, folder: str, name: str) -> tuple[ItemText, ...]:
        path = f"{folder}/quiz.yaml"
        data = self.take(path)
        return read_quiz(self.reader(path), data, name, self.known) if data is not None else ()

    def images(self, folder: str) -> tuple[ImageData, ...]:
        start = f"{folder}/images/"
        paths = sorted(path for path in self.files if path.startswith(start))
        self.used.update(paths)
        return tuple(read_image(self.reader(path), self.files[path]) for path in paths)

    def bank_files(self) -> list[str]:
        return sorted(path for path in self.files if path.startswith("banks/"))

    def bank(self, path: str) -> BankText:
        self.used.add(path)
        return read_bank(self.reader(path), self.files[path], self.known)

    def check_strays(self) -> None:
        """Files that nothing reads: half-written or misplaced."""
        for path in self.files:
            if path.startswith(("curricula/", "banks/")) and path not in self.used:
                self.problems.append(Problem(path, 1, "the file belongs to nothing"))

    def check_ids(self, curricula: tuple[CurriculumText, ...], banks: tuple[BankText, ...]) -> None:
        """Ids of modules, lessons and items are unique over the whole tree."""
        for what, ids in _ids(curricula, banks).items():
            seen: dict[str, str] = {}
            for file, line, name in ids:
                if name and name in seen:
                    said = f"the {what} id '{name}' stands in {seen[name]} already"
                    self.problems.append(Problem(file, line, said))
                seen.setdefault(name, file)

    def check_lessons(self, curricula: tuple[CurriculumText, ...]) -> None:
        """Links, images and `builds_on` of every lesson, now that all lessons are known."""
        found = list(_lessons(curricula))
        ids = {lesson.id for _, _, lesson in found}
        written = {lesson.id for _, _, lesson in found if lesson.body}
        for path, module, lesson in found:
            if path not in self.files:
                continue
            reader = self.reader(path)
            for name in lesson.builds_on:
                if name not in ids or name == lesson.id:
                    reader.report(
                        _line_of(self.files[path], "builds_on"),
                        f"there is no lesson '{name}' to build on",
                    )
            images = {image.name for image in module.images}
            check_references(reader, self.files[path], lessons=ids, written=written, images=images)


def _lessons(
    curricula: tuple[CurriculumText, ...],
) -> Iterator[tuple[str, ModuleText, LessonText]]:
    for curriculum in curricula:
        for module in curriculum.modules:
            for lesson in module.lessons:
                folder = f"curricula/{curriculum.id}/{module.id}"
                yield f"{folder}/{lesson.id}.md", module, lesson


def _ids(
    curricula: tuple[CurriculumText, ...], banks: tuple[BankText, ...]
) -> dict[str, list[tuple[str, int, str]]]:
    modules, items = [], []
    for curriculum in curricula:
        for module in curriculum.modules:
            folder = f"curricula/{curriculum.id}/{module.id}"
            modules.append((f"{folder}/module.yaml", 1, module.id))
            items += [(f"{folder}/quiz.yaml", item.line, item.id) for item in module.quiz]
    items += [(bank.file, item.line, item.id) for bank in banks for item in bank.items]
    lessons = [(path, 2, lesson.id) for path, _, lesson in _lessons(curricula)]
    return {"module": modules, "lesson": lessons, "item": items}


def _line_of(data: bytes, key: str) -> int:
    start = key.encode() + b":"
    numbered = enumerate(data.split(b"\n"), start=1)
    return next((number for number, line in numbered if line.startswith(start)), 1)


def _task(reader: Reader, document: Marked, known: Known) -> TaskText:
    part = reader.part(document, "task")
    reader.only(part, ("title", "brief", "kind", "minutes", "ai_condition", "rubric", "assesses"))
    return TaskText(
        reader.text(part, "title", most=160),
        reader.text(part, "brief"),
        reader.known(part, "kind", known.kinds, "evidence kind"),
        reader.whole(part, "minutes", least=1, most=1000),
        reader.known(part, "ai_condition", AI_CONDITIONS, "AI condition"),
        tuple(
            (reader.text(entry, "criterion", most=160), reader.text(entry, "meets"))
            for _, entry in reader.entries(part, "rubric", keys=("criterion", "meets"))
        ),
        read_skill_levels(reader, part, "assesses", level="top_level", known=known),
    )
