"""Assigning, following up, and faults: pages for those who may, refused to the others."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Group, ScopeKind
from accounts.models import JobRole, Person, RecordAccess
from courses.enums import FaultState
from courses.models import Assignment, Curriculum, Enrolment, FaultReport, Lesson
from courses.services.assignment_progress import assignment_progress
from courses.services.assignments import assign_activity
from courses.services.checks import start_check, submit_check
from courses.services.enrolment import follow_job_roles
from courses.services.faults import report_fault, resolve_fault
from courses.services.progress import complete_lesson
from jobs.models import Job
from skills.models import Skill

Make = Callable[..., Any]
SignIn = Callable[[Person], Client]


def url(name: str, *args: object, **query: object) -> str:
    return reverse(f"courses:{name}", args=args, query=query or None)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


@pytest.fixture
def people(asha: Person, make_person: Make) -> dict[str, Person]:
    """Asha and Bo report to Mo; Head leads somebody else."""
    head = make_person("Head Hardy")
    manager = asha.manager
    assert manager is not None
    return {
        "owner": asha,
        "manager": manager,
        "colleague": make_person("Bo Berg", manager=manager),
        "head": head,
        "hr": make_person("Hanna Resources", groups=[Group.HR]),
        "auditor": make_person("Audra Auditor", groups=[Group.AUDITOR]),
        "author": make_person("Aude Author", groups=[Group.AUTHOR]),
        "stranger": make_person("Nobody Near", manager=head),
    }


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
        sent = form | {"target": "team", "team": str(people["manager"].uuid)}
        sign_in(people["manager"]).post(
            url("assignment-create"), sent | {"activity": "curriculum:mixer"}
        )
        made = Assignment.objects.get()
        assert (made.team_of, made.curriculum) == (
            people["manager"],
            Curriculum.objects.get(slug="mixer"),
        )

    def test_a_job_role_and_a_check_by_hr_only(
        self, people: dict[str, Person], sign_in: SignIn, form: dict[str, str]
    ) -> None:
        sent = form | {"target": "job_role", "job_role": "mixer", "activity": "check:reading"}
        refused = sign_in(people["manager"]).post(url("assignment-create"), sent)
        assert refused.status_code == 422
        assert not Assignment.objects.exists()
        sign_in(people["hr"]).post(url("assignment-create"), sent)
        made = Assignment.objects.get()
        assert made.job_role == JobRole.objects.get(slug="mixer")
        assert made.check_skill == Skill.objects.get(slug="reading")

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
        assert '<option value="check:reading" selected>' in page
        assert page.count('value="lesson:E1.1"') == 1
        page = text_of(client.get(url("assignment-create", curriculum="mixer")))
        assert '<option value="curriculum:mixer" selected>' in page

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
            ({"target": "team"}, "Choose whom you ask."),
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


class TestFollowingUp:
    @pytest.fixture
    def asked(self, people: dict[str, Person]) -> Assignment:
        for who in ("owner", "colleague"):
            follow_job_roles(people[who])
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

    @pytest.mark.parametrize("few", [0, 500])
    def test_what_others_did_counts_for_nobody_who_was_asked(
        self,
        people: dict[str, Person],
        answers_with: Make,
        framework: Any,
        few: int,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("courses.services.assignment_progress.FEW", few)
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
        assert [each.state for each in rows[0].people()] == ["open", "done"]

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
        with django_assert_num_queries(9):
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
        with django_assert_num_queries(9):
            client.get(url("assignment-list"))


class TestEverybodysAssignments:
    @pytest.fixture
    def two(self, people: dict[str, Person]) -> tuple[Assignment, Assignment]:
        """The manager asked Asha to read a lesson, HR asked the manager's team to read another."""
        first, second = Lesson.objects.filter(slug__in=("E1.1", "E1.2")).order_by("slug")
        due = timezone.localdate() + timedelta(days=3)
        return (
            assign_activity(by=people["manager"], person=people["owner"], lesson=first, due_on=due),
            assign_activity(by=people["hr"], team_of=people["manager"], lesson=second, due_on=due),
        )

    def test_hr_sees_who_asked_whom_for_what_and_how_far_they_are(
        self, people: dict[str, Person], sign_in: SignIn, two: tuple[Assignment, ...]
    ) -> None:
        complete_lesson(people["owner"], Lesson.objects.get(slug="E1.1"))
        page = text_of(sign_in(people["hr"]).get(url("assignment-list")))
        assert "Lesson E1.1" in page
        assert "asked by Mo Lind" in page
        assert "1 of 1 done" in page
        assert "0 of 2 done" in page

    def test_hr_switches_to_what_they_asked_themselves(
        self, people: dict[str, Person], sign_in: SignIn, two: tuple[Assignment, ...]
    ) -> None:
        client = sign_in(people["hr"])
        page = text_of(client.get(url("assignment-list", by="me")))
        assert "Lesson E1.2" in page
        assert "Lesson E1.1" not in page
        assert "asked by" not in page
        assert 'href="?by=me"' in text_of(client.get(url("assignment-list")))

    def test_a_manager_sees_their_own_only_and_no_switch(
        self, people: dict[str, Person], sign_in: SignIn, two: tuple[Assignment, ...]
    ) -> None:
        page = text_of(sign_in(people["manager"]).get(url("assignment-list")))
        assert "Lesson E1.1" in page
        assert "Lesson E1.2" not in page
        assert "by=me" not in page

    def test_an_auditor_sees_all_and_can_do_nothing(
        self, people: dict[str, Person], sign_in: SignIn, two: tuple[Assignment, ...]
    ) -> None:
        client = sign_in(people["auditor"])
        page = text_of(client.get(url("assignment-list", by="me")))
        assert "Lesson E1.1" in page
        assert "Lesson E1.2" in page
        assert "by=me" not in page
        page = text_of(client.get(url("assignment-detail", two[0].uuid)))
        assert "Take back" not in page
        assert client.get(url("assignment-create")).status_code == 403

    def test_hr_takes_back_what_another_asked_for(
        self, people: dict[str, Person], sign_in: SignIn, two: tuple[Assignment, ...]
    ) -> None:
        client = sign_in(people["hr"])
        assert "Take back" in text_of(client.get(url("assignment-detail", two[0].uuid)))
        client.post(url("assignment-undo", two[0].uuid), {"confirmed": "yes"})
        assert "Lesson E1.1" not in text_of(client.get(url("assignment-list")))

    @pytest.mark.parametrize("who", ["hr", "auditor"])
    def test_the_look_is_logged_once_and_covers_the_organisation(
        self, people: dict[str, Person], sign_in: SignIn, two: tuple[Assignment, ...], who: str
    ) -> None:
        sign_in(people[who]).get(url("assignment-list"))
        look = RecordAccess.objects.get()
        assert (look.actor, look.what) == (people[who], "Assignments")
        assert look.scope_kind == ScopeKind.ORGANISATION

    def test_a_look_at_an_empty_list_is_none(
        self, people: dict[str, Person], sign_in: SignIn
    ) -> None:
        page = text_of(sign_in(people["auditor"]).get(url("assignment-list")))
        assert "Nobody has been asked for anything" in page
        assert not RecordAccess.objects.exists()

    def test_its_queries_do_not_grow(
        self,
        people: dict[str, Person],
        sign_in: SignIn,
        two: tuple[Assignment, ...],
        make_person: Make,
        django_assert_num_queries: Any,
    ) -> None:
        client = sign_in(people["hr"])
        client.get(url("assignment-list"))
        with django_assert_num_queries(9):
            client.get(url("assignment-list"))
        for number in range(25):
            manager = make_person(f"Manager {number}")
            assign_activity(
                by=manager,
                person=make_person(manager=manager),
                lesson=Lesson.objects.get(slug="E2.1"),
                due_on=timezone.localdate() + timedelta(days=9),
            )
        with django_assert_num_queries(9):
            page = text_of(client.get(url("assignment-list")))
        assert "27 assignments, page 1 of 2" in page


