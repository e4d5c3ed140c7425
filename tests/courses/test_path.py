"""My path: one next step, what is followed, what falls due."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import JobRole, Person
from accounts.services import end_position
from courses.domain.next_step import Lacking, StepKind
from courses.domain.parts import CoursesContent
from courses.models import Curriculum, Lesson
from courses.services.assignments import assign_activity
from courses.services.checks import start_check, submit_check
from courses.services.content import load_courses
from courses.services.enrolment import enrol, follow_job_roles_of
from courses.services.path import my_path
from courses.services.progress import complete_lesson, open_lesson
from skills.models import Skill

Make = Callable[..., Any]


def complete(person: Person, *slugs: str) -> None:
    for slug in slugs:
        complete_lesson(person, Lesson.objects.get(slug=slug))


def take(person: Person, skill: Skill, right: int, answers_with: Make) -> None:
    check = start_check(person, skill)
    submit_check(check, answers_with(check, right))


def test_the_journey_of_a_gap_lesson_then_check_then_what_is_missing(
    asha: Person, framework: dict[str, Skill], answers_with: Make
) -> None:
    step = my_path(asha).step
    assert step.lesson is not None
    assert (step.kind, step.lesson.slug, step.minutes) == (StepKind.LESSON, "E1.1", 20)
    assert step.row is not None
    assert step.row.blocking

    complete(asha, "E1.1")
    step = my_path(asha).step
    assert step.row is not None
    assert (step.kind, step.row.skill.slug) == (StepKind.CHECK, "reading")

    take(asha, framework["reading"], 8, answers_with)
    step = my_path(asha).step
    assert step.lesson is not None
    assert step.lesson.slug == "E1.2"

    complete(asha, "E1.2", "E2.1")
    take(asha, framework["writing"], 2, answers_with)
    step = my_path(asha).step
    assert step.kind is StepKind.NOTHING
    (missing,) = step.missing
    assert (missing.row.skill.slug, missing.lacking) == ("writing", Lacking.COOL_DOWN)
    assert missing.opens_at is not None

    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
        take(asha, framework["writing"], 8, answers_with)
        (missing,) = my_path(asha).step.missing
        assert missing.lacking is Lacking.HIGHER_EVIDENCE


def test_a_role_without_lessons_of_its_own_is_sent_to_those_of_others(
    asha: Person, roles: dict[str, JobRole], make_position: Make, syllabus: CoursesContent
) -> None:
    complete(asha, "E1.1", "E1.2", "E2.1")
    other = JobRole.objects.create(slug="other", name="Other")
    roles["mixer"].requirements.update(job_role=other)
    make_position(asha, job_role=other)
    step = my_path(asha).step
    offered = [step.lesson.slug if step.lesson else None, step.row and step.row.skill.slug]
    assert offered == [None, "reading"]  # the blocking check comes first
    Lesson.objects.filter(slug="E1.1").update(is_active=False)
    assert my_path(asha).curricula[0].slug == "employee"
    assert [each.slug for each in my_path(asha).curricula] == ["employee"]


def test_a_lesson_of_another_curriculum_is_offered_where_the_own_has_none(
    asha: Person, roles: dict[str, JobRole], framework: dict[str, Skill], make_position: Make,
    syllabus: CoursesContent, with_lesson: Make, answers_with: Make,
) -> None:  # fmt: skip
    load_courses(with_lesson(syllabus, "M1.1", prepares_for=(("writing", 1), ("mixing", 1))))
    other = JobRole.objects.create(slug="other", name="Other")
    roles["mixer"].requirements.update(job_role=other)
    make_position(asha, job_role=other)
    complete(asha, "E1.1", "E1.2", "E2.1")
    for skill in ("reading", "writing"):
        take(asha, framework[skill], 8, answers_with)
    step = my_path(asha).step
    assert step.lesson is not None
    assert step.row is not None
    assert (step.lesson.slug, step.row.skill.slug) == ("M1.1", "mixing")


def test_curricula_show_progress_and_where_to_go_on(asha: Person) -> None:
    complete(asha, "E1.1")
    open_lesson(asha, Lesson.objects.get(slug="E2.1"))
    path = my_path(asha)
    (employee,) = path.curricula
    assert (employee.progress.done, employee.progress.total) == (1, 3)
    assert employee.role_held
    assert path.resume is not None
    assert path.resume.slug == "E2.1"
    assert [module.coming for module in employee.modules] == [1, 0]


def test_an_earlier_role_is_marked_and_comes_last(
    asha: Person, roles: dict[str, JobRole], make_position: Make
) -> None:
    position = make_position(asha, job_role=roles["mixer"])
    follow_job_roles_of([asha.pk])
    assert [each.was_by_role for each in my_path(asha).curricula] == [False, False]
    end_position(position, on=timezone.localdate() - timedelta(days=1))
    employee, mixer = my_path(asha).curricula
    assert (employee.role_held, mixer.role_held, mixer.was_by_role) == (True, False, True)


def test_a_chosen_curriculum_was_never_by_role(asha: Person) -> None:
    enrol(asha, Curriculum.objects.get(slug="mixer"))
    assert not my_path(asha).curricula[1].was_by_role


def test_due_soon_holds_assignments_and_levels_that_fall_within_60_days(
    asha: Person, framework: dict[str, Skill], answers_with: Make
) -> None:
    assert asha.manager is not None
    with time_machine.travel("2027-01-10 10:00", tick=False):
        take(asha, framework["reading"], 8, answers_with)
        falls_on = my_path(asha).gaps.row("reading").due_on  # type: ignore[union-attr]
        assert falls_on is not None
        assert my_path(asha).due_soon == ()
    with time_machine.travel(
        datetime.combine(falls_on - timedelta(days=61), datetime.min.time(), UTC), tick=False
    ):
        assert my_path(asha).due_soon == ()
    with time_machine.travel(
        datetime.combine(falls_on - timedelta(days=60), datetime.min.time(), UTC), tick=False
    ):
        lesson = Lesson.objects.get(slug="E1.1")
        due = timezone.localdate() + timedelta(days=3)
        assign_activity(by=asha.manager, person=asha, lesson=lesson, due_on=due)
        first, second = my_path(asha).due_soon
        assert first.task is not None
        assert (first.task.slug, first.due_on, first.opens_at) == ("E1.1", due, None)
        assert second.row is not None
        assert (second.row.skill.slug, second.due_on) == ("reading", falls_on)
        complete(asha, "E1.1")
        assert [item.row is not None for item in my_path(asha).due_soon] == [True]


def test_an_assigned_check_in_cool_down_says_when_it_opens(
    asha: Person, framework: dict[str, Skill], answers_with: Make
) -> None:
    assert asha.manager is not None
    with time_machine.travel("2027-01-10 10:00", tick=False):
        due = timezone.localdate() + timedelta(days=3)
        assign_activity(by=asha.manager, person=asha, check_skill=framework["reading"], due_on=due)
        assert [item.opens_at for item in my_path(asha).due_soon] == [None]
        take(asha, framework["reading"], 2, answers_with)
        (item,) = my_path(asha).due_soon
        assert item.opens_at == timezone.now() + timedelta(hours=24)


def test_my_path_takes_at_most_ten_queries_however_much_there_is(
    asha: Person, roles: dict[str, JobRole], framework: dict[str, Skill], make_position: Make,
    answers_with: Make, django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    assert asha.manager is not None
    with django_assert_max_num_queries(10):
        my_path(asha)
    make_position(asha, job_role=roles["mixer"])
    follow_job_roles_of([asha.pk])
    for slug in ("E1.1", "E1.2", "M1.1"):
        complete(asha, slug)
        lesson = Lesson.objects.get(slug=slug)
        assign_activity(by=asha.manager, person=asha, lesson=lesson, due_on=timezone.localdate())
    take(asha, framework["reading"], 8, answers_with)
    take(asha, framework["writing"], 0, answers_with)
    with django_assert_max_num_queries(10):
        my_path(asha)
    with time_machine.travel("2031-01-01 10:00"), django_assert_max_num_queries(10):
        my_path(asha)  # rows that are due go through the ladder


def test_somebody_without_any_gap_has_nothing_missing(
    asha: Person, roles: dict[str, JobRole]
) -> None:
    roles["employee"].requirements.update(valid_to=date(2021, 1, 1))
    step = my_path(asha).step
    assert (step.kind, step.missing) == (StepKind.NOTHING, ())


@pytest.mark.usefixtures("syllabus")
def test_a_person_without_enrolments_still_has_a_path(make_person: Make) -> None:
    path = my_path(make_person())
    assert path.curricula == ()
    assert path.resume is None
    assert path.step.kind is StepKind.LESSON


def test_lessons_of_other_curricula_follow_those_of_the_own_and_then_the_check(
    asha: Person, framework: dict[str, Skill], answers_with: Make, syllabus: CoursesContent,
    with_lesson: Make,
) -> None:  # fmt: skip
    load_courses(with_lesson(syllabus, "M1.1", prepares_for=(("writing", 1),)))
    complete(asha, "E1.1", "E1.2")
    take(asha, framework["reading"], 8, answers_with)
    assert following(asha) == (StepKind.LESSON, "writing", "E2.1")
    complete(asha, "E2.1")
    assert following(asha) == (StepKind.LESSON, "writing", "M1.1")
    complete(asha, "M1.1")
    assert following(asha) == (StepKind.CHECK, "writing", None)


def test_own_lessons_come_first_though_another_curriculum_stands_before(
    asha: Person, syllabus: CoursesContent, with_lesson: Make
) -> None:
    load_courses(with_lesson(syllabus, "M1.1", prepares_for=(("reading", 1),)))
    assert following(asha) == (StepKind.LESSON, "reading", "E1.1")
    asha.enrolments.all().delete()
    enrol(asha, Curriculum.objects.get(slug="mixer"))
    assert following(asha) == (StepKind.LESSON, "reading", "M1.1")


def test_an_unread_lesson_elsewhere_comes_before_saying_that_something_is_missing(
    asha: Person, framework: dict[str, Skill], answers_with: Make, syllabus: CoursesContent,
    with_lesson: Make,
) -> None:  # fmt: skip
    load_courses(with_lesson(syllabus, "M1.1", prepares_for=(("writing", 2),)))
    complete(asha, "E1.1", "E1.2", "E2.1")
    take(asha, framework["reading"], 8, answers_with)
    take(asha, framework["writing"], 8, answers_with)  # 1 of 2: no check shows more
    assert following(asha) == (StepKind.LESSON, "writing", "M1.1")
    complete(asha, "M1.1")
    assert [each.lacking for each in my_path(asha).step.missing] == [Lacking.HIGHER_EVIDENCE]


def following(person: Person) -> tuple[StepKind, str | None, str | None]:
    """The next step: its kind, skill and lesson."""
    step = my_path(person).step
    return (
        step.kind,
        step.row.skill.slug if step.row else None,
        step.lesson.slug if step.lesson else None,
    )
