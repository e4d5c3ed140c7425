"""My path, catalogue, curricula, modules and lessons, tried by everybody who may come along."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from accounts.enums import Group
from accounts.models import JobRole, Person
from courses.domain.parts import CoursesContent
from courses.models import (
    Curriculum,
    Enrolment,
    FaultReport,
    Lesson,
    LessonImage,
    LessonProgress,
    Module,
)
from courses.services.assignments import assign_activity
from courses.services.checks import start_check, submit_check
from courses.services.content import load_courses
from courses.services.progress import complete_lesson, open_lesson
from skills.models import PolicyVersion, Skill
from tests.courses.pages import Make, SignIn, text_of, url

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)  # a Monday

READ_BY_EVERYBODY = (
    ("my-path", ()),
    ("catalogue", ()),
    ("curriculum-detail", ("employee",)),
    ("module-detail", ("E1",)),
    ("lesson-detail", ("E1.1",)),
    ("lesson-image", ("E1", "plan.svg")),
    ("quiz-detail", ("E1",)),
    ("skill-check", ("reading",)),
    ("fault-create", ("E1.1",)),
)
POSTED = (
    ("enrolment-create", ("mixer",)),
    ("enrolment-leave", ("employee",)),
    ("lesson-complete", ("E1.1",)),
    ("lesson-reopen", ("E1.1",)),
)


@pytest.fixture
def everybody(asha: Person, make_person: Make) -> dict[str, Person]:
    assert asha.manager is not None
    return {
        "owner": asha,
        "manager": asha.manager,
        "colleague": make_person(manager=asha.manager),
        "hr": make_person(groups=[Group.HR]),
        "author": make_person(groups=[Group.AUTHOR]),
        "stranger": make_person(),
    }


@pytest.fixture
def mine(asha: Person, sign_in: SignIn) -> Client:
    return sign_in(asha)


@pytest.mark.parametrize(("name", "args"), READ_BY_EVERYBODY)
@pytest.mark.parametrize("who", ["owner", "manager", "colleague", "hr", "author", "stranger"])
def test_what_is_taught_opens_to_everybody_signed_in(
    everybody: dict[str, Person], sign_in: SignIn, who: str, name: str, args: tuple[str, ...]
) -> None:
    assert sign_in(everybody[who]).get(url(name, *args)).status_code == 200


@pytest.mark.usefixtures("syllabus")
@pytest.mark.parametrize(("name", "args"), [*READ_BY_EVERYBODY, *POSTED])
def test_the_anonymous_are_sent_to_sign_in(
    client: Client, name: str, args: tuple[str, ...]
) -> None:
    send = client.post if (name, args) in POSTED else client.get
    response = send(url(name, *args))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(("name", "args"), POSTED)
def test_acts_are_posts(mine: Client, name: str, args: tuple[str, ...]) -> None:
    assert mine.get(url(name, *args)).status_code == 405


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "/lessons/%00/"),
        ("get", "/lessons/E1.1%00/"),
        ("get", "/lessons/E1%0A.1/"),
        ("post", "/lessons/E1%00/done/"),
        ("post", "/lessons/E1%00/not-done/"),
        ("get", "/lessons/E1%00/fault/"),
        ("post", "/lessons/E1%00/fault/"),
        ("get", "/modules/E1/images/%00"),
        ("get", "/modules/E1/images/plan%7F.svg"),
    ],
)
def test_an_address_with_a_control_character_leads_nowhere(
    mine: Client, method: str, address: str
) -> None:
    with pytest.raises(Resolver404):
        resolve(unquote(address))
    assert getattr(mine, method)(address).status_code == 404


def test_without_a_framework_the_path_says_so(make_person: Make, sign_in: SignIn) -> None:
    response = sign_in(make_person()).get(url("my-path"))
    assert response.status_code == 503
    assert "nothing to learn for yet" in text_of(response)


class TestMyPath:
    def test_it_starts_with_the_next_step_its_minutes_and_why(self, mine: Client) -> None:
        page = text_of(mine.get(url("my-path")))
        assert "Your next step, 20 min" in page
        assert "Lesson E1.1" in page
        assert "and Employee requires 1." in page
        assert ">blocking</button>" in page
        assert page.index("Your next step") < page.index("What you follow")

    def test_once_its_lesson_is_read_the_check_is_next(self, asha: Person, mine: Client) -> None:
        complete_lesson(asha, Lesson.objects.get(slug="E1.1"))
        page = text_of(mine.get(url("my-path")))
        assert "Skill check: Reading" in page
        assert url("skill-check", "reading") in page

    def test_a_lesson_begun_elsewhere_is_offered_beside_the_step(
        self, asha: Person, mine: Client
    ) -> None:
        assert "Continue where you left" not in text_of(mine.get(url("my-path")))
        open_lesson(asha, Lesson.objects.get(slug="E2.1"))
        page = text_of(mine.get(url("my-path")))
        assert "Continue where you left" in page

    def test_the_step_that_is_begun_is_offered_once(self, asha: Person, mine: Client) -> None:
        open_lesson(asha, Lesson.objects.get(slug="E1.1"))
        page = text_of(mine.get(url("my-path")))
        assert "Go on reading" in page
        assert "Continue where you left" not in page

    def test_progress_and_verified_levels_are_shown_apart(self, asha: Person, mine: Client) -> None:
        complete_lesson(asha, Lesson.objects.get(slug="E1.1"))
        page = text_of(mine.get(url("my-path")))
        assert "1 of 3 lessons read" in page
        assert "0 of 2 requirements met, 1 blocking" in page

    def test_done_lessons_fold_away_and_coming_ones_are_counted(
        self, asha: Person, mine: Client
    ) -> None:
        complete_lesson(asha, Lesson.objects.get(slug="E1.1"))
        page = text_of(mine.get(url("my-path")))
        folded = page.index('<details class="done-lessons">')
        assert page.index(url("lesson-detail", "E1.2")) < folded
        assert page.index(url("lesson-detail", "E1.1"), folded)
        assert "1 lesson is coming." in page

    def test_what_was_asked_shows_who_asked_why_and_when(self, asha: Person, mine: Client) -> None:
        assert asha.manager is not None
        assign_activity(
            by=asha.manager,
            person=asha,
            check_skill=Skill.objects.get(slug="reading"),
            due_on=timezone.localdate() + timedelta(days=3),
            note="Before the audit",
        )
        page = text_of(mine.get(url("my-path")))
        assert "Due soon" in page
        assert "Mo Lind asked you to do this. “Before the audit”" in page
        assert "(in 3 days)" in page

    def test_a_level_that_falls_soon_is_due(
        self, asha: Person, sign_in: SignIn, answers_with: Make
    ) -> None:
        with time_machine.travel(START) as clock:
            check = start_check(asha, Skill.objects.get(slug="reading"))
            submit_check(check, answers_with(check, 8))
            assert "Due soon" not in text_of(sign_in(asha).get(url("my-path")))
            clock.shift(timedelta(days=340))
            page = text_of(sign_in(asha).get(url("my-path")))
            assert "Your verified level 1 falls on this day" in page

    def test_when_nothing_is_left_it_says_what_is_missing(
        self, asha: Person, sign_in: SignIn, answers_with: Make
    ) -> None:
        with time_machine.travel(START):
            for lesson in Lesson.objects.published():
                complete_lesson(asha, lesson)
            for skill, right in (("reading", 3), ("writing", 8)):
                check = start_check(asha, Skill.objects.get(slug=skill))
                submit_check(check, answers_with(check, right))
            page = text_of(sign_in(asha).get(url("my-path")))
        assert "Nothing here can close a gap just now" in page
        assert "You can take the check again on Tuesday at 09:01." in page
        assert "Level 2 needs a contribution of at least 2" in page

    def test_with_every_requirement_met_there_is_no_step(
        self, asha: Person, mine: Client, roles: dict[str, JobRole], answers_with: Make
    ) -> None:
        roles["employee"].requirements.filter(skill__slug="writing").delete()
        check = start_check(asha, Skill.objects.get(slug="reading"))
        submit_check(check, answers_with(check, 8))
        assert "You meet everything that is required of you" in text_of(mine.get(url("my-path")))

    def test_a_curriculum_of_a_former_role_says_so(self, asha: Person, mine: Client) -> None:
        mixer = Curriculum.objects.get(slug="mixer")
        Enrolment.objects.create(person=asha, curriculum=mixer, origin="job_role")
        assert "Belonged to a job role you no longer hold" in text_of(mine.get(url("my-path")))

    def test_it_takes_at_most_twelve_queries(
        self,
        asha: Person,
        mine: Client,
        make_position: Make,
        roles: dict[str, JobRole],
        django_assert_max_num_queries: Any,
    ) -> None:
        make_position(asha, job_role=roles["mixer"])
        mine.get(url("my-path"))
        with django_assert_max_num_queries(12):
            mine.get(url("my-path"))


class TestCatalogue:
    def test_it_searches_and_filters_and_counts(self, mine: Client) -> None:
        page = text_of(mine.get(url("catalogue")))
        assert "2 curricula" in page
        assert "4 lessons" in page
        page = text_of(mine.get(url("catalogue", job_role="mixer")))
        assert "1 curriculum<" in page
        assert "1 lesson<" in page
        page = text_of(mine.get(url("catalogue", q="lesson e2.1")))
        assert "1 lesson<" in page
        assert 'value="lesson e2.1"' in page

    def test_a_skill_leads_to_its_lessons_and_its_check(self, mine: Client) -> None:
        page = text_of(mine.get(url("catalogue", skill="writing")))
        assert "There is a skill check for Writing" in page
        assert "2 lessons" in page
        assert '<option value="writing" selected>' in page
        assert "2 lessons" in text_of(mine.get(url("catalogue", q="writing")))

    def test_a_check_in_cool_down_says_when_it_opens(
        self, asha: Person, mine: Client, framework: Any, answers_with: Make
    ) -> None:
        check = start_check(asha, framework["writing"])
        submit_check(check, answers_with(check, 2))
        page = text_of(mine.get(url("catalogue", skill="writing")))
        assert "You can take it again on" in page
        assert "when you feel ready" not in page

    def test_a_skill_without_lessons_says_so(self, mine: Client, framework: Any) -> None:
        Lesson.objects.filter(slug="M1.1").update(is_active=False)
        page = text_of(mine.get(url("catalogue", skill="mixing")))
        assert "Nothing prepares for Mixing yet" in page

    def test_nothing_found_offers_the_way_out(self, mine: Client) -> None:
        page = text_of(mine.get(url("catalogue", q="zebra")))
        assert "Nothing matches" in page
        assert "Show everything" in page

    @pytest.mark.parametrize(
        "query", [{"minutes": "x"}, {"minutes": "-1"}, {"q": "a\x00b"}, {"page": "99"}]
    )
    def test_odd_addresses_are_answered(self, mine: Client, query: dict[str, str]) -> None:
        assert mine.get(url("catalogue", **query)).status_code == 200

    def test_what_was_read_can_be_left_out(self, asha: Person, mine: Client) -> None:
        complete_lesson(asha, Lesson.objects.get(slug="E1.1"))
        page = text_of(mine.get(url("catalogue", unread="on")))
        assert "3 lessons" in page

    def test_its_queries_do_not_grow_with_the_lessons(
        self, mine: Client, django_assert_num_queries: Any
    ) -> None:
        mine.get(url("catalogue"))
        with django_assert_num_queries(8):
            mine.get(url("catalogue"))
        lesson = Lesson.objects.get(slug="E2.1")
        version = lesson.current
        for number in range(2, 60):
            lesson.pk, lesson.uuid, lesson.slug = None, None, f"E2.{number}"  # type: ignore[assignment]
            lesson.uuid = Lesson._meta.get_field("uuid").get_default()
            lesson.position, lesson.current = number, version
            lesson.save()
        with django_assert_num_queries(8):
            page = text_of(mine.get(url("catalogue")))
        assert "62 lessons, page 1 of 4" in page


class TestFollowing:
    def test_a_curriculum_is_followed_and_left_by_choice(self, asha: Person, mine: Client) -> None:
        back = url("catalogue", q="mix")
        response = mine.post(url("enrolment-create", "mixer"), {"next": back})
        assert response["Location"] == back
        assert Enrolment.objects.active().filter(person=asha, curriculum__slug="mixer").exists()
        asked = mine.post(url("enrolment-leave", "mixer"))
        assert "Leave Mixers?" in text_of(asked)
        assert Enrolment.objects.active().filter(person=asha, curriculum__slug="mixer").exists()
        mine.post(url("enrolment-leave", "mixer"), {"confirmed": "yes"})
        assert not Enrolment.objects.active().filter(person=asha, curriculum__slug="mixer").exists()

    def test_nobody_is_sent_to_another_site(self, mine: Client) -> None:
        response = mine.post(url("enrolment-create", "mixer"), {"next": "https://evil.example/"})
        assert response["Location"] == url("curriculum-detail", "mixer")

    def test_the_curriculum_of_a_role_held_cannot_be_left(self, asha: Person, mine: Client) -> None:
        page = text_of(mine.get(url("curriculum-detail", "employee")))
        assert url("enrolment-leave", "employee") not in page
        response = mine.post(url("enrolment-leave", "employee"), {"confirmed": "yes"}, follow=True)
        assert "belongs to your job role" in text_of(response)
        assert Enrolment.objects.active().filter(person=asha, curriculum__slug="employee").exists()

    def test_a_withdrawn_curriculum_is_not_found(self, mine: Client) -> None:
        Curriculum.objects.filter(slug="mixer").update(is_active=False)
        assert mine.get(url("curriculum-detail", "mixer")).status_code == 404
        assert mine.post(url("enrolment-create", "mixer")).status_code == 404


class TestModule:
    def test_it_shows_lessons_quiz_task_and_what_the_task_assesses(self, mine: Client) -> None:
        page = text_of(mine.get(url("module-detail", "E1")))
        assert "2 lessons, 1 more coming" in page
        assert "It is practice and moves no level." in page
        assert "Practical task: Do it" in page
        assert "Writing</a>, up to level 2 Practising" in page
        assert "Handing in this task is not available here yet: your assessor records it." in page

    def test_a_withdrawn_module_is_not_found(self, mine: Client) -> None:
        Module.objects.filter(slug="M1").update(is_active=False)
        response = mine.get(url("module-detail", "M1"))
        assert response.status_code == 404
        assert "no longer offered" in text_of(response)


class TestLesson:
    def test_it_shows_text_outline_minutes_skills_and_neighbours(self, mine: Client) -> None:
        page = text_of(mine.get(url("lesson-detail", "E1.1")))
        assert '<h2 id="start">Start</h2>' in page
        assert '<a href="#end">End</a>' in page
        assert "20 min, 5 of them to try it yourself" in page
        assert reverse("skills:skill-detail", args=["reading"]) in page
        assert f'rel="next" href="{url("lesson-detail", "E1.2")}"' in page
        assert 'rel="prev"' not in page
        assert url("lesson-image", "E1", "plan.svg") in page

    def test_sources_carry_the_day_they_were_checked(
        self, asha: Person, mine: Client, content: CoursesContent, with_lesson: Make
    ) -> None:
        sources = (("AI Act, Article 4", "2026-11-22"),)
        load_courses(with_lesson(content, "E1.1", sources=sources))
        page = text_of(mine.get(url("lesson-detail", "E1.1")))
        assert "AI Act, Article 4 <span" in page
        assert "checked on 22 November 2026" in page

    def test_opening_it_is_remembered_and_looking_ahead_is_not(
        self, asha: Person, mine: Client
    ) -> None:
        mine.head(url("lesson-detail", "E1.1"))
        assert not LessonProgress.objects.exists()
        mine.get(url("lesson-detail", "E1.1"))
        assert LessonProgress.objects.get().person == asha

    def test_it_is_marked_as_read_and_unmarked(self, asha: Person, mine: Client) -> None:
        response = mine.post(url("lesson-complete", "E1.1"), follow=True)
        assert "1 of 3 lessons of Everybody read" in text_of(response)
        assert LessonProgress.objects.get(person=asha).completed_at
        page = text_of(mine.post(url("lesson-reopen", "E1.1"), follow=True))
        assert "Mark as read" in page
        assert LessonProgress.objects.get(person=asha).completed_at is None

    def test_what_was_read_is_what_the_page_showed(
        self, asha: Person, mine: Client, syllabus: CoursesContent, with_lesson: Make
    ) -> None:
        page = text_of(mine.get(url("lesson-detail", "E1.1")))
        assert '<input type="hidden" name="version" value="1">' in page
        assert f"{url('fault-create', 'E1.1')}?version=1" in page
        load_courses(with_lesson(syllabus, "E1.1", body="## New\n\nOther."))
        page = text_of(mine.post(url("lesson-complete", "E1.1"), {"version": "1"}, follow=True))
        assert LessonProgress.objects.get(person=asha).version.number == 1
        assert "The text was edited since you read it" in page
        mine.post(url("fault-create", "E1.1"), {"version": "1", "text": "The sum is wrong."})
        assert FaultReport.objects.get().version.number == 1
        for number in ("2", "7", "x", "9" * 30):
            mine.post(url("lesson-complete", "E1.1"), {"version": number})
            assert LessonProgress.objects.get(person=asha).version.number == 2

    def test_after_the_last_lesson_of_a_module_its_quiz_is_offered(
        self, asha: Person, mine: Client
    ) -> None:
        page = text_of(mine.post(url("lesson-complete", "E1.2"), follow=True))
        assert "Try the module's quiz" not in page
        assert "My next step" in page
        page = text_of(mine.post(url("lesson-complete", "E1.1"), follow=True))
        assert "Try the module's quiz" in page

    def test_nobody_marks_anything_for_others(
        self, asha: Person, everybody: dict[str, Person], sign_in: SignIn
    ) -> None:
        sign_in(everybody["manager"]).post(url("lesson-complete", "E1.1"))
        assert not LessonProgress.objects.filter(person=asha).exists()

    def test_an_edited_text_keeps_the_progress_and_says_so(
        self, asha: Person, mine: Client, content: CoursesContent, with_lesson: Make
    ) -> None:
        complete_lesson(asha, Lesson.objects.get(slug="E1.2"))
        load_courses(with_lesson(content, "E1.2", body="## New\n\nAnother text."))
        page = text_of(mine.get(url("lesson-detail", "E1.2")))
        assert "The text was edited since you read it; your progress stays." in page
        assert "1 of 3 lessons read" in text_of(mine.get(url("my-path")))

    @pytest.mark.parametrize("slug", ["E1.3", "nonsense"])
    def test_a_lesson_without_a_text_is_not_found_with_a_way_on(
        self, mine: Client, slug: str
    ) -> None:
        response = mine.get(url("lesson-detail", slug))
        assert response.status_code == 404
        assert url("my-path") in text_of(response)
        assert mine.post(url("lesson-complete", slug)).status_code == 404

    def test_the_last_lesson_of_a_module_leads_to_the_quiz(
        self, asha: Person, mine: Client
    ) -> None:
        complete_lesson(asha, Lesson.objects.get(slug="E2.1"))
        assert "Try the module's quiz" in text_of(mine.get(url("lesson-detail", "E2.1")))

    def test_its_queries_do_not_grow_with_the_module(
        self, mine: Client, django_assert_num_queries: Any
    ) -> None:
        mine.get(url("lesson-detail", "E1.1"))
        with django_assert_num_queries(14):
            mine.get(url("lesson-detail", "E1.1"))
        Lesson.objects.filter(slug="E1.3").update(
            current=Lesson.objects.get(slug="E1.2").current_id
        )
        with django_assert_num_queries(14):
            mine.get(url("lesson-detail", "E1.1"))


class TestImage:
    def test_it_comes_with_its_type_and_no_rights(self, mine: Client) -> None:
        response = mine.get(url("lesson-image", "E1", "plan.svg"))
        assert response.content == b"<svg/>"
        assert response["Content-Type"] == "image/svg+xml"
        assert response["X-Content-Type-Options"] == "nosniff"
        policy = response["Content-Security-Policy"]
        assert "sandbox" in policy
        assert "default-src 'none'" in policy
        assert "script" not in policy
        assert response["Cache-Control"] == "private, max-age=300"

    def test_it_is_not_sent_twice(self, mine: Client) -> None:
        address = url("lesson-image", "E1", "plan.svg")
        etag = mine.get(address)["ETag"]
        again = mine.get(address, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
        LessonImage.objects.update(digest="other")
        assert mine.get(address, headers={"If-None-Match": etag}).status_code == 200

    def test_an_unknown_one_is_not_found(self, mine: Client) -> None:
        assert mine.get(url("lesson-image", "E1", "none.svg")).status_code == 404


def test_an_unpublished_policy_stops_checks_with_words(mine: Client) -> None:
    PolicyVersion.objects.update(is_current=False)
    response = mine.get(url("skill-check", "reading"))
    assert response.status_code == 503
