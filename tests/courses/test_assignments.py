"""Asking people to do something by a day."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Group
from accounts.models import JobRole, Person
from courses.domain.parts import CoursesContent
from courses.enums import EnrolmentOrigin
from courses.exceptions import AssignmentRefused
from courses.models import Assignment, Curriculum, Enrolment, Lesson
from courses.services.assigned_enrolments import settling_job
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
from courses.services.enrolment import follow_job_roles
from courses.services.outline import lesson_lines
from courses.services.progress import complete_lesson
from jobs.models import Job
from skills.models import Skill

Make = Callable[..., Any]


@pytest.fixture
def manager(asha: Person) -> Person:
    assert asha.manager is not None
    return asha.manager


@pytest.fixture
def hr(asha: Person, make_person: Make) -> Person:
    person: Person = make_person("Hana", groups=[Group.HR])
    return person


@pytest.fixture
def mixer(asha: Person) -> Curriculum:
    return Curriculum.objects.get(slug="mixer")


def soon() -> Any:
    return timezone.localdate() + timedelta(days=14)


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


def test_only_hr_asks_a_whole_job_role(
    asha: Person, manager: Person, mixer: Curriculum, hr: Person, roles: dict[str, JobRole]
) -> None:
    with pytest.raises(PermissionDenied):
        assign_activity(by=manager, job_role=roles["mixer"], curriculum=mixer, due_on=soon())
    role = assign_activity(
        by=hr, job_role=roles["employee"], lesson=Lesson.objects.get(slug="E2.1"), due_on=soon()
    )
    assert set(people_reached(role)) == {asha, manager, hr}
    assert assignments_for(asha).get() == role


def test_a_manager_asks_a_job_role_in_their_line_only(
    asha: Person, manager: Person, hr: Person, roles: dict[str, JobRole], make_person: Make,
    make_position: Make,
) -> None:  # fmt: skip
    mixer, lesson = roles["mixer"], Lesson.objects.get(slug="M1.1")
    below, outside = make_person(manager=asha), make_person()
    for holder in (manager, below, outside):
        make_position(holder, job_role=mixer)
    row = assign_activity(by=manager, job_role=mixer, line_of=manager, lesson=lesson, due_on=soon())
    assert set(people_reached(row)) == {below}
    (task,) = assigned_tasks(below, [], {})
    assert task.reached_by == "everybody in the job role Mixer in the line of Mo Lind"
    for other in (manager, outside, asha):
        assert not assignments_for(other).exists()
    everybody = assign_activity(
        by=hr, job_role=roles["employee"], line_of=manager, lesson=lesson, due_on=soon()
    )
    assert set(people_reached(everybody)) == {asha, below}
    assert everybody in assignments_for(asha)
    for by in (asha, outside, make_person(groups=[Group.AUDITOR])):
        with pytest.raises(PermissionDenied):
            assign_activity(by=by, job_role=mixer, line_of=manager, lesson=lesson, due_on=soon())


def test_a_line_narrows_a_job_role_and_nothing_else(asha: Person, manager: Person) -> None:
    lesson = Lesson.objects.get(slug="E1.1")
    with pytest.raises(AssignmentRefused) as refused:
        assign_activity(by=manager, person=asha, line_of=manager, lesson=lesson, due_on=soon())
    assert refused.value.field == "job_role"


def test_an_assignment_to_a_role_reaches_who_holds_it_now(
    asha: Person, hr: Person, roles: dict[str, JobRole], mixer: Curriculum, make_position: Make,
    make_person: Make,
) -> None:  # fmt: skip
    holder = make_person()
    make_position(holder, job_role=roles["mixer"])
    row = assign_activity(
        by=hr, job_role=roles["mixer"], lesson=Lesson.objects.get(slug="M1.1"), due_on=soon()
    )
    assert set(people_reached(row)) == {holder}
    assert not assignments_for(asha).exists()
    make_position(asha, job_role=roles["mixer"])
    assert assignments_for(asha).get() == row


def test_who_joins_a_team_later_is_enrolled_when_their_positions_change(
    asha: Person, manager: Person, mixer: Curriculum, make_person: Make
) -> None:
    assign_activity(by=manager, team_of=manager, curriculum=mixer, due_on=soon())
    newcomer = make_person(manager=manager)
    follow_job_roles(newcomer)
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


@pytest.mark.parametrize("role", ["mixer", "employee"])
def test_undoing_leaves_whom_a_job_role_in_their_line_still_asks(
    asha: Person, manager: Person, hr: Person, roles: dict[str, JobRole], role: str,
    mixer: Curriculum, make_person: Make, make_position: Make,
    django_capture_on_commit_callbacks: Make,
) -> None:  # fmt: skip
    asked = mixer
    Curriculum.objects.filter(pk=mixer.pk).update(job_role=None)
    outside = make_person()
    for holder in (manager, asha, outside):
        make_position(holder, job_role=roles["mixer"])
    with django_capture_on_commit_callbacks(execute=True):
        row = assign_activity(by=hr, job_role=roles["employee"], curriculum=asked, due_on=soon())
        assign_activity(
            by=manager, job_role=roles[role], line_of=manager, curriculum=asked, due_on=soon()
        )
    with django_capture_on_commit_callbacks(execute=True):
        undo_assignment(row, by=hr)
    active = Enrolment.objects.active().filter(curriculum=asked)
    assert set(active.values_list("person", flat=True)) == {asha.pk}


def test_whoever_comes_into_the_line_with_the_job_role_is_enrolled(
    asha: Person, manager: Person, roles: dict[str, JobRole], mixer: Curriculum,
    make_person: Make, make_position: Make,
) -> None:  # fmt: skip
    asked = mixer
    Curriculum.objects.filter(pk=mixer.pk).update(job_role=None)
    assign_activity(
        by=manager, job_role=roles["mixer"], line_of=manager, curriculum=asked, due_on=soon()
    )
    newcomer, elsewhere = make_person(manager=asha), make_person()
    for person in (newcomer, elsewhere, manager):
        make_position(person, job_role=roles["mixer"])
        follow_job_roles(person)
    enrolled = Enrolment.objects.filter(curriculum=asked).values_list("person", flat=True)
    assert set(enrolled) == {newcomer.pk}


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


class TestJobRole:
    """A job role may reach everybody: enrolments are a job's work."""

    @pytest.fixture
    def mixers(
        self, roles: dict[str, JobRole], asha: Person, make_person: Make, make_position: Make
    ) -> list[Person]:
        """Three people who hold the role mixer; none follows its curriculum yet."""
        people = [make_person() for _ in range(3)]
        for person in people:
            make_position(person, job_role=roles["mixer"])
        return people

    @pytest.fixture
    def course(self, mixer: Curriculum) -> Curriculum:
        """A curriculum that no role brings."""
        Curriculum.objects.filter(pk=mixer.pk).update(job_role=None)
        return mixer

    def test_the_people_are_enrolled_by_a_job(
        self,
        hr: Person,
        roles: dict[str, JobRole],
        mixers: list[Person],
        course: Curriculum,
        django_capture_on_commit_callbacks: Make,
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            row = assign_activity(by=hr, job_role=roles["mixer"], curriculum=course, due_on=soon())
            assert not Enrolment.objects.filter(curriculum=course).exists()
            assert settling_job(row) is not None
        assert following(course) == {person.pk for person in mixers}
        job = Job.objects.get()
        assert (job.state, job.message, job.done) == ("done", "3 enrolments changed", 3)
        assert settling_job(row) is None

    def test_taking_it_back_ends_them_by_a_job(
        self,
        hr: Person,
        roles: dict[str, JobRole],
        mixers: list[Person],
        course: Curriculum,
        manager: Person,
        make_person: Make,
        django_capture_on_commit_callbacks: Make,
    ) -> None:
        begun, asked_by_name, in_a_team = mixers
        lead = make_person()
        Person.objects.filter(pk=in_a_team.pk).update(manager=lead)
        with django_capture_on_commit_callbacks(execute=True):
            row = assign_activity(by=hr, job_role=roles["mixer"], curriculum=course, due_on=soon())
        assign_activity(by=hr, person=asked_by_name, curriculum=course, due_on=soon())
        team = assign_activity(by=lead, team_of=lead, curriculum=course, due_on=soon())
        complete_lesson(begun, Lesson.objects.get(slug="M1.1"))
        with django_capture_on_commit_callbacks(execute=True):
            row = undo_assignment(row, by=hr)
            assert settling_job(row) is not None
        assert following(course) == {person.pk for person in mixers}
        undo_assignment(team, by=lead)
        assert following(course) == {begun.pk, asked_by_name.pk}

    def test_what_is_taken_back_before_the_job_ran_enrols_nobody(
        self,
        hr: Person,
        roles: dict[str, JobRole],
        mixers: list[Person],
        course: Curriculum,
        django_capture_on_commit_callbacks: Make,
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            row = assign_activity(by=hr, job_role=roles["mixer"], curriculum=course, due_on=soon())
            undo_assignment(row, by=hr)
        assert following(course) == set()

    def test_another_assignment_to_a_role_or_to_everybody_keeps_them(
        self,
        hr: Person,
        roles: dict[str, JobRole],
        mixers: list[Person],
        course: Curriculum,
        make_person: Make,
        django_capture_on_commit_callbacks: Make,
    ) -> None:
        colleague = make_person(groups=[Group.HR])
        with django_capture_on_commit_callbacks(execute=True):
            first, second, third = (
                assign_activity(by=by, job_role=roles[role], curriculum=course, due_on=soon())
                for by, role in ((hr, "mixer"), (colleague, "mixer"), (hr, "employee"))
            )
        for row, left in (
            (first, Person.objects.active().count()),
            (third, len(mixers)),
            (second, 0),
        ):
            with django_capture_on_commit_callbacks(execute=True):
                undo_assignment(row, by=hr)
            assert len(following(course)) == left

    def test_what_a_role_brings_meanwhile_does_not_end(
        self,
        hr: Person,
        roles: dict[str, JobRole],
        mixers: list[Person],
        course: Curriculum,
        django_capture_on_commit_callbacks: Make,
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            row = assign_activity(by=hr, job_role=roles["mixer"], curriculum=course, due_on=soon())
        Curriculum.objects.filter(pk=course.pk).update(job_role=roles["mixer"])
        with django_capture_on_commit_callbacks(execute=True):
            undo_assignment(row, by=hr)
        assert following(course) == {person.pk for person in mixers}

    def test_every_chunk_is_looked_at(
        self,
        hr: Person,
        roles: dict[str, JobRole],
        mixers: list[Person],
        course: Curriculum,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Make,
    ) -> None:
        monkeypatch.setattr("courses.services.assigned_enrolments.CHUNK", 2)
        with django_capture_on_commit_callbacks(execute=True):
            assign_activity(by=hr, job_role=roles["mixer"], curriculum=course, due_on=soon())
        assert following(course) == {person.pk for person in mixers}

    def test_asking_and_taking_back_cost_the_same_for_few_and_many(
        self,
        hr: Person,
        roles: dict[str, JobRole],
        mixers: list[Person],
        course: Curriculum,
        manager: Person,
        asha: Person,
        make_person: Make,
    ) -> None:
        def cost(newcomers: int) -> list[int]:
            for _ in range(newcomers):
                make_person(manager=manager)
            found = []
            for target in (
                {"team_of": manager},
                {"job_role": roles["employee"]},
                {"person": asha},
            ):
                with CaptureQueriesContext(connection) as asking:
                    row = assign_activity(by=hr, curriculum=course, due_on=soon(), **target)
                with CaptureQueriesContext(connection) as undoing:
                    undo_assignment(row, by=hr)
                found += [len(asking), len(undoing)]
            return found

        cost(1)
        few = cost(1)
        for _ in range(20):
            assign_activity(by=hr, person=make_person(), curriculum=course, due_on=soon())
        assert cost(40) == few


def following(curriculum: Curriculum) -> set[int]:
    rows = Enrolment.objects.active().filter(curriculum=curriculum)
    return set(rows.values_list("person_id", flat=True))
