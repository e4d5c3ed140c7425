"""Asking people to do something by a day."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.enums import Group
from accounts.models import JobRole, Person
from courses.domain.parts import CoursesContent
from courses.enums import EnrolmentOrigin
from courses.exceptions import AssignmentRefused
from courses.models import Assignment, Curriculum, Enrolment, Lesson, SkillCheck
from courses.services.assignment_progress import assignment_progress
from courses.services.assignment_reach import assignments_for, people_reached
from courses.services.assignments import (
    assign_activity,
    assigned_tasks,
    assignments_made_by,
    undo_assignment,
)
from courses.services.checks import start_check, submit_check
from courses.services.content import load_courses
from courses.services.enrolment import follow_job_roles_of
from courses.services.outline import lesson_lines
from courses.services.progress import complete_lesson
from skills.models import Skill
from tests.courses.pages import Make, soon


def test_a_manager_assigns_to_a_person_of_their_line_and_the_person_sees_who(
    asha: Person, manager: Person, mixer: Curriculum
) -> None:
    assign_activity(by=manager, person=asha, curriculum=mixer, due_on=soon(), note=" Please ")
    (task,) = assigned_tasks(asha, lesson_lines(asha), {})
    assert (task.kind, task.slug, task.assigned_by) == ("curriculum", "mixer", "Mo Lind")
    assert (task.note, task.due_on, task.reached_by) == ("Please", soon(), "you")
    assert not task.is_done
    enrolment = Enrolment.objects.get(person=asha, curriculum=mixer)
    assert enrolment.origin == EnrolmentOrigin.ASSIGNED


def test_everybody_outside_the_line_is_refused(
    asha: Person, manager: Person, mixer: Curriculum, make_person: Make
) -> None:
    colleague, stranger = make_person(manager=manager), make_person()
    auditor = make_person(groups=[Group.AUDITOR])
    author = make_person(groups=[Group.AUTHOR])
    for by in (asha, colleague, stranger, auditor, author):
        with pytest.raises(PermissionDenied):
            assign_activity(by=by, person=asha, curriculum=mixer, due_on=soon())
    assert not Assignment.objects.exists()


def test_a_team_is_asked_by_its_manager_those_above_and_hr(
    asha: Person, manager: Person, mixer: Curriculum, hr: Person, make_person: Make
) -> None:
    for by in (manager, hr):
        assign_activity(by=by, team_of=manager, curriculum=mixer, due_on=soon())
    with pytest.raises(PermissionDenied):
        assign_activity(by=make_person(), team_of=manager, curriculum=mixer, due_on=soon())
    assert set(people_reached(Assignment.objects.all()[0])) == {asha}
    assert [task.reached_by for task in assigned_tasks(asha, [], {})] == ["your team"] * 2


def test_who_joins_a_team_later_is_enrolled_when_their_positions_change(
    asha: Person, manager: Person, mixer: Curriculum, make_person: Make
) -> None:
    assign_activity(by=manager, team_of=manager, curriculum=mixer, due_on=soon())
    newcomer = make_person(manager=manager)
    follow_job_roles_of([newcomer.pk])
    row = Enrolment.objects.get(person=newcomer, curriculum=mixer)
    assert row.origin == EnrolmentOrigin.ASSIGNED


def test_a_due_date_may_be_today_but_not_in_the_past(
    asha: Person, manager: Person, mixer: Curriculum
) -> None:
    today = timezone.localdate()
    assign_activity(by=manager, person=asha, curriculum=mixer, due_on=today)
    with pytest.raises(AssignmentRefused, match="past") as refused:
        assign_activity(by=manager, person=asha, curriculum=mixer, due_on=today - timedelta(days=1))
    assert refused.value.field == "due_on"


def test_exactly_one_target_and_one_activity(
    asha: Person, manager: Person, mixer: Curriculum, hr: Person
) -> None:
    lesson = Lesson.objects.get(slug="E1.1")
    for wrong in (
        {"curriculum": mixer},
        {"person": asha, "team_of": manager, "curriculum": mixer},
        {"person": asha},
        {"person": asha, "curriculum": mixer, "lesson": lesson},
    ):
        with pytest.raises(AssignmentRefused, match="Choose one"):
            assign_activity(by=hr, due_on=soon(), **wrong)


def test_what_is_not_on_offer_cannot_be_assigned(
    asha: Person, hr: Person, framework: dict[str, Skill], make_person: Make
) -> None:
    withdrawn = Curriculum.objects.create(slug="old", title="Old", version="1", is_active=False)
    gone = make_person(is_active=False)
    idle = JobRole.objects.create(slug="idle", name="Idle", is_active=False)
    lesson = Lesson.objects.get(slug="E1.1")
    for field, wrong in (
        ("curriculum", {"person": asha, "curriculum": withdrawn}),
        ("lesson", {"person": asha, "lesson": Lesson.objects.get(slug="E1.3")}),
        ("check_skill", {"person": asha, "check_skill": framework["mixing"]}),
        ("person", {"person": gone, "lesson": lesson}),
        ("team_of", {"team_of": asha, "lesson": lesson}),
        ("job_role", {"job_role": idle, "lesson": lesson}),
        ("note", {"person": asha, "lesson": lesson, "note": "x" * 301}),
    ):
        with pytest.raises(AssignmentRefused) as refused:
            assign_activity(by=hr, due_on=soon(), **wrong)
        assert refused.value.field == field


def test_an_assignment_is_done_when_its_activity_is(
    asha: Person, manager: Person, framework: dict[str, Skill], answers_with: Make
) -> None:
    for activity in (
        {"curriculum": Curriculum.objects.get(slug="mixer")},
        {"lesson": Lesson.objects.get(slug="E1.1")},
        {"check_skill": framework["reading"]},
    ):
        assign_activity(by=manager, person=asha, due_on=soon(), **activity)
    tasks = assigned_tasks(asha, lesson_lines(asha), {})
    assert [(task.kind, task.is_done) for task in tasks] == [
        ("curriculum", False), ("lesson", False), ("check", False),
    ]  # fmt: skip
    complete_lesson(asha, Lesson.objects.get(slug="M1.1"))
    complete_lesson(asha, Lesson.objects.get(slug="E1.1"))
    check = start_check(asha, framework["reading"])
    check = submit_check(check, answers_with(check, 8))
    assert check.submitted_at is not None
    passed = {"reading": check.submitted_at}
    assert all(task.is_done for task in assigned_tasks(asha, lesson_lines(asha), passed))


def test_a_check_passed_before_it_was_asked_for_is_still_to_be_done(
    asha: Person, manager: Person, framework: dict[str, Skill], answers_with: Make
) -> None:
    """Done on the own path and in the assigner's figures means passed since."""
    reading = framework["reading"]
    check = start_check(asha, reading)
    passed_at = submit_check(check, answers_with(check, 8)).submitted_at
    assert passed_at is not None
    row = assign_activity(by=manager, person=asha, check_skill=reading, due_on=soon())
    described = Assignment.objects.described()

    def done(at: datetime) -> tuple[bool, int]:
        SkillCheck.objects.update(submitted_at=at)
        (task,) = assigned_tasks(asha, lesson_lines(asha), {"reading": at})
        (progress,) = assignment_progress([described.get(pk=row.pk)], viewer=manager)
        return task.is_done, progress.done

    assert done(passed_at) == (False, 0)
    assert done(row.assigned_at) == (True, 1)


