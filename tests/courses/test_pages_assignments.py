"""Assigning, following up, and faults: pages for those who may, refused to the others."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import JobRole, Person, RecordAccess
from courses.models import Assignment, Curriculum, Enrolment, Lesson
from courses.services.assignment_progress import assignment_progress, people_asked
from courses.services.assignments import assign_activity
from courses.services.checks import start_check, submit_check
from courses.services.enrolment import follow_job_roles_of
from courses.services.progress import complete_lesson
from jobs.models import Job
from skills.models import Skill
from tests.courses.pages import Make, SignIn, in_days, text_of, url


@pytest.fixture
def form(asha: Person) -> dict[str, str]:
    return {
        "target": "person",
        "person": f"Asha Rao ({asha.email})",
        "activity": "lesson:E1.2",
        "due_on": in_days(7),
        "note": "Before the audit",
    }


@pytest.mark.parametrize("name", ["assignment-create", "assignment-people"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("manager", 200),
        ("head", 200),
        ("hr", 200),
        ("owner", 403),
        ("colleague", 403),
        ("auditor", 403),
        ("author", 403),
    ],
)
def test_assigning_is_for_those_who_lead_people_and_hr(
    people: dict[str, Person], sign_in: SignIn, who: str, status: int, name: str
) -> None:
    assert sign_in(people[who]).get(url(name)).status_code == status


@pytest.mark.parametrize(
    ("who", "status", "assigns"),
    [
        ("manager", 200, True),
        ("hr", 200, True),
        ("auditor", 200, False),
        ("owner", 403, False),
        ("colleague", 403, False),
        ("author", 403, False),
    ],
)
def test_the_list_opens_to_those_who_ask_and_to_auditors(
    people: dict[str, Person], sign_in: SignIn, who: str, status: int, assigns: bool
) -> None:
    response = sign_in(people[who]).get(url("assignment-list"))
    assert response.status_code == status
    assert (url("assignment-create") in text_of(response)) is assigns


@pytest.mark.usefixtures("syllabus")
@pytest.mark.parametrize(
    "name", ["assignment-create", "assignment-list", "assignment-people", "fault-list"]
)
def test_the_anonymous_are_sent_to_sign_in(client: Client, name: str) -> None:
    assert client.get(url(name)).status_code == 302


class TestCreate:
    def test_a_person_is_asked_and_sees_it(
        self, people: dict[str, Person], sign_in: SignIn, form: dict[str, str]
    ) -> None:
        response = sign_in(people["manager"]).post(url("assignment-create"), form)
        assert response["Location"] == url("assignment-list")
        made = Assignment.objects.get()
        assert (made.person, made.lesson, made.note) == (
            people["owner"],
            Lesson.objects.get(slug="E1.2"),
            "Before the audit",
        )
        assert "Mo Lind asked you" in text_of(sign_in(people["owner"]).get(url("my-path")))

    def test_a_team_and_a_curriculum(
        self, people: dict[str, Person], sign_in: SignIn, form: dict[str, str]
    ) -> None:
        sent = form | {"target": "team", "team": people["manager"].email}
        sign_in(people["manager"]).post(
            url("assignment-create"), sent | {"activity": "curriculum:mixer"}
        )
        made = Assignment.objects.get()
        assert (made.team_of, made.curriculum) == (
            people["manager"],
            Curriculum.objects.get(slug="mixer"),
        )

    def test_hr_asks_a_job_role_everywhere_and_a_manager_in_the_own_line(
        self, people: dict[str, Person], sign_in: SignIn, form: dict[str, str], make_position: Make
    ) -> None:
        mixer = JobRole.objects.get(slug="mixer")
        sent = form | {"target": "job_role", "job_role": "mixer", "activity": "check:reading"}
        create = url("assignment-create")
        sign_in(people["hr"]).post(create, sent)
        made = Assignment.objects.get()
        assert (made.job_role, made.line_of) == (mixer, None)
        assert made.check_skill == Skill.objects.get(slug="reading")
        assert sign_in(people["manager"]).post(create, sent).status_code == 422
        make_position(people["owner"], job_role=mixer)
        response = sign_in(people["manager"]).post(create, sent, follow=True)
        assert "Everybody in the job role Mixer in the line of Mo Lind: asked" in text_of(response)
        made = Assignment.objects.get(assigned_by=people["manager"])
        assert (made.job_role, made.line_of) == (mixer, people["manager"])
        page = text_of(sign_in(people["manager"]).get(url("assignment-detail", made.uuid)))
        assert "0 of 1 done." in page
        look = RecordAccess.objects.filter(what="Assignment").get()
        assert look.scope == "the whole line of Mo Lind, the job role Mixer"

    @pytest.mark.parametrize("text", ["Hanna", "Asha", "Head", ""])
    def test_a_team_one_may_not_ask_is_not_found(
        self, people: dict[str, Person], sign_in: SignIn, form: dict[str, str], text: str
    ) -> None:
        response = sign_in(people["manager"]).post(
            url("assignment-create"), form | {"target": "team", "team": text}
        )
        assert response.status_code == 422
        assert not Assignment.objects.exists()

    def test_a_curriculum_for_a_job_role_says_that_enrolments_follow(
        self,
        people: dict[str, Person],
        sign_in: SignIn,
        form: dict[str, str],
        django_capture_on_commit_callbacks: Make,
    ) -> None:
        sent = form | {"target": "job_role", "job_role": "employee"}
        client = sign_in(people["hr"])
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(
                url("assignment-create"), sent | {"activity": "curriculum:mixer"}, follow=True
            )
            assert "Their enrolments follow in the background." in text_of(response)
            made, job = Assignment.objects.get(), Job.objects.get()
            page = text_of(client.get(url("assignment-detail", made.uuid)))
            assert "Those who were asked are being enrolled" in page
            assert f"/jobs/{job.uuid}/" in page
        page = text_of(client.get(url("assignment-detail", made.uuid)))
        assert "being enrolled" not in page
        assert Enrolment.objects.filter(curriculum=made.curriculum).count() == len(people)
        response = client.post(url("assignment-undo", made.uuid), {"confirmed": "yes"}, follow=True)
        assert "taken back. Their enrolments follow" in text_of(response)
        page = text_of(client.get(url("assignment-detail", made.uuid)))
        assert "because of this, and has not begun, leaves it" in page

    def test_what_the_link_names_is_filled_in(
        self, people: dict[str, Person], sign_in: SignIn
    ) -> None:
        client = sign_in(people["manager"])
        address = url("assignment-create", person=people["owner"].uuid, skill="reading")
        page = text_of(client.get(address))
        assert f'value="Asha Rao ({people["owner"].email})"' in page
        assert '<option value="lesson:E1.1" selected>' in page
        assert page.count('value="lesson:E1.1"') == 1
        assert "Asha Rao: Reading" in page
        assert "None of 1 verified. Chosen below is what serves this gap next." in page
        page = text_of(client.get(url("assignment-create", curriculum="mixer")))
        assert '<option value="curriculum:mixer" selected>' in page
        assert f'value="Mo Lind ({people["manager"].email})"' in page
        page = text_of(client.get(url("assignment-create", team=people["manager"].uuid)))
        (team,) = re.findall(r'<input type="radio" name="target" value="team"[^>]*>', page)
        assert "checked" in team

    def test_what_serves_the_gap_next_is_chosen(
        self, people: dict[str, Person], sign_in: SignIn, answers_with: Make
    ) -> None:
        asha, client = people["owner"], sign_in(people["manager"])
        reading = url("assignment-create", person=asha.uuid, skill="reading")
        complete_lesson(asha, Lesson.objects.get(slug="E1.1"))
        assert '<option value="check:reading" selected>' in text_of(client.get(reading))
        check = start_check(asha, Skill.objects.get(slug="reading"))
        submit_check(check, answers_with(check, 2))  # that it was tried is Asha's alone
        assert '<option value="check:reading" selected>' in text_of(client.get(reading))
        writing = url("assignment-create", person=asha.uuid, skill="writing")
        for slug in ("E1.2", "E2.1"):
            assert f'<option value="lesson:{slug}" selected>' in text_of(client.get(writing))
            complete_lesson(asha, Lesson.objects.get(slug=slug))
        check = start_check(asha, Skill.objects.get(slug="writing"))
        submit_check(check, answers_with(check, 8))
        page = text_of(client.get(writing))
        assert "Verified 1 of 2. No lesson or check serves this gap just now." in page
        assert "Level 2 needs a contribution of at least 2" in page
        assert '<option value="" selected>' in page
        page = text_of(client.get(url("assignment-create", person=asha.uuid, skill="mixing")))
        assert "Asha Rao: Mixing" not in page

    def test_one_comes_back_to_where_one_was(
        self, people: dict[str, Person], sign_in: SignIn, form: dict[str, str]
    ) -> None:
        client, back = sign_in(people["manager"]), "/team/worklist/?domain=core"
        address = url("assignment-create", next=back)
        assert f'<a class="btn" href="{back}">Cancel</a>' in text_of(client.get(address))
        assert client.post(address, form)["Location"] == back
        elsewhere = url("assignment-create", next="https://example.org/")
        response = client.post(elsewhere, form | {"activity": "lesson:E2.1"})
        assert response["Location"] == url("assignment-list")

    @pytest.mark.parametrize("person", ["nonsense", "stranger"])
    def test_a_person_one_may_not_ask_is_not_filled_in(
        self, people: dict[str, Person], sign_in: SignIn, person: str
    ) -> None:
        given = people["stranger"].uuid if person == "stranger" else person
        page = text_of(sign_in(people["manager"]).get(url("assignment-create", person=given)))
        assert "Nobody Near" not in page

    @pytest.mark.parametrize("text", ["Nobody Near", "Hanna", "", "x\x00y"])
    def test_people_outside_the_line_are_not_found(
        self, people: dict[str, Person], sign_in: SignIn, form: dict[str, str], text: str
    ) -> None:
        response = sign_in(people["manager"]).post(
            url("assignment-create"), form | {"person": text}
        )
        assert response.status_code == 422
        assert not Assignment.objects.exists()

    def test_a_name_that_fits_two_asks_which(
        self, people: dict[str, Person], sign_in: SignIn, form: dict[str, str], make_person: Make
    ) -> None:
        make_person("Asha Other", manager=people["manager"])
        client = sign_in(people["manager"])
        response = client.post(url("assignment-create"), form | {"person": "asha"})
        assert "More than one person fits" in text_of(response)
        client.post(url("assignment-create"), form | {"person": "rao"})
        assert Assignment.objects.get().person == people["owner"]

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"due_on": "2020-01-01"}, "must not be in the past"),
            ({"due_on": ""}, "This field is required."),
            ({"activity": "lesson:E1.3"}, "Select a valid choice."),
            ({"activity": "check:mixing"}, "Select a valid choice."),
            ({"activity": "curriculum:none"}, "Select a valid choice."),
            ({"target": "team"}, "Write a name or an e-mail address."),
            ({"target": "job_role"}, "Choose whom you ask."),
            ({"note": "x" * 301}, "at most 300 characters"),
        ],
    )
    def test_errors_stand_at_the_field_and_in_the_summary_and_typing_is_kept(
        self,
        people: dict[str, Person],
        sign_in: SignIn,
        form: dict[str, str],
        change: dict[str, str],
        said: str,
    ) -> None:
        response = sign_in(people["manager"]).post(url("assignment-create"), form | change)
        page = text_of(response)
        assert response.status_code == 422
        assert page.count(said) == 2
        assert form["person"] in page
        assert not Assignment.objects.exists()

    def test_people_are_suggested_from_ones_own_line(
        self, people: dict[str, Person], sign_in: SignIn
    ) -> None:
        client = sign_in(people["manager"])
        found = text_of(client.get(url("assignment-people", person="Asha")))
        assert "Asha Rao" in found
        assert "option" not in text_of(client.get(url("assignment-people", person="Nobody")))
        assert "option" not in text_of(client.get(url("assignment-people", person="a")))
        assert "Mo Lind" in text_of(client.get(url("assignment-people", team="lind")))
        assert "option" not in text_of(client.get(url("assignment-people", team="Asha")))


class TestFollowingUp:
    @pytest.fixture
    def asked(self, people: dict[str, Person]) -> Assignment:
        for who in ("owner", "colleague"):
            follow_job_roles_of([people[who].pk])
        return assign_activity(
            by=people["manager"],
            team_of=people["manager"],
            lesson=Lesson.objects.get(slug="E1.2"),
            due_on=timezone.localdate(),
        )

    def test_it_counts_who_is_done_open_and_overdue(
        self, people: dict[str, Person], sign_in: SignIn, asked: Assignment
    ) -> None:
        complete_lesson(people["owner"], Lesson.objects.get(slug="E1.2"))
        client = sign_in(people["manager"])
        page = text_of(client.get(url("assignment-list")))
        assert "1 of 2 done" in page
        assert "1 open" in page
        Assignment.objects.update(due_on=timezone.localdate() - timedelta(days=1))
        assert "1 overdue" in text_of(client.get(url("assignment-list")))
        page = text_of(client.get(url("assignment-detail", asked.uuid, state="overdue")))
        assert "Bo Berg" in page
        assert "Asha Rao" not in page

    def test_curricula_and_checks_are_done_as_on_the_path(
        self, people: dict[str, Person], sign_in: SignIn, answers_with: Make, framework: Any
    ) -> None:
        asha, manager = people["owner"], people["manager"]
        due = timezone.localdate() + timedelta(days=5)
        whole = assign_activity(
            by=manager, person=asha, curriculum=Curriculum.objects.get(slug="mixer"), due_on=due
        )
        check = assign_activity(
            by=manager, person=asha, check_skill=framework["reading"], due_on=due
        )
        client = sign_in(manager)
        assert text_of(client.get(url("assignment-list"))).count("0 of 1 done") == 2
        complete_lesson(asha, Lesson.objects.get(slug="M1.1"))
        attempt = start_check(asha, framework["reading"])
        submit_check(attempt, answers_with(attempt, 8))
        for each in (whole, check):
            page = text_of(client.get(url("assignment-detail", each.uuid)))
            assert "1 of 1 done." in page

    def test_what_others_did_counts_for_nobody_who_was_asked(
        self,
        people: dict[str, Person],
        answers_with: Make,
        framework: Any,
    ) -> None:
        manager, stranger = people["manager"], people["stranger"]
        made = [
            assign_activity(by=manager, team_of=manager, due_on=timezone.localdate(), **activity)
            for activity in (
                {"curriculum": Curriculum.objects.get(slug="mixer")},
                {"lesson": Lesson.objects.get(slug="M1.1")},
                {"check_skill": framework["reading"]},
            )
        ]
        for person in (stranger, people["colleague"]):
            complete_lesson(person, Lesson.objects.get(slug="M1.1"))
            attempt = start_check(person, framework["reading"])
            submit_check(attempt, answers_with(attempt, 8))
        rows = assignment_progress(made, viewer=manager)
        assert [(row.done, row.open, row.total) for row in rows] == [(1, 1, 2)] * 3
        for asked in made:
            reached = people_asked(asked, viewer=manager)
            assert [each.task_state for each in reached] == ["open", "done"]  # type: ignore[attr-defined]

    def test_a_job_role_reaches_those_who_hold_it(
        self, people: dict[str, Person], sign_in: SignIn, roles: Any, make_position: Make
    ) -> None:
        make_position(people["owner"], job_role=roles["mixer"])
        lesson, due = Lesson.objects.get(slug="M1.1"), timezone.localdate()
        hr = people["hr"]
        mixers = assign_activity(by=hr, job_role=roles["mixer"], lesson=lesson, due_on=due)
        everybody = assign_activity(by=hr, job_role=roles["employee"], lesson=lesson, due_on=due)
        client = sign_in(hr)
        assert "0 of 1 done." in text_of(client.get(url("assignment-detail", mixers.uuid)))
        count = Person.objects.active().count()
        page = text_of(client.get(url("assignment-detail", everybody.uuid)))
        assert f"0 of {count} done." in page

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("manager", 200),
            ("hr", 200),
            ("auditor", 200),
            ("owner", 403),
            ("colleague", 403),
            ("head", 403),
            ("stranger", 403),
        ],
    )
    def test_who_did_it_is_open_to_those_who_may_ask(
        self,
        people: dict[str, Person],
        sign_in: SignIn,
        asked: Assignment,
        who: str,
        status: int,
    ) -> None:
        response = sign_in(people[who]).get(url("assignment-detail", asked.uuid))
        assert response.status_code == status
        assert RecordAccess.objects.filter(actor=people[who]).exists() is (status == 200)

    def test_people_who_left_the_line_are_no_longer_shown(
        self, people: dict[str, Person], sign_in: SignIn
    ) -> None:
        asked = assign_activity(
            by=people["hr"],
            person=people["owner"],
            lesson=Lesson.objects.get(slug="E1.2"),
            due_on=timezone.localdate(),
        )
        people["hr"].groups.clear()
        page = text_of(
            sign_in(Person.objects.get(pk=people["hr"].pk)).get(
                url("assignment-detail", asked.uuid)
            )
        )
        assert "Nobody is reached today" in page

    def test_what_was_withdrawn_says_so_and_can_be_taken_back(
        self, people: dict[str, Person], sign_in: SignIn, asked: Assignment
    ) -> None:
        Lesson.objects.filter(slug="E1.2").update(is_active=False)
        client = sign_in(people["manager"])
        page = text_of(client.get(url("assignment-list")))
        assert "Withdrawn" in page
        page = text_of(client.get(url("assignment-detail", asked.uuid)))
        assert "This is no longer offered" in page
        assert "Open the lesson" not in page
        assert url("assignment-undo", asked.uuid) in page

    def test_it_is_taken_back_after_asking(
        self, people: dict[str, Person], sign_in: SignIn, asked: Assignment
    ) -> None:
        client = sign_in(people["manager"])
        assert "Take this back?" in text_of(client.post(url("assignment-undo", asked.uuid)))
        assert Assignment.objects.open().exists()
        client.post(url("assignment-undo", asked.uuid), {"confirmed": "yes"})
        assert not Assignment.objects.open().exists()
        assert "You have not asked for anything" in text_of(client.get(url("assignment-list")))
        page = text_of(client.get(url("assignment-detail", asked.uuid)))
        assert "This was taken back" in page

    @pytest.mark.parametrize("who", ["owner", "colleague", "auditor", "stranger"])
    def test_others_take_nothing_back(
        self, people: dict[str, Person], sign_in: SignIn, asked: Assignment, who: str
    ) -> None:
        response = sign_in(people[who]).post(
            url("assignment-undo", asked.uuid), {"confirmed": "yes"}
        )
        assert response.status_code == 403
        assert Assignment.objects.open().exists()

    def test_its_queries_do_not_grow(
        self,
        people: dict[str, Person],
        sign_in: SignIn,
        asked: Assignment,
        make_person: Make,
        django_assert_num_queries: Any,
    ) -> None:
        client = sign_in(people["manager"])
        client.get(url("assignment-list"))
        with django_assert_num_queries(8):
            client.get(url("assignment-list"))
        for _ in range(9):
            make_person(manager=people["manager"])
        for slug in ("E1.1", "E2.1"):
            assign_activity(
                by=people["manager"],
                person=people["owner"],
                lesson=Lesson.objects.get(slug=slug),
                due_on=timezone.localdate(),
            )
        client.get(url("assignment-list"))
        with django_assert_num_queries(8):
            client.get(url("assignment-list"))