class TestFaults:
    @pytest.fixture
    def report(self, asha: Person) -> FaultReport:
        return report_fault(asha, Lesson.objects.get(slug="E1.1"), "The sum is wrong.")

    def test_a_reader_reports_and_is_thanked(
        self, people: dict[str, Person], sign_in: SignIn
    ) -> None:
        client = sign_in(people["owner"])
        response = client.post(
            url("fault-create", "E1.1"), {"text": "The sum is wrong."}, follow=True
        )
        assert "Thank you." in text_of(response)
        assert "The sum is wrong.</p>" in text_of(response)
        assert "Not answered yet." in text_of(response)
        assert FaultReport.objects.get().reporter == people["owner"]

    @pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
    def test_an_empty_or_endless_report_is_refused_at_the_field(
        self, people: dict[str, Person], sign_in: SignIn, text: str
    ) -> None:
        response = sign_in(people["owner"]).post(url("fault-create", "E1.1"), {"text": text})
        assert response.status_code == 422
        assert "field-error" in text_of(response)
        assert not FaultReport.objects.exists()

    def test_nothing_is_reported_in_a_lesson_without_a_text(
        self, people: dict[str, Person], sign_in: SignIn
    ) -> None:
        assert sign_in(people["owner"]).get(url("fault-create", "E1.3")).status_code == 404

    @pytest.mark.parametrize("who", ["owner", "colleague", "manager", "hr", "stranger"])
    def test_only_authors_and_auditors_read_reports(
        self, people: dict[str, Person], sign_in: SignIn, report: FaultReport, who: str
    ) -> None:
        client = sign_in(people[who])
        assert client.get(url("fault-list")).status_code == 403
        assert client.get(url("fault-detail", report.uuid)).status_code == 403

    @pytest.mark.parametrize("who", ["owner", "manager", "hr", "auditor", "stranger"])
    def test_only_authors_answer_reports(
        self, people: dict[str, Person], sign_in: SignIn, report: FaultReport, who: str
    ) -> None:
        client = sign_in(people[who])
        for sent in ({"outcome": "resolved", "answer": "Done"}, {}):
            assert client.post(url("fault-detail", report.uuid), sent).status_code == 403
        assert FaultReport.objects.get().state == FaultState.OPEN

    def test_an_auditor_reads_reports_and_answers_without_a_form(
        self, people: dict[str, Person], sign_in: SignIn, report: FaultReport
    ) -> None:
        client = sign_in(people["auditor"])
        assert "The sum is wrong." in text_of(client.get(url("fault-list")))
        page = text_of(client.get(url("fault-detail", report.uuid)))
        assert "The sum is wrong." in page
        assert "No author has answered yet." in page
        assert "Send the answer" not in page
        resolve_fault(report, by=people["author"], answer="It is 7.")
        page = text_of(client.get(url("fault-detail", report.uuid)))
        assert "It is 7." in page

    def test_an_author_finds_and_answers_and_the_reader_sees_it(
        self, people: dict[str, Person], sign_in: SignIn, report: FaultReport
    ) -> None:
        client = sign_in(people["author"])
        assert "The sum is wrong." in text_of(client.get(url("fault-list")))
        assert "Nothing matches" in text_of(client.get(url("fault-list", q="zebra")))
        assert "The sum is wrong." in text_of(client.get(url("fault-list", q="e1.1 SUM")))
        client.post(
            url("fault-detail", report.uuid), {"outcome": "dismissed", "answer": "It adds up."}
        )
        assert "No report waits for an answer" in text_of(client.get(url("fault-list")))
        assert "Dismissed" in text_of(client.get(url("fault-list", state="all")))
        assert "It adds up." in text_of(client.get(url("fault-detail", report.uuid)))
        page = text_of(sign_in(people["owner"]).get(url("lesson-detail", "E1.1")))
        assert "It adds up." in page
        assert "Nothing was changed." in page
        page = text_of(sign_in(people["colleague"]).get(url("lesson-detail", "E1.1")))
        assert "It adds up." not in page

    def test_an_answer_needs_words_and_an_outcome_and_typing_is_kept(
        self, people: dict[str, Person], sign_in: SignIn, report: FaultReport
    ) -> None:
        client = sign_in(people["author"])
        address = url("fault-detail", report.uuid)
        response = client.post(address, {"answer": "Half an answer"})
        assert response.status_code == 422
        assert "Half an answer" in text_of(response)
        assert client.post(address, {"outcome": "resolved", "answer": " "}).status_code == 422
        assert FaultReport.objects.get().state == FaultState.OPEN

    def test_a_report_is_answered_once(
        self, people: dict[str, Person], sign_in: SignIn, report: FaultReport
    ) -> None:
        client = sign_in(people["author"])
        address = url("fault-detail", report.uuid)
        client.post(address, {"outcome": "resolved", "answer": "First"})
        response = client.post(address, {"outcome": "dismissed", "answer": "Second"})
        assert response.status_code == 422
        assert "answered already" in text_of(response)
        assert FaultReport.objects.get().answer == "First"

    def test_an_odd_state_means_open(
        self, people: dict[str, Person], sign_in: SignIn, report: FaultReport
    ) -> None:
        page = text_of(sign_in(people["author"]).get(url("fault-list", state="x", page="7")))
        assert "The sum is wrong." in page


