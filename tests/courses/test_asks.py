"""What people were asked to do towards a skill, for a page of them: the same as on their paths."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import JobRole, Person
from courses.models import Assignment, Curriculum, Lesson, LessonPreparation, SkillCheck
from courses.services.asks import asks_towards
from courses.services.assignment_reach import assignments_for
from courses.services.assignments import assign_activity, undo_assignment
from courses.services.checks import start_check, submit_check
from courses.services.progress import complete_lesson
from skills.models import Skill
from tests.courses.pages import Make, SignIn, in_days, soon, text_of, url

SKILLS = ("reading", "writing", "mixing")


def asked(*people: Person) -> dict[tuple[str, str], str]:
    """By first name and skill what is shown."""
    names = {each.pk: each.name.split()[0] for each in people}
    found = asks_towards(SKILLS, names)
    return {(names[pk], skill): ask.lesson or "check" for (pk, skill), ask in found.items()}


def on_own_path(people: Iterable[Person]) -> set[tuple[int, str]]:
    """The person and skill of every lesson and check that the person's own path asks for."""
    found = set()
    for person in people:
        for each in assignments_for(person):
            if each.check_skill:
                found.add((person.pk, each.check_skill.slug))
            elif each.lesson:
                serves = LessonPreparation.objects.filter(lesson=each.lesson)
                found |= {(person.pk, row.skill.slug) for row in serves.select_related("skill")}
    return found


def test_everybody_reached_is_asked_and_nobody_else(
    people: dict[str, Person], roles: dict[str, JobRole], make_position: Make, make_person: Make
) -> None:
    asha, bo, manager, hr = (people[each] for each in ("owner", "colleague", "manager", "hr"))
    make_position(bo, job_role=roles["mixer"])
    make_position(people["stranger"], job_role=roles["mixer"])
    below = make_person("Deep Below", manager=asha)
    everybody = (asha, bo, below, manager, people["stranger"])
    reading, writing = (Skill.objects.get(slug=each) for each in ("reading", "writing"))
    lesson = Lesson.objects.get(slug="E2.1")
    asks: list[tuple[Person, dict[str, Any]]] = [
        (manager, {"person": asha, "check_skill": reading}),
        (manager, {"team_of": manager, "lesson": lesson}),
        (manager, {"job_role": roles["mixer"], "line_of": manager, "check_skill": writing}),
        (hr, {"job_role": roles["mixer"], "check_skill": reading}),
        (hr, {"job_role": roles["employee"], "lesson": lesson}),
    ]
    for by, what in asks:
        made = assign_activity(by=by, due_on=soon(), **what)
        found = set(asks_towards(SKILLS, [each.pk for each in everybody]))
        assert found == on_own_path(everybody), what
        assert found
        if what.get("job_role") != roles["employee"]:
            assert len(found) < len(everybody)
        undo_assignment(made, by=by)


def test_what_is_done_is_asked_no_longer(people: dict[str, Person], answers_with: Make) -> None:
    asha, by = people["owner"], people["manager"]
    lesson, reading = Lesson.objects.get(slug="E1.2"), Skill.objects.get(slug="reading")
    assign_activity(by=by, team_of=by, lesson=lesson, due_on=soon())
    assign_activity(by=by, person=asha, check_skill=reading, due_on=soon())
    shown = {("Asha", "writing"): "E1.2", ("Asha", "reading"): "check", ("Bo", "writing"): "E1.2"}
    assert asked(asha, people["colleague"]) == shown
    complete_lesson(asha, lesson)
    check = start_check(asha, reading)
    submit_check(check, answers_with(check, 8))
    assert asked(asha, people["colleague"]) == {("Bo", "writing"): "E1.2"}
    SkillCheck.objects.update(submitted_at=timezone.now() - timedelta(days=1))
    assert asked(asha) == {("Asha", "reading"): "check"}  # passed before it was asked for


