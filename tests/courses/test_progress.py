"""Reading lessons: what is remembered, and where one goes on."""

from collections.abc import Callable

import pytest
import time_machine

from accounts.models import Person
from courses.domain.parts import CoursesContent
from courses.exceptions import NotOffered
from courses.models import Lesson, LessonProgress
from courses.services.content import load_courses
from courses.services.outline import lesson_lines, modules_of, progress_in, resume_at
from courses.services.progress import complete_lesson, open_lesson, undo_completion

With = Callable[..., CoursesContent]


def lesson(slug: str) -> Lesson:
    return Lesson.objects.get(slug=slug)


def resumed(person: Person) -> str | None:
    line = resume_at(lesson_lines(person, curriculum="employee"))
    return line.slug if line else None


def test_progress_counts_published_lessons_only_and_says_how_many_are_coming(
    asha: Person,
) -> None:
    complete_lesson(asha, lesson("E1.1"))
    progress = progress_in(lesson_lines(asha, curriculum="employee"))
    assert (progress.done, progress.total) == (1, 3)
    assert (progress.minutes_left, progress.coming) == (40, 1)
    assert progress.percent == 33
    assert not progress.is_complete


def test_modules_hide_lessons_without_a_text_and_count_them(asha: Person) -> None:
    first, second = modules_of(lesson_lines(asha, curriculum="employee"))
    assert [line.slug for line in first.lessons] == ["E1.1", "E1.2"]
    assert (first.coming, second.coming) == (1, 0)
    assert first.has_quiz
    assert first.has_task
    complete_lesson(asha, lesson("E2.1"))
    _, second = modules_of(lesson_lines(asha, curriculum="employee"))
    assert second.is_complete


def test_reading_goes_on_at_the_lesson_opened_last(asha: Person) -> None:
    assert resumed(asha) == "E1.1"
    with time_machine.travel("2027-01-01 10:00"):
        open_lesson(asha, lesson("E1.1"))
    with time_machine.travel("2027-01-01 11:00"):
        open_lesson(asha, lesson("E2.1"))
    assert resumed(asha) == "E2.1"
    with time_machine.travel("2027-01-01 12:00"):
        open_lesson(asha, lesson("E1.1"))
    assert resumed(asha) == "E1.1"


def test_reading_goes_on_after_the_lesson_finished_last(asha: Person) -> None:
    complete_lesson(asha, lesson("E1.2"))
    assert resumed(asha) == "E2.1"
    complete_lesson(asha, lesson("E2.1"))
    assert resumed(asha) == "E1.1"
    complete_lesson(asha, lesson("E1.1"))
    assert resumed(asha) is None


def test_completing_twice_keeps_the_first_day(asha: Person) -> None:
    with time_machine.travel("2027-01-01 10:00"):
        first = complete_lesson(asha, lesson("E1.1")).completed_at
    with time_machine.travel("2027-02-01 10:00"):
        assert complete_lesson(asha, lesson("E1.1")).completed_at == first


def test_a_completion_can_be_undone_and_the_lesson_stays_opened(asha: Person) -> None:
    complete_lesson(asha, lesson("E1.1"))
    undo_completion(asha, lesson("E1.1"))
    progress = LessonProgress.objects.get(person=asha)
    assert progress.completed_at is None
    undo_completion(asha, lesson("E1.2"))
    assert LessonProgress.objects.count() == 1


def test_an_edit_after_completion_is_shown_and_can_be_completed_anew(
    asha: Person, syllabus: CoursesContent, with_lesson: With
) -> None:
    first = complete_lesson(asha, lesson("E1.1"))
    load_courses(with_lesson(syllabus, "E1.1", body="## New\n\nOther."))
    line = lesson_lines(asha, curriculum="employee")[0]
    assert (line.is_done, line.is_edited) == (True, True)
    open_lesson(asha, lesson("E1.1"))
    first.refresh_from_db()
    assert first.version.number == 1
    again = complete_lesson(asha, lesson("E1.1"))
    assert again.version.number == 2
    assert not lesson_lines(asha, curriculum="employee")[0].is_edited


def test_opening_an_unfinished_lesson_remembers_the_newest_version(
    asha: Person, syllabus: CoursesContent, with_lesson: With
) -> None:
    open_lesson(asha, lesson("E1.1"))
    load_courses(with_lesson(syllabus, "E1.1", body="## New\n\nOther."))
    assert open_lesson(asha, lesson("E1.1")).version_id == lesson("E1.1").current_id


def test_a_lesson_without_a_text_cannot_be_opened_or_completed(asha: Person) -> None:
    for act in (open_lesson, complete_lesson):
        with pytest.raises(NotOffered):
            act(asha, lesson("E1.3"))


def test_progress_is_each_persons_own(asha: Person, make_person: Callable[..., Person]) -> None:
    complete_lesson(asha, lesson("E1.1"))
    other = lesson_lines(make_person(), curriculum="employee")
    assert progress_in(other).done == 0


def test_everybodys_curriculum_comes_first(asha: Person) -> None:
    slugs = [line.slug for line in lesson_lines(asha)]
    assert slugs == ["E1.1", "E1.2", "E1.3", "E2.1", "M1.1"]
