"""Who follows what, and since when."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import JobRole, Person
from accounts.services import (
    add_position,
    apply_people_file,
    create_person,
    end_position,
    move_person,
    reactivate_person,
)
from courses.domain.parts import CoursesContent
from courses.enums import EnrolmentOrigin
from courses.exceptions import EnrolmentRefused, NotOffered
from courses.models import Curriculum, Enrolment, Lesson
from courses.services.assignments import assign_activity
from courses.services.content import load_courses
from courses.services.enrolment import (
    enrol,
    follow_job_roles_of,
    leave,
    with_role_held,
)
from courses.services.progress import complete_lesson
from courses.tasks import follow_job_roles as nightly
from tests.courses.pages import soon

Make = Callable[..., Any]
PEOPLE_FILE = (
    "external_id,email,name,manager_external_id,unit_path,job_role,share,from,to,ai_access"
)


def followed(person: Person) -> set[str]:
    rows = Enrolment.objects.active().filter(person=person)
    return set(rows.values_list("curriculum__slug", flat=True))


def held(person: Person) -> dict[str, bool]:
    rows = with_role_held(Enrolment.objects.filter(person=person))
    return {row.curriculum.slug: row.role_held for row in rows.select_related("curriculum")}  # type: ignore[attr-defined]


def test_everybody_gets_the_baseline_and_a_role_brings_its_own(
    syllabus: CoursesContent, roles: dict[str, JobRole], make_person: Make, make_position: Make
) -> None:
    nobody, mixer, other = make_person(), make_person(), make_person()
    make_position(mixer, job_role=roles["mixer"])
    make_position(other)
    for person in (nobody, mixer, other):
        follow_job_roles_of([person.pk])
    assert followed(nobody) == {"employee"}
    assert followed(mixer) == {"employee", "mixer"}
    assert followed(other) == {"employee"}  # a role without a curriculum of its own


def test_enrolment_follows_when_accounts_says_that_positions_changed(
    syllabus: CoursesContent, roles: dict[str, JobRole], make_unit: Make
) -> None:
    person = create_person(email="new@example.org", name="New")
    assert followed(person) == {"employee"}
    add_position(person, unit=make_unit(), job_role=roles["mixer"], starts_on=timezone.localdate())
    assert followed(person) == {"employee", "mixer"}


@pytest.fixture
def team_course(syllabus: CoursesContent, make_person: Make) -> Person:
    """A manager whose team is asked to follow the mixers' curriculum."""
    manager: Person = make_person(external_id="M1")
    make_person(manager=manager)
    mixer = Curriculum.objects.get(slug="mixer")
    assign_activity(by=manager, team_of=manager, curriculum=mixer, due_on=timezone.localdate())
    return manager


def test_whoever_comes_into_a_team_follows_what_it_was_asked_to(
    team_course: Person, make_person: Make
) -> None:
    person = make_person(manager=make_person())
    move_person(person, manager=team_course)
    assert followed(person) == {"employee", "mixer"}


def test_whoever_comes_back_follows_what_came_meanwhile(
    team_course: Person, make_person: Make
) -> None:
    person = make_person(manager=team_course, is_active=False)
    assert followed(person) == set()
    reactivate_person(person)
    assert followed(person) == {"employee", "mixer"}


@pytest.mark.parametrize(
    ("manager", "is_active"), [("", True), ("M1", False)], ids=["moved", "returned"]
)
def test_an_import_that_moves_or_brings_back_a_person_enrols_them(
    team_course: Person, make_person: Make, make_position: Make, manager: str, is_active: bool
) -> None:
    above = team_course if manager else None
    person = make_person(
        "Asha", email="a@example.org", external_id="A1", manager=above, is_active=is_active
    )
    place = make_position(person)
    held = f"{place.unit.name},{place.job_role.slug},1,{place.starts_on},,yes"
    rows = f"{PEOPLE_FILE}\nA1,a@example.org,Asha,M1,{held}\n"
    apply_people_file(rows.encode())
    assert followed(person) == {"employee", "mixer"}


def test_an_enrolment_survives_a_change_of_role_and_is_marked(
    syllabus: CoursesContent, roles: dict[str, JobRole], make_person: Make, make_position: Make
) -> None:
    person = make_person()
    position = make_position(person, job_role=roles["mixer"])
    follow_job_roles_of([person.pk])
    complete_lesson(person, Lesson.objects.get(slug="M1.1"))
    assert held(person) == {"employee": True, "mixer": True}
    end_position(position, on=timezone.localdate() - timedelta(days=1))
    assert followed(person) == {"employee", "mixer"}
    assert held(person) == {"employee": True, "mixer": False}
    assert person.progress.get().completed_at is not None