class TestAdmin:
    MODELS = (
        "curriculum", "module", "lesson", "lessonimage", "practicaltask", "item", "enrolment",
        "assignment", "faultreport",
    )  # fmt: skip

    @pytest.mark.usefixtures("syllabus")
    @pytest.mark.parametrize("name", MODELS)
    def test_content_is_shown_and_not_changed(
        self, make_person: Make, sign_in: SignIn, name: str
    ) -> None:
        client = sign_in(make_person(is_staff=True, is_superuser=True))
        assert client.get(reverse(f"admin:courses_{name}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:courses_{name}_add")).status_code == 403

    @pytest.mark.usefixtures("syllabus")
    def test_a_lesson_and_an_item_open_read_only(self, make_person: Make, sign_in: SignIn) -> None:
        client = sign_in(make_person(is_staff=True, is_superuser=True))
        lesson = Lesson.objects.get(slug="E1.1")
        for name, pk in (
            ("lesson", lesson.pk),
            ("module", lesson.module_id),
            ("curriculum", lesson.module.curriculum_id),
            ("item", 1),
        ):
            address = reverse(f"admin:courses_{name}_change", args=[pk])
            response = client.get(address, follow=True)
            assert response.status_code == 200
            assert 'name="_save"' not in text_of(response)
            assert client.post(address, {"title": "x"}).status_code in (302, 403)
        assert Lesson.objects.get(slug="E1.1").title == "Lesson E1.1"
