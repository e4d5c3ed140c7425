"""What a person read: opening, completing, undoing; the version read is remembered."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from courses.exceptions import LessonNotOffered
from courses.models import Lesson, LessonProgress


def open_lesson(person: Person, lesson: Lesson) -> LessonProgress:
    """Remember that the person opened the lesson now, in its current version.

    A completed lesson keeps the version that was completed. Raises NotOffered.
    """
    version_id = version_read(lesson)
    with transaction.atomic():
        progress, made = LessonProgress.objects.get_or_create(
            person=person,
            lesson=lesson,
            defaults={"opened_at": timezone.now(), "version_id": version_id},
        )
        if not made:
            progress.opened_at = timezone.now()
            if progress.completed_at is None:
                progress.version_id = version_id
            progress.save(update_fields=["opened_at", "version"])
    return progress


def complete_lesson(
    person: Person, lesson: Lesson, *, version: int | None = None
) -> LessonProgress:
    """Mark a lesson as done, in the version that was read (its number; default: the current one).

    Completing it again keeps the first date, unless another version was read since: then that one
    counts from now. Raises NotOffered.
    """
    version_id = version_read(lesson, version)
    now = timezone.now()
    with transaction.atomic():
        progress, _ = LessonProgress.objects.get_or_create(
            person=person, lesson=lesson, defaults={"opened_at": now, "version_id": version_id}
        )
        if progress.completed_at is None or progress.version_id != version_id:
            progress.completed_at, progress.version_id = now, version_id
            progress.save(update_fields=["completed_at", "version"])
    return progress


def undo_completion(person: Person, lesson: Lesson) -> None:
    """Mark a lesson as not done; that it was opened stays. Nothing to undo: nothing happens."""
    LessonProgress.objects.filter(person=person, lesson=lesson).update(completed_at=None)


def version_read(lesson: Lesson, number: int | None = None) -> int:
    """The id of the version with this number, of the current one if there is none such.

    A page may stand open while the text is edited: what was read is what the page showed. Raises
    NotOffered where the lesson cannot be opened.
    """
    offered = Lesson.objects.published().filter(pk=lesson.pk)
    current = offered.values_list("current_id", flat=True).first()
    if current is None:
        raise LessonNotOffered
    shown = lesson.versions.filter(number=number) if number is not None else None
    read = shown.values_list("pk", flat=True).first() if shown is not None else None
    return read or current
