"""Loading courses: versions, withdrawal, pictures, practice items."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from accounts.models import Person
from courses.domain import rendering
from courses.domain.parts import CoursesContent, ImageData
from courses.models import Item, ItemVersion, Lesson, LessonImage, LessonVersion, PracticalTask
from courses.services import content_lessons
from courses.services.content import load_courses
from courses.services.progress import complete_lesson
from skills.models import Skill

With = Callable[..., CoursesContent]


def test_loading_the_same_content_again_changes_nothing(syllabus: CoursesContent) -> None:
    assert load_courses(syllabus) == []


def test_skills_with_a_bank_large_enough_are_known_to_have_a_check(
    syllabus: CoursesContent,
) -> None:
    def checked() -> set[str]:
        return set(Skill.objects.filter(has_check=True).values_list("slug", flat=True))

    load_courses(syllabus)
    assert checked() == {"reading", "writing"}
    reading, writing = syllabus.banks
    load_courses(replace(syllabus, banks=(reading, replace(writing, items=writing.items[:15]))))
    assert checked() == {"reading"}
    load_courses(replace(syllabus, banks=(writing,)))
    assert checked() == {"writing"}


def test_a_lesson_without_a_body_is_kept_but_not_published(syllabus: CoursesContent) -> None:
    coming = Lesson.objects.get(slug="E1.3")
    assert coming in Lesson.objects.coming()
    assert coming not in Lesson.objects.published()


def test_a_body_that_arrives_publishes_the_lesson(
    syllabus: CoursesContent, with_lesson: With
) -> None:
    assert load_courses(with_lesson(syllabus, "E1.3", body="## Now\n\nText.")) == [
        "lesson E1.3: text version 1"
    ]
    assert Lesson.objects.published().filter(slug="E1.3").exists()


def test_a_body_taken_back_hides_the_lesson_and_keeps_its_versions(
    syllabus: CoursesContent, with_lesson: With
) -> None:
    assert load_courses(with_lesson(syllabus, "E1.1", body="")) == [
        "lesson E1.1: its text was taken back"
    ]
    assert not Lesson.objects.published().filter(slug="E1.1").exists()
    assert LessonVersion.objects.filter(lesson__slug="E1.1").count() == 1


def test_an_edited_lesson_gets_a_version_and_erases_no_progress(
    asha: Person, syllabus: CoursesContent, with_lesson: With
) -> None:
    lesson = Lesson.objects.get(slug="E1.1")
    done = complete_lesson(asha, lesson)
    changes = load_courses(with_lesson(syllabus, "E1.1", body="## New\n\nOther.", minutes=25))
    assert changes == [
        "lesson E1.1: minutes 20 -> 25",
        'lesson E1.1: text version 2 (+2 -8 lines, from "New" on)',
    ]
    done.refresh_from_db()
    assert done.completed_at is not None
    assert done.version.number == 1


def test_a_text_that_comes_back_is_the_version_it_was(
    syllabus: CoursesContent, with_lesson: With
) -> None:
    load_courses(with_lesson(syllabus, "E1.1", body="## New\n\nOther."))
    assert load_courses(syllabus) == ["lesson E1.1: text version 1 again"]
    assert load_courses(syllabus) == []


def test_where_a_lesson_stands_makes_no_other_text_of_it(
    syllabus: CoursesContent, with_lesson: With
) -> None:
    changed = with_lesson(syllabus, "E2.1", minutes=35, builds_on=("E1.1", "E1.2"))
    assert load_courses(changed) == [
        "lesson E2.1: minutes 20 -> 35",
        "lesson E2.1: builds on E1.1, E1.2",
    ]
    assert load_courses(changed) == []
    assert load_courses(syllabus)[1:] == ["lesson E2.1: builds on nothing"]
    assert Lesson.objects.get(slug="E2.1").versions.count() == 1


def test_what_a_lesson_prepares_for_follows_the_content(
    syllabus: CoursesContent, with_lesson: With
) -> None:
    changed = with_lesson(syllabus, "E1.1", prepares_for=(("writing", 2), ("mixing", 1)))
    assert "lesson E1.1: prepares for mixing 1, writing 2" in load_courses(changed)
    rows = Lesson.objects.get(slug="E1.1").preparations.values_list("skill__slug", "level")
    assert dict(rows) == {"writing": 2, "mixing": 1}


def test_a_newer_renderer_shows_the_same_version_anew(
    syllabus: CoursesContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        content_lessons,
        "render_lesson",
        lambda *args, **kwargs: ("<p>newer</p>", rendering.render_lesson(*args, **kwargs)[1]),
    )
    assert load_courses(syllabus) == [
        f"lesson {slug}: rendered again" for slug in ("E1.1", "E1.2", "E2.1", "M1.1")
    ]
    assert set(LessonVersion.objects.values_list("html", "number")) == {("<p>newer</p>", 1)}


def test_a_reworded_item_gets_a_version_and_the_old_one_stays(syllabus: CoursesContent) -> None:
    reading, writing = syllabus.banks
    first = replace(reading.items[0], stem="Which, then?")
    changed = replace(
        syllabus, banks=(replace(reading, items=(first, *reading.items[1:])), writing)
    )
    assert load_courses(changed) == ["item reading-00: wording version 2 (stem)"]
    stems = ItemVersion.objects.filter(item__slug="reading-00").values_list("stem", flat=True)
    assert list(stems) == ["Which of reading-00?", "Which, then?"]


def test_an_item_that_is_gone_is_withdrawn_and_can_return(syllabus: CoursesContent) -> None:
    reading, writing = syllabus.banks
    fewer = replace(syllabus, banks=(replace(reading, items=reading.items[1:]), writing))
    assert load_courses(fewer)[-1] == "item reading-00: withdrawn"
    assert not Item.objects.get(slug="reading-00").is_active
    assert "item reading-00: offered again" in load_courses(syllabus)


def test_a_lesson_that_moves_keeps_its_progress(asha: Person, syllabus: CoursesContent) -> None:
    complete_lesson(asha, Lesson.objects.get(slug="E1.2"))
    employee, mixer = syllabus.curricula
    first, second = employee.modules
    moved = replace(second, lessons=(*second.lessons, first.lessons[1]))
    kept = replace(first, lessons=(first.lessons[0], first.lessons[2]))
    changes = load_courses(
        replace(syllabus, curricula=(replace(employee, modules=(kept, moved)), mixer))
    )
    assert "lesson E1.2: module E1 First -> E2 Second" in changes
    assert asha.progress.get().lesson.module.slug == "E2"


def test_pictures_are_replaced_and_never_removed(syllabus: CoursesContent) -> None:
    employee, mixer = syllabus.curricula
    first, second = employee.modules
    new = ImageData("plan.svg", "image/svg+xml", b"<svg>new</svg>")

    def having(*images: ImageData) -> CoursesContent:
        modules = (replace(first, images=images), second)
        return replace(syllabus, curricula=(replace(employee, modules=modules), mixer))

    assert load_courses(having(new)) == ["image E1/plan.svg: changed"]
    assert bytes(LessonImage.objects.get().data) == b"<svg>new</svg>"
    assert load_courses(having()) == []
    assert LessonImage.objects.count() == 1


def test_the_task_of_a_module_follows_the_content(syllabus: CoursesContent) -> None:
    employee, mixer = syllabus.curricula
    first, second = employee.modules
    task = replace(first.task, minutes=45, rubric=(("Wrong", "It is not"),))
    modules = (replace(first, task=task), second)
    changed = replace(syllabus, curricula=(replace(employee, modules=modules), mixer))
    assert load_courses(changed) == ["task of E1: minutes 30 -> 45", "task of E1: rubric changed"]
    assert PracticalTask.objects.get(module__slug="E1").minutes == 45