def test_a_curriculum_that_appears_enrols_the_people_of_its_role(
    roles: dict[str, JobRole], content: CoursesContent, make_person: Make, make_position: Make
) -> None:
    person = make_person()
    make_position(person, job_role=roles["mixer"])
    gone = make_person(is_active=False)
    changes = load_courses(content)
    assert followed(person) == {"employee", "mixer"}
    assert followed(gone) == set()
    assert "2 enrolments by job role" in changes


def test_a_position_that_begins_later_brings_its_curriculum_on_that_day(
    syllabus: CoursesContent, roles: dict[str, JobRole], make_person: Make, make_position: Make
) -> None:
    person = make_person()
    make_position(person, job_role=roles["mixer"], starts_on=date(2030, 1, 10))
    with time_machine.travel("2030-01-09 12:00", tick=False):
        nightly()
        assert followed(person) == {"employee"}
    with time_machine.travel("2030-01-10 12:00", tick=False):
        nightly()
        assert followed(person) == {"employee", "mixer"}


def test_following_again_makes_nothing(asha: Person) -> None:
    assert follow_job_roles_of() == 1  # the manager, who had none
    assert follow_job_roles_of() == 0


def test_following_takes_as_many_queries_for_many_people_as_for_one(
    syllabus: CoursesContent, make_person: Make, django_assert_num_queries: Any
) -> None:
    one, many = [make_person().pk], [make_person().pk for _ in range(40)]
    for ids in (one, many):
        with django_assert_num_queries(9):
            follow_job_roles_of(ids)


def test_a_curriculum_can_be_chosen_and_left_and_chosen_again(asha: Person) -> None:
    mixer = Curriculum.objects.get(slug="mixer")
    enrol(asha, mixer)
    assert enrol(asha, mixer).origin == EnrolmentOrigin.CHOSEN
    assert followed(asha) == {"employee", "mixer"}
    leave(asha, mixer)
    assert followed(asha) == {"employee"}
    with pytest.raises(EnrolmentRefused, match="do not follow"):
        leave(asha, mixer)
    assert enrol(asha, mixer).left_at is None
    assert Enrolment.objects.filter(person=asha, curriculum=mixer).count() == 1


def test_a_curriculum_of_a_role_that_is_held_cannot_be_left(
    asha: Person, roles: dict[str, JobRole], make_position: Make
) -> None:
    mixer = Curriculum.objects.get(slug="mixer")
    position = make_position(asha, job_role=roles["mixer"])
    follow_job_roles_of([asha.pk])
    for slug in ("employee", "mixer"):
        with pytest.raises(EnrolmentRefused, match="belongs to your job role"):
            leave(asha, Curriculum.objects.get(slug=slug))
    position.ends_on = timezone.localdate() - timedelta(days=1)
    position.save()
    leave(asha, mixer)
    assert followed(asha) == {"employee"}


def test_a_role_takes_up_again_what_was_left(
    asha: Person, roles: dict[str, JobRole], make_position: Make
) -> None:
    mixer = Curriculum.objects.get(slug="mixer")
    enrol(asha, mixer)
    leave(asha, mixer)
    make_position(asha, job_role=roles["mixer"])
    assert follow_job_roles_of([asha.pk]) == 1
    enrolment = Enrolment.objects.get(person=asha, curriculum=mixer)
    assert (enrolment.left_at, enrolment.origin) == (None, EnrolmentOrigin.JOB_ROLE)


def test_what_was_left_is_not_taken_up_again_each_night_because_somebody_asked_for_it(
    asha: Person, manager: Person
) -> None:
    mixer = Curriculum.objects.get(slug="mixer")
    assign_activity(by=manager, person=asha, curriculum=mixer, due_on=soon())
    assert followed(asha) == {"employee", "mixer"}
    leave(asha, mixer)
    nightly()
    assert followed(asha) == {"employee"}
    assign_activity(by=manager, team_of=manager, curriculum=mixer, due_on=soon())
    assert followed(asha) == {"employee", "mixer"}  # asked anew


def test_the_night_enrols_nobody_who_has_gone(syllabus: CoursesContent, make_person: Make) -> None:
    gone = make_person(is_active=False)
    nightly()
    assert not Enrolment.objects.filter(person=gone).exists()
    follow_job_roles_of([gone.pk])
    assert not Enrolment.objects.filter(person=gone).exists()


def test_a_withdrawn_curriculum_cannot_be_chosen(asha: Person) -> None:
    mixer = Curriculum.objects.get(slug="mixer")
    mixer.is_active = False
    with pytest.raises(NotOffered):
        enrol(asha, mixer)
