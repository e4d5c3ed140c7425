"""Asking a job role, everywhere or in one reporting line, to do something by a day."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Group
from accounts.models import JobRole, Person
from courses.exceptions import AssignmentRefused
from courses.models import Curriculum, Enrolment, Lesson
from courses.services.assigned_enrolments import settling_job
from courses.services.assignment_reach import assignments_for, people_reached
from courses.services.assignments import (
    assign_activity,
    assigned_tasks,
    undo_assignment,
)
from courses.services.enrolment import follow_job_roles_of
from courses.services.progress import complete_lesson
from jobs.models import Job
from tests.courses.pages import Make, soon


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
        follow_job_roles_of([person.pk])
    enrolled = Enrolment.objects.filter(curriculum=asked).values_list("person", flat=True)
    assert set(enrolled) == {newcomer.pk}


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
