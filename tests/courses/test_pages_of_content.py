"""What the pages of a curriculum, a module, a lesson and the catalogue are given."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import JobRole, Person
from courses.exceptions import NotOffered
from courses.models import Curriculum, Lesson, Module
from courses.services.catalogue import Catalogue, CatalogueQuery, catalogue
from courses.services.enrolment import enrol
from courses.services.pages import LessonPage, curriculum_page, lesson_page, module_page
from courses.services.progress import complete_lesson
from courses.services.quizzes import start_quiz, submit_quiz

Make = Callable[..., Any]


def page(person: Person, slug: str) -> LessonPage:
    return lesson_page(
        person,
        slug,
        lesson_url=lambda lesson: f"/lessons/{lesson}/",
        image_url=lambda module, name: f"/pictures/{module}/{name}",
    )


def test_a_lesson_page_has_the_text_with_real_addresses(
    asha: Person, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):
        shown = page(asha, "E1.1")
    assert 'href="/lessons/E1.2/"' in shown.html
    assert 'src="/pictures/E1/plan.svg"' in shown.html
    assert shown.outline == (("start", "Start"), ("end", "End"))
    assert [(each.skill, each.level) for each in shown.prepares_for] == [("reading", 1)]
    assert shown.version.try_now_minutes == 5


def test_previous_and_next_pass_over_lessons_without_a_text(asha: Person) -> None:
    assert page(asha, "E1.1").previous is None
    second = page(asha, "E1.2")
    assert second.previous is not None
    assert second.next is not None
    assert (second.previous.slug, second.next.slug) == ("E1.1", "E2.1")
    assert page(asha, "E2.1").next is None


def test_a_lesson_names_what_it_builds_on_and_can_be_opened(asha: Person) -> None:
    lessons = Lesson.objects.in_bulk(field_name="slug")
    lessons["E2.1"].builds_on.set([lessons["E1.2"], lessons["E1.3"], lessons["E1.1"]])
    assert [each.slug for each in page(asha, "E2.1").builds_on] == ["E1.1", "E1.2"]


@pytest.mark.parametrize("slug", ["E1.3", "none"])
def test_a_lesson_without_a_text_or_unknown_has_no_page(asha: Person, slug: str) -> None:
    with pytest.raises(NotOffered):
        page(asha, slug)


def test_a_withdrawn_lesson_module_or_curriculum_has_no_page(asha: Person) -> None:
    Module.objects.filter(slug="E2").update(is_active=False)
    Curriculum.objects.filter(slug="mixer").update(is_active=False)
    for call in (
        lambda: page(asha, "E2.1"),
        lambda: page(asha, "M1.1"),
        lambda: module_page(asha, "E2"),
        lambda: module_page(asha, "M1"),
        lambda: curriculum_page(asha, "mixer"),
    ):
        with pytest.raises(NotOffered):
            call()


def test_a_module_page_has_the_task_with_what_it_assesses_and_the_last_quiz(
    asha: Person, django_assert_max_num_queries: Any
) -> None:
    attempt = submit_quiz(start_quiz(asha, Module.objects.get(slug="E1")), [])
    with django_assert_max_num_queries(5):
        shown = module_page(asha, "E1")
    assert shown.task is not None
    assert shown.task.rubric == [{"criterion": "Right", "meets": "It is"}]
    assert [(each.skill_name, each.top_level) for each in shown.assesses] == [("Writing", 2)]
    assert shown.last_attempt == attempt


def test_a_curriculum_page_says_whether_it_is_followed(
    asha: Person, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):
        employee = curriculum_page(asha, "employee")
    assert employee.enrolment is not None
    assert employee.role_held
    mixer = curriculum_page(asha, "mixer")
    assert (mixer.enrolment, mixer.role_held) == (None, False)
    assert mixer.resume is not None
    enrol(asha, Curriculum.objects.get(slug="mixer"))
    assert not curriculum_page(asha, "mixer").role_held


def found(person: Person, **fields: Any) -> Catalogue:
    return catalogue(person, CatalogueQuery(**fields))


def lessons(result: Catalogue) -> list[str]:
    return [line.slug for line in result.lessons]


def test_the_catalogue_shows_all_that_can_be_opened(
    asha: Person, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):
        result = found(asha)
    assert [each.slug for each in result.curricula] == ["employee", "mixer"]
    assert [each.is_followed for each in result.curricula] == [True, False]
    assert result.curricula[0].minutes == 60
    assert lessons(result) == ["E1.1", "E1.2", "E2.1", "M1.1"]
    assert result.skills == (("reading", "Reading"), ("writing", "Writing"), ("mixing", "Mixing"))
    assert dict(result.job_roles) == {"employee": "Employee", "mixer": "Mixer"}


def test_the_catalogue_finds_every_word_in_any_case(asha: Person) -> None:
    assert lessons(found(asha, text="LEARN e1.2")) == ["E1.2"]
    assert [each.slug for each in found(asha, text="mix").curricula] == ["mixer"]
    nothing = found(asha, text="nowhere")
    assert (nothing.curricula, nothing.lessons) == ((), ())


def test_the_catalogue_narrows_by_skill_role_minutes_and_what_is_unread(
    asha: Person, roles: dict[str, JobRole]
) -> None:
    assert lessons(found(asha, skill="writing")) == ["E1.2", "E2.1"]
    assert [each.slug for each in found(asha, skill="writing").curricula] == ["employee"]
    assert lessons(found(asha, skill="unknown")) == []
    assert lessons(found(asha, job_role="mixer")) == ["M1.1"]
    assert [each.slug for each in found(asha, job_role="mixer").curricula] == ["mixer"]
    assert lessons(found(asha, most_minutes=19)) == []
    complete_lesson(asha, Lesson.objects.get(slug="E1.1"))
    assert "E1.1" not in lessons(found(asha, unread=True))