def test_what_is_due_first_is_shown(people: dict[str, Person]) -> None:
    asha, by = people["owner"], people["manager"]
    writing = Skill.objects.get(slug="writing")
    lesson = Lesson.objects.get(slug="E2.1")
    assign_activity(by=by, person=asha, check_skill=writing, due_on=soon() + timedelta(days=1))
    first = assign_activity(by=by, person=asha, lesson=lesson, due_on=soon())
    assert asked(asha) == {("Asha", "writing"): "E2.1"}
    undo_assignment(first, by=by)
    assert asked(asha) == {("Asha", "writing"): "check"}


def test_a_curriculum_serves_no_single_gap(people: dict[str, Person]) -> None:
    curriculum = Curriculum.objects.get(slug="employee")
    by = people["manager"]
    assign_activity(by=by, team_of=by, curriculum=curriculum, due_on=soon())
    assert asked(people["owner"]) == {}


def test_the_queries_do_not_grow_with_people_or_asks(
    people: dict[str, Person], django_assert_num_queries: Any
) -> None:
    by, some = people["manager"], [each.pk for each in people.values()]
    with django_assert_num_queries(3):
        assert asks_towards(SKILLS, some) == {}
    assign_activity(by=by, team_of=by, lesson=Lesson.objects.get(slug="E1.2"), due_on=soon())
    with django_assert_num_queries(5):
        assert len(asks_towards(SKILLS, some[:1])) == 1
    assign_activity(by=by, team_of=by, check_skill=Skill.objects.get(slug="reading"), due_on=soon())
    with django_assert_num_queries(6):
        assert len(asks_towards(SKILLS, some)) == 4


def test_the_worklist_says_what_was_asked_and_assigning_comes_back_to_it(
    people: dict[str, Person], sign_in: SignIn
) -> None:
    manager = people["manager"]
    client = sign_in(manager)
    here = "/team/worklist/?domain=core&sort=name"
    page = text_of(client.get(here))
    assert "Asked:" not in page
    found = re.search(r'href="(/assignments/new/[?]person=[^"]*)"', page)
    assert found is not None
    address = found[1].replace("&amp;", "&")
    form = {
        "target": "person",
        "person": people["owner"].email,
        "activity": "lesson:E1.2",
        "due_on": in_days(7),
    }
    response = client.post(address, form)
    assert response["Location"] == here
    page = text_of(client.get(here))
    assert page.count("Asked: E1.2 by") == 1
    assert "(Mo Lind)" in page
    assert "overdue" not in page
    Assignment.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert ", overdue (Mo Lind)" in text_of(client.get(here))


def test_nobody_is_sent_to_a_form_that_refuses_them(
    people: dict[str, Person], sign_in: SignIn, make_person: Make
) -> None:
    """An auditor asks nobody; a manager left with inactive reports has nobody to ask."""
    team = f"/people/{people['manager'].uuid}/team/worklist/"
    assert "/assignments/new/" not in text_of(sign_in(people["auditor"]).get(team))
    assert "/assignments/new/" in text_of(sign_in(people["hr"]).get(team))
    Person.objects.filter(manager=people["manager"]).update(is_active=False)
    assert "/assignments/new/" not in text_of(sign_in(people["manager"]).get("/team/"))
    make_person("Deep Below", manager=people["owner"])  # nobody is in the team, one in the line
    page = text_of(sign_in(people["manager"]).get("/team/worklist/?scope=line"))
    assert "/assignments/new/?person=" in page
    assert "/assignments/new/?team=" not in page
    blank = sign_in(people["manager"]).get(url("assignment-create"))
    assert "team" not in blank.context["form"].initial


def test_whoever_has_a_line_may_ask_it_though_no_direct_report_is_left(
    people: dict[str, Person], make_person: Make, sign_in: SignIn
) -> None:
    below = make_person("Deep Below", manager=people["owner"])
    Person.objects.filter(manager=people["manager"]).update(is_active=False)
    page = sign_in(people["manager"]).get(url("assignment-create", person=below.uuid))
    assert page.status_code == 200
    assert "Deep Below" in text_of(page)