def test_undoing_ends_the_enrolment_it_made(
    asha: Person, manager: Person, mixer: Curriculum
) -> None:
    row = assign_activity(by=manager, person=asha, curriculum=mixer, due_on=soon())
    undone = undo_assignment(row, by=manager)
    assert undone.undone_by == manager
    assert undo_assignment(row, by=manager).undone_at == undone.undone_at
    assert not assignments_for(asha).exists()
    assert not Enrolment.objects.active().filter(curriculum=mixer).exists()


def test_undoing_leaves_who_has_begun_or_is_still_asked_by_others(
    asha: Person, manager: Person, mixer: Curriculum, hr: Person, make_person: Make
) -> None:
    begun = make_person(manager=manager)
    row = assign_activity(by=manager, team_of=manager, curriculum=mixer, due_on=soon())
    assign_activity(by=hr, person=asha, curriculum=mixer, due_on=soon())
    complete_lesson(begun, Lesson.objects.get(slug="M1.1"))
    undo_assignment(row, by=manager)
    active = Enrolment.objects.active().filter(curriculum=mixer)
    assert set(active.values_list("person", flat=True)) == {asha.pk, begun.pk}


def test_the_assigner_those_above_and_hr_may_undo_and_nobody_else(
    asha: Person, manager: Person, hr: Person, mixer: Curriculum, make_person: Make
) -> None:
    row = assign_activity(by=manager, person=asha, curriculum=mixer, due_on=soon())
    other = assign_activity(by=manager, team_of=manager, curriculum=mixer, due_on=soon())
    for by in (asha, make_person(), make_person(manager=manager)):
        with pytest.raises(PermissionDenied):
            undo_assignment(row, by=by)
    undo_assignment(row, by=hr)
    assert assignments_made_by(manager).get() == other
    assert not assignments_made_by(hr).exists()


