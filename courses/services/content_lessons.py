"""Loading lessons with their versions, pictures and what they prepare for; and practical tasks."""

from courses.domain.edits import text_edit
from courses.domain.parts import CoursesContent, ImageData, LessonText, ModuleText
from courses.domain.rendering import render_lesson
from courses.models import (
    Lesson,
    LessonImage,
    LessonPreparation,
    LessonVersion,
    Module,
    PracticalTask,
)
from courses.services.content_changes import Change, apply, withdraw
from skills.models import EvidenceKind, Skill


def load_lessons(parsed: CoursesContent) -> list[Change]:
    """Upsert every lesson; a changed text becomes a new version, the old one stays readable."""
    modules = {module.slug: module for module in Module.objects.all()}
    stored = {lesson.slug: lesson for lesson in Lesson.objects.select_related("current")}
    skills = dict(Skill.objects.values_list("slug", "id"))
    prepared = _prepared()
    changes: list[Change] = []
    for text in _modules(parsed):
        module = modules[text.id]
        changes += _load_images(module, text.images)
        for position, lesson in enumerate(text.lessons, start=1):
            row = stored.pop(lesson.id, None) or Lesson(slug=lesson.id)
            changes += _load_lesson(row, module, position, lesson)
            changes += _load_preparations(row, lesson, prepared.get(row.pk, {}), skills)
    changes += _load_foundations(parsed)
    return changes + withdraw("lesson", stored)


def _modules(parsed: CoursesContent) -> list[ModuleText]:
    return [module for curriculum in parsed.curricula for module in curriculum.modules]


def _prepared() -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    rows = LessonPreparation.objects.values_list("lesson_id", "skill__slug", "level")
    for lesson_id, skill, level in rows:
        found.setdefault(lesson_id, {})[skill] = level
    return found


def _load_lesson(row: Lesson, module: Module, position: int, text: LessonText) -> list[Change]:
    label = f"lesson {text.id}"
    values = {
        "module": module,
        "title": text.title,
        "objective": text.objective,
        "minutes": text.minutes,
        "position": position,
        "is_active": True,
    }
    changes = apply(row, label, values)
    if not text.body:
        return changes + (_take_text_back(row, label) if row.current_id else [])
    html, outline = render_lesson(
        text.body,
        lesson_url=lambda lesson: f"lesson:{lesson}",
        image_url=lambda name: f"image:{module.slug}/{name}",
    )
    version = row.versions.filter(digest=text.digest).first()
    if version is None:
        return [*changes, _new_version(row, text, html, outline, label)]
    if version.pk != row.current_id:
        row.current = version
        row.save(update_fields=["current"])
        changes.append(f"{label}: text version {version.number} again")
    return changes + _render_again(version, html, outline, label)


def _take_text_back(row: Lesson, label: str) -> list[Change]:
    row.current = None
    row.save(update_fields=["current"])
    return [f"{label}: its text was taken back"]


def _render_again(
    version: LessonVersion, html: str, outline: list[tuple[str, str]], label: str
) -> list[Change]:
    """The same text shown by a newer renderer: no new version, since nothing was rewritten."""
    listed = [list(entry) for entry in outline]
    if version.html == html and version.outline == listed:
        return []
    version.html, version.outline = html, listed
    version.save(update_fields=["html", "outline"])
    return [f"{label}: rendered again"]


def _new_version(
    row: Lesson, text: LessonText, html: str, outline: list[tuple[str, str]], label: str
) -> Change:
    before = row.current
    last = row.versions.order_by("-number").values_list("number", flat=True).first() or 0
    row.current = LessonVersion.objects.create(
        lesson=row,
        number=last + 1,
        digest=text.digest,
        markdown=text.body,
        html=html,
        outline=[list(entry) for entry in outline],
        try_now_minutes=text.try_now_minutes,
        sources=[{"name": name, "checked_on": day} for name, day in text.sources],
    )
    row.save(update_fields=["current"])
    edit = "" if before is None else f" ({text_edit(before.markdown, text.body)})"
    return f"{label}: text version {last + 1}{edit}"


def _load_preparations(
    row: Lesson, text: LessonText, stored: dict[str, int], skills: dict[str, int]
) -> list[Change]:
    wanted = dict(text.prepares_for)
    if wanted == stored:
        return []
    row.preparations.exclude(skill__slug__in=wanted).delete()
    for skill, level in wanted.items():
        if stored.get(skill) != level:
            row.preparations.update_or_create(skill_id=skills[skill], defaults={"level": level})
    said = ", ".join(f"{skill} {level}" for skill, level in sorted(wanted.items()))
    return [f"lesson {text.id}: prepares for {said}"]


def _load_foundations(parsed: CoursesContent) -> list[Change]:
    """Note what each lesson builds on, now that all lessons are there."""
    ids = dict(Lesson.objects.values_list("slug", "id"))
    stored: dict[str, set[str]] = {slug: set() for slug in ids}
    pairs = Lesson.builds_on.through.objects.values_list("from_lesson__slug", "to_lesson__slug")
    for slug, below in pairs:
        stored[slug].add(below)
    changes: list[Change] = []
    for text in (lesson for module in _modules(parsed) for lesson in module.lessons):
        if stored[text.id] != set(text.builds_on):
            Lesson.objects.get(slug=text.id).builds_on.set(ids[slug] for slug in text.builds_on)
            said = ", ".join(text.builds_on) or "nothing"
            changes.append(f"lesson {text.id}: builds on {said}")
    return changes


def _load_images(module: Module, images: tuple[ImageData, ...]) -> list[Change]:
    """Pictures are replaced in place and never removed: an older version may show them."""
    stored = {image.name: image for image in module.images.defer("data")}
    changes: list[Change] = []
    for image in images:
        row = stored.get(image.name)
        if row is not None and row.digest == image.digest:
            continue
        LessonImage.objects.update_or_create(
            module=module,
            name=image.name,
            defaults={
                "media_type": image.media_type,
                "data": image.data,
                "digest": image.digest,
            },
        )
        changes.append(f"image {module.slug}/{image.name}: {'changed' if row else 'added'}")
    return changes


def load_tasks(parsed: CoursesContent) -> list[Change]:
    """Upsert the practical task of each module."""
    modules = {module.slug: module for module in Module.objects.all()}
    kinds = {kind.slug: kind for kind in EvidenceKind.objects.all()}
    stored = {task.module.slug: task for task in PracticalTask.objects.select_related("module")}
    changes: list[Change] = []
    for module in _modules(parsed):
        task = module.task
        row = stored.get(module.id) or PracticalTask(module=modules[module.id])
        values = {
            "title": task.title,
            "brief": task.brief,
            "kind": kinds[task.kind],
            "minutes": task.minutes,
            "ai_condition": task.ai_condition,
            "rubric": [{"criterion": name, "meets": meets} for name, meets in task.rubric],
            "assesses": [{"skill": skill, "top_level": top} for skill, top in task.assesses],
        }
        changes += apply(row, f"task of {module.id}", values)
    return changes
