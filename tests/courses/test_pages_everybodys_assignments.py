"""All assignments of the organisation, for HR and auditors."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.enums import ScopeKind
from accounts.models import Person, RecordAccess
from courses.models import Assignment, Curriculum, Lesson
from courses.services.assignments import assign_activity
from courses.services.progress import complete_lesson
from tests.courses.pages import Make, SignIn, text_of, url


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

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ({}, {"Lesson E1.2", "Lesson E2.1", "Mixers"}),
            ({"q": "mixers asha"}, {"Mixers"}),
            ({"q": "hanna"}, {"Lesson E2.1"}),
            ({"q": "audit"}, {"Lesson E1.2"}),
            ({"q": "audit\x00"}, {"Lesson E1.2", "Lesson E2.1", "Mixers"}),
            ({"due": "past"}, {"Lesson E1.2"}),
            ({"due": "coming"}, {"Lesson E2.1", "Mixers"}),
            ({"due": "nonsense"}, {"Lesson E1.2", "Lesson E2.1", "Mixers"}),
            ({"q": "zebra"}, set()),
        ],
    )
    def test_it_is_searched_and_filtered_by_the_address(
        self, people: dict[str, Person], sign_in: SignIn, query: dict[str, str], shown: set[str]
    ) -> None:
        soon = timezone.localdate() + timedelta(days=5)
        manager, asha = people["manager"], people["owner"]
        e12, e21 = (Lesson.objects.get(slug=slug) for slug in ("E1.2", "E2.1"))
        late = assign_activity(
            by=manager, person=people["colleague"], lesson=e12, due_on=soon, note="The audit"
        )
        Assignment.objects.filter(pk=late.pk).update(due_on=timezone.localdate() - timedelta(1))
        assign_activity(by=people["hr"], person=asha, lesson=e21, due_on=soon)
        mixers = Curriculum.objects.get(slug="mixer")
        assign_activity(by=manager, person=asha, curriculum=mixers, due_on=soon)
        page = text_of(sign_in(people["hr"]).get(url("assignment-list", **query)))
        titles = {"Lesson E1.2", "Lesson E2.1", "Mixers"}
        assert {title for title in titles if f">{title}</a>" in page} == shown
        assert ("Nothing matches" in page) is not bool(shown)

    def test_the_newest_can_come_first(self, people: dict[str, Person], sign_in: SignIn) -> None:
        today, manager = timezone.localdate(), people["manager"]
        for days, slug in ((9, "E1.2"), (5, "E2.1"), (7, "E1.1")):
            lesson = Lesson.objects.get(slug=slug)
            due = today + timedelta(days=days)
            assign_activity(by=manager, team_of=manager, lesson=lesson, due_on=due)

        def order(**query: str) -> list[str]:
            page = text_of(sign_in(manager).get(url("assignment-list", **query)))
            return re.findall(r">Lesson (E\d\.\d)</a>", page)

        assert order() == ["E2.1", "E1.1", "E1.2"]
        assert order(order="newest") == ["E1.1", "E2.1", "E1.2"]

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
        with django_assert_num_queries(8):
            client.get(url("assignment-list"))
        for number in range(25):
            manager = make_person(f"Manager {number}")
            assign_activity(
                by=manager,
                person=make_person(manager=manager),
                lesson=Lesson.objects.get(slug="E2.1"),
                due_on=timezone.localdate() + timedelta(days=9),
            )
        client.get(url("assignment-list"))
        with django_assert_num_queries(8):
            page = text_of(client.get(url("assignment-list")))
        assert "27 assignments, page 1 of 2" in page