def test_the_same_person_asks_for_the_same_only_once(
    asha: Person, manager: Person, hr: Person
) -> None:
    lesson = Lesson.objects.get(slug="E1.1")
    row = assign_activity(by=manager, person=asha, lesson=lesson, due_on=soon())
    with pytest.raises(AssignmentRefused, match="You have asked for this already"):
        assign_activity(by=manager, person=asha, lesson=lesson, due_on=soon(), note="Really")
    assign_activity(by=hr, person=asha, lesson=lesson, due_on=soon())
    assign_activity(by=manager, team_of=manager, lesson=lesson, due_on=soon())
    undo_assignment(row, by=manager)
    assign_activity(by=manager, person=asha, lesson=lesson, due_on=soon())


def test_lessons_that_come_after_the_due_date_are_not_asked_for(
    asha: Person, manager: Person, syllabus: CoursesContent, with_lesson: Make
) -> None:
    curriculum = Curriculum.objects.get(slug="employee")
    row = assign_activity(by=manager, person=asha, curriculum=curriculum, due_on=soon())
    for lesson in Lesson.objects.published().filter(module__curriculum=curriculum):
        complete_lesson(asha, lesson)

    def is_done() -> bool:
        (task,) = assigned_tasks(asha, lesson_lines(asha), {})
        (progress,) = assignment_progress([row], viewer=manager)
        assert progress.done == task.is_done
        return task.is_done

    assert is_done()
    load_courses(with_lesson(syllabus, "E1.3", body="## New\n\nA text."))
    assert not is_done()
    due_on = timezone.localdate() - timedelta(days=1)
    Assignment.objects.filter(pk=row.pk).update(due_on=due_on)
    row.due_on = due_on
    assert is_done()


@pytest.mark.parametrize("what", ["curriculum", "lesson", "check_skill"])
def test_what_was_withdrawn_is_asked_of_nobody(
    asha: Person, manager: Person, mixer: Curriculum, what: str
) -> None:
    activity: Any = {
        "curriculum": mixer,
        "lesson": Lesson.objects.get(slug="E1.1"),
        "check_skill": Skill.objects.get(slug="reading"),
    }[what]
    row = assign_activity(by=manager, person=asha, due_on=soon(), **{what: activity})
    assert assignments_for(asha).get() == row
    type(activity).objects.filter(pk=activity.pk).update(is_active=False)
    assert not assignments_for(asha).exists()
    (mine,) = assignments_made_by(manager)
    assert not mine.is_on_offer  # type: ignore[attr-defined]


def test_an_overdue_assignment_says_so_until_it_is_done(asha: Person, manager: Person) -> None:
    lesson = Lesson.objects.get(slug="E1.1")
    row = assign_activity(by=manager, person=asha, lesson=lesson, due_on=soon())
    Assignment.objects.filter(pk=row.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert assigned_tasks(asha, lesson_lines(asha), {})[0].is_overdue
    complete_lesson(asha, lesson)
    assert not assigned_tasks(asha, lesson_lines(asha), {})[0].is_overdue
