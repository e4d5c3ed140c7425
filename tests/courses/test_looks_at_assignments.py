"""Whoever was looked at with an assignment can see it, and nobody else is told so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Group
from accounts.models import JobRole, Person, RecordAccess
from courses.models import Assignment, Curriculum, Lesson
from courses.services.assignments import assign_activity
from courses.services.enrolment import enrol

Make = Callable[..., Any]
SignIn = Callable[[Person], Client]


@pytest.fixture
def people(
    asha: Person, make_person: Make, make_position: Make, roles: dict[str, JobRole]
) -> dict[str, Person]:
    """Asha and Bo report to Mo, and Bo is a mixer; somebody else reports to nobody."""
    assert asha.manager is not None
    bo = make_person("Bo", manager=asha.manager)
    make_position(bo, job_role=roles["mixer"])
    hr = make_person("Hanna Resources", groups=[Group.HR])
    return {"asha": asha, "bo": bo, "mo": asha.manager, "else": make_person("Else"), "hr": hr}


def ask(by: Person, slug: str = "E1.2", **whom: Any) -> Assignment:
    lesson = Lesson.objects.get(slug=slug)
    due = timezone.localdate() + timedelta(days=3)
    return assign_activity(by=by, lesson=lesson, due_on=due, **whom)


def told(people: dict[str, Person]) -> set[str]:
    """The people who can see a look at them."""
    return {
        name
        for name, person in people.items()
        if RecordAccess.objects.covering(person, since=person.date_joined).exists()
    }


def test_assignments_looked_at_in_the_admin_tell_the_people_they_reach(
    people: dict[str, Person], sign_in: SignIn, make_person: Make
) -> None:
    admin = sign_in(make_person(is_staff=True, is_superuser=True))
    asked = {"asha": ask(people["mo"], person=people["asha"])}
    asked["bo"] = ask(people["mo"], "E1.1", person=people["bo"])
    address = reverse("admin:courses_assignment_change", args=[asked["bo"].pk])
    assert admin.get(address).status_code == 200
    assert told(people) == {"bo"}
    assert RecordAccess.objects.get().what == "Assignment (administration)"
    admin.get(reverse("admin:courses_assignment_changelist"), {"q": "asha"})
    assert told(people) == {"asha", "bo"}
    admin.get(reverse("admin:courses_assignment_changelist"))
    assert told(people) == set(people)


def test_a_team_assignment_in_the_admin_is_a_look_at_the_team(
    people: dict[str, Person], sign_in: SignIn, make_person: Make
) -> None:
    admin = sign_in(make_person(is_staff=True, is_superuser=True))
    row = ask(people["mo"], team_of=people["mo"])
    admin.get(reverse("admin:courses_assignment_change", args=[row.pk]))
    assert told(people) == {"asha", "bo"}


def test_enrolments_looked_at_in_the_admin_tell_their_people(
    people: dict[str, Person], sign_in: SignIn, make_person: Make
) -> None:
    admin = sign_in(make_person(is_staff=True, is_superuser=True))
    curriculum = Curriculum.objects.latest("pk")
    rows = {name: enrol(people[name], curriculum) for name in ("asha", "else")}
    address = reverse("admin:courses_enrolment_change", args=[rows["asha"].pk])
    assert admin.get(address).status_code == 200
    assert told(people) == {"asha"}
    admin.get(reverse("admin:courses_enrolment_changelist"), {"q": "else"})
    assert told(people) == {"asha", "else"}
    admin.get(reverse("admin:courses_enrolment_changelist"))
    assert told(people) == set(people)


def test_the_list_of_what_one_asked_tells_the_people_it_shows(
    people: dict[str, Person], sign_in: SignIn
) -> None:
    ask(people["mo"], person=people["asha"])
    ask(people["mo"], "E1.1", person=people["asha"])
    sign_in(people["mo"]).get(reverse("courses:assignment-list"))
    assert told(people) == {"asha"}
    assert RecordAccess.objects.get().what == "Assignments"
    ask(people["mo"], team_of=people["mo"])
    sign_in(people["mo"]).get(reverse("courses:assignment-list"))
    assert told(people) == {"asha", "bo"}


@pytest.mark.parametrize(
    ("whom", "covered"),
    [
        ({"person": "asha"}, {"asha"}),
        ({"team_of": "mo"}, {"asha", "bo"}),
        ({"job_role": "mixer"}, {"bo"}),
        ({"job_role": "employee"}, {"asha", "bo", "mo", "else"}),
    ],
)
def test_an_assignment_tells_those_it_reaches(
    people: dict[str, Person],
    roles: dict[str, JobRole],
    sign_in: SignIn,
    whom: dict[str, str],
    covered: set[str],
) -> None:
    given: Any = {key: roles.get(name) or people[name] for key, name in whom.items()}
    asked = ask(people["hr"], **given)
    sign_in(people["hr"]).get(reverse("courses:assignment-detail", args=[asked.uuid]))
    assert told(people) == covered


def test_what_reaches_nobody_is_no_look(
    people: dict[str, Person], roles: dict[str, JobRole], sign_in: SignIn
) -> None:
    asked = ask(people["hr"], team_of=people["mo"])
    Person.objects.filter(manager=people["mo"]).update(is_active=False)
    sign_in(people["hr"]).get(reverse("courses:assignment-detail", args=[asked.uuid]))
    assert not RecordAccess.objects.exists()
