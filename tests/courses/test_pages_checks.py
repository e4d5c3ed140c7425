"""Quiz and skill check pages: answered once, keys shown only when they may be."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.enums import Group
from accounts.models import Person, RecordAccess
from courses.domain.parts import CoursesContent
from courses.models import Item, Module, QuizAttempt, SkillCheck
from courses.services.checks import start_check, submit_check
from courses.services.papers import versions_of
from skills.models import Competency, Evidence, PolicyVersion, Skill
from skills.services.policy import publish_policy
from tests.courses.pages import Make, SignIn, text_of, url

Positions = list[int | None]
START = datetime(2027, 3, 1, 14, 10, tzinfo=UTC)  # a Monday


def filled(positions: Positions) -> dict[str, str]:
    return {f"q{n}": str(place) for n, place in enumerate(positions, 1) if place is not None}


def ask_for(questions: int) -> None:
    """Publish a policy whose skill check has so many questions."""
    document = PolicyVersion.objects.get().document
    params = {**document["params"], "skill_check_items": questions}
    publish_policy({**document, "version": "longer checks", "params": params})


@pytest.fixture
def reading(framework: dict[str, Skill]) -> Skill:
    return framework["reading"]


@pytest.fixture
def mine(asha: Person, sign_in: SignIn) -> Client:
    return sign_in(asha)


@pytest.fixture
def take(asha: Person, reading: Skill, answers_with: Make) -> Callable[[int], SkillCheck]:
    """A submitted check with so many right answers."""

    def taken(right: int) -> SkillCheck:
        check = start_check(asha, reading)
        return submit_check(check, answers_with(check, right))

    return taken


def keys_and_rationales(check: SkillCheck) -> list[str]:
    return [
        text
        for version in versions_of(check.questions)
        for text in [version.options[version.key]["text"], version.stem]
        + [option["rationale"] for option in version.options]
    ]


class TestSkillCheck:
    def test_the_intro_says_what_it_shows_and_how_it_goes(self, mine: Client) -> None:
        page = text_of(mine.get(url("skill-check", "reading")))
        assert "8 questions, about 10 min" in page
        assert "level 1, Aware" in page
        assert "6 of 8 right" in page
        assert "without AI" in page
        assert "24 hours" in page
        assert not SkillCheck.objects.exists()

    def test_starting_shows_the_questions_without_the_keys(
        self, asha: Person, mine: Client
    ) -> None:
        page = text_of(mine.post(url("skill-check", "reading"), follow=True))
        check = SkillCheck.objects.get(person=asha)
        assert page.count('<fieldset class="question"') == 8
        assert "<legend>" in page
        for version in versions_of(check.questions):
            assert version.stem in page
            assert all(option["text"] in page for option in version.options)
            assert not any(option["rationale"] in page for option in version.options)
        assert "correct" not in page

    def test_an_open_check_goes_on_with_the_same_questions(
        self, asha: Person, mine: Client
    ) -> None:
        for _ in range(2):
            mine.post(url("skill-check", "reading"))
        assert SkillCheck.objects.count() == 1
        assert "Question 1 of 8" in text_of(mine.get(url("skill-check", "reading")))

    def test_open_questions_are_named_and_the_other_answers_kept(
        self, asha: Person, mine: Client, reading: Skill, answers_with: Make
    ) -> None:
        check = start_check(asha, reading)
        given: Positions = [*answers_with(check, 8)[:6], None, None]
        address = url("skill-check", "reading")
        response = mine.post(address, {"check": check.uuid, **filled(given)})
        page = text_of(response)
        assert response.status_code == 422
        assert "2 questions have no answer" in page
        assert '<a href="#question-7">Question 7</a>' in page
        assert page.count(" checked") == 6
        assert SkillCheck.objects.get().submitted_at is None
        sent = {"check": check.uuid, "confirmed": "yes", **filled(given)}
        assert mine.post(address, sent)["Location"] == url("check-result", check.uuid)
        assert SkillCheck.objects.get().right == 6

    def test_an_answer_that_was_not_offered_is_refused(
        self, asha: Person, mine: Client, reading: Skill
    ) -> None:
        check = start_check(asha, reading)
        sent = {"check": check.uuid, "confirmed": "yes", "q1": "9"}
        response = mine.post(url("skill-check", "reading"), sent)
        assert response.status_code == 422
        assert "Choose one of the answers shown." in text_of(response)
        assert SkillCheck.objects.get().submitted_at is None

    def test_handing_in_twice_gives_one_result_and_one_row(
        self, asha: Person, mine: Client, reading: Skill, answers_with: Make
    ) -> None:
        check = start_check(asha, reading)
        address = url("skill-check", "reading")
        right = {"check": check.uuid, **filled(answers_with(check, 8))}
        first = mine.post(address, right)
        second = mine.post(address, {"check": check.uuid, **filled(answers_with(check, 0))})
        assert first["Location"] == second["Location"] == url("check-result", check.uuid)
        assert SkillCheck.objects.get().right == 8
        assert Evidence.objects.count() == 1

    @pytest.mark.parametrize("uuid", ["nonsense", "00000000-0000-4000-8000-000000000000"])
    def test_answers_to_no_check_of_mine_are_not_found(self, mine: Client, uuid: str) -> None:
        assert mine.post(url("skill-check", "reading"), {"check": uuid}).status_code == 404

    def test_nobody_hands_in_for_another(
        self, asha: Person, reading: Skill, make_person: Make, sign_in: SignIn
    ) -> None:
        check = start_check(asha, reading)
        response = sign_in(make_person()).post(
            url("skill-check", "reading"), {"check": check.uuid, "confirmed": "yes"}
        )
        assert response.status_code == 404
        assert SkillCheck.objects.get().submitted_at is None

    def test_while_it_cools_down_it_says_until_when_and_starts_nothing(
        self, asha: Person, sign_in: SignIn, take: Any
    ) -> None:
        with time_machine.travel(START, tick=False) as clock:
            check = take(3)
            page = text_of(sign_in(asha).post(url("skill-check", "reading"), follow=True))
            assert "You can take this check again on Tuesday at 14:10." in page
            assert url("check-result", check.uuid) in page
            assert "Start the check" not in page
            assert SkillCheck.objects.count() == 1
            clock.shift(timedelta(hours=24))
            assert "Start the check" in text_of(sign_in(asha).get(url("skill-check", "reading")))

    @pytest.mark.usefixtures("syllabus")
    def test_a_skill_without_a_bank_says_so(self, mine: Client) -> None:
        page = text_of(mine.post(url("skill-check", "mixing"), follow=True))
        assert "There is no check for this skill yet." in page
        assert "Start the check" not in page
        Item.objects.filter(slug="reading-01").update(is_active=False)
        assert "No check for Reading" in text_of(mine.get(url("skill-check", "reading")))

    def test_an_unknown_skill_is_not_found(self, mine: Client) -> None:
        assert mine.get(url("skill-check", "juggling")).status_code == 404


class TestCheckResult:
    def test_a_pass_says_what_moved_and_shows_keys_and_reasons(
        self, asha: Person, mine: Client, take: Any
    ) -> None:
        check = take(7)
        page = text_of(mine.get(url("check-result", check.uuid)))
        assert "Your check was passed (7 of 8)" in page
        assert '<span class="moved-level">0</span>' in page
        assert "1 Aware</span>" in page
        assert "Your verified level moved because" in page
        assert reverse("skills:skill-detail", args=["reading"]) in page
        assert all(text in page for text in keys_and_rationales(check))
        assert page.count(">Right</span>") == 7

    def test_a_pass_that_moves_nothing_says_so(
        self, asha: Person, sign_in: SignIn, take: Any
    ) -> None:
        with time_machine.travel(START) as clock:
            take(8)
            clock.shift(timedelta(hours=25))
            page = text_of(sign_in(asha).get(url("check-result", take(8).uuid)))
        assert "stays at</span>" in page
        assert "so the level did not move" in page

    def test_a_fail_names_topics_and_the_next_time_only(
        self, asha: Person, sign_in: SignIn, take: Any
    ) -> None:
        with time_machine.travel(START, tick=False):
            check = take(5)
            html = sign_in(asha).get(url("check-result", check.uuid)).content.decode()
        page = " ".join(html.split())
        assert "Your check was not passed (5 of 8)" in page
        assert "You can try again on Tuesday at 14:10." in page
        missed = {version.topic for version in versions_of(check.questions)[5:]}
        assert all(f"<li>{topic}</li>" in page for topic in missed)
        assert ("Three topics to look" if len(missed) == 3 else "Two topics to look") in page
        assert not any(text in html for text in keys_and_rationales(check))
        assert "option" not in html.split("<main")[1].split("</main>")[0]
        assert not Evidence.objects.exists()

    def test_after_the_cool_down_the_result_offers_another_try(
        self, asha: Person, sign_in: SignIn, take: Any
    ) -> None:
        with time_machine.travel(START) as clock:
            check = take(5)
            clock.shift(timedelta(hours=25))
            page = text_of(sign_in(asha).get(url("check-result", check.uuid)))
        assert "You can try again now." in page

    @pytest.mark.parametrize("right", [5, 8])
    def test_auditors_see_it_as_the_person_does_and_the_person_sees_that(
        self, asha: Person, take: Any, make_person: Make, sign_in: SignIn, right: int
    ) -> None:
        check, auditor = take(right), make_person(groups=[Group.AUDITOR])
        page = text_of(sign_in(auditor).get(url("check-result", check.uuid)))
        said = "not passed (5 of 8)" if right == 5 else "passed (8 of 8)"
        assert f"The check of Asha Rao was {said}" in page
        assert "My next step" not in page
        secrets = keys_and_rationales(check)
        assert all(text in page for text in secrets) is (right == 8)
        assert any(text in page for text in secrets) is (right == 8)
        look = RecordAccess.objects.get()
        assert (look.actor, look.subject, look.what) == (auditor, asha, "Skill check")

    @pytest.mark.parametrize("who", ["manager", "colleague", "hr", "stranger"])
    @pytest.mark.parametrize("name", ["check-result", "skill-check-detail"])
    def test_to_everybody_else_it_does_not_exist(
        self, asha: Person, take: Any, make_person: Make, sign_in: SignIn, who: str, name: str
    ) -> None:
        viewer = asha.manager
        if who != "manager":
            groups = [Group.HR] if who == "hr" else []
            manager = asha.manager if who == "colleague" else None
            viewer = make_person(groups=groups, manager=manager)
        assert viewer is not None
        assert sign_in(viewer).get(url(name, take(8).uuid)).status_code == 404

    def test_the_anonymous_are_sent_to_sign_in(self, client: Client, take: Any) -> None:
        assert client.get(url("check-result", take(8).uuid)).status_code == 302

    def test_an_open_check_has_no_result(self, asha: Person, mine: Client, reading: Skill) -> None:
        check = start_check(asha, reading)
        assert mine.get(url("check-result", check.uuid)).status_code == 404

    def test_a_policy_that_asks_for_more_questions_strands_nobody(
        self, asha: Person, reading: Skill, mine: Client, answers_with: Make
    ) -> None:
        old = start_check(asha, reading)
        ask_for(9)
        page = text_of(mine.get(url("skill-check", "reading")))
        assert "The check you began has 8 questions, and 9 are asked for by now." in page
        sent = {"check": str(old.uuid), **filled(answers_with(old, 8))}
        page = text_of(mine.post(url("skill-check", "reading"), sent, follow=True))
        assert "Your answers could not be handed in. A skill check has 9 items." in page
        assert not Evidence.objects.exists()
        page = text_of(mine.post(url("skill-check", "reading"), follow=True))
        assert page.count('<fieldset class="question"') == 9
        page = text_of(mine.post(url("skill-check", "reading"), sent, follow=True))
        assert "This check was closed" in page
        assert mine.get(url("check-result", old.uuid)).status_code == 404
        kept = SkillCheck.objects.values_list("submitted_at", "right", "answers")
        assert list(kept) == [(None, None, None)] * 2

    def test_the_ledger_row_leads_here(self, asha: Person, take: Any) -> None:
        check = take(8)
        app, _, noun = Evidence.objects.get().origin_type.partition(".")
        assert reverse(f"{app}:{noun}-detail", args=[check.uuid]) == url("check-result", check.uuid)

    def test_its_queries_are_few(
        self, asha: Person, mine: Client, take: Any, django_assert_max_num_queries: Any
    ) -> None:
        check = take(8)
        mine.get(url("check-result", check.uuid))
        with django_assert_max_num_queries(8):
            mine.get(url("check-result", check.uuid))


@pytest.mark.usefixtures("syllabus")
class TestQuiz:
    def begin(self, mine: Client, asha: Person) -> QuizAttempt:
        mine.post(url("quiz-detail", "E1"))
        return QuizAttempt.objects.get(person=asha, submitted_at=None)

    def test_it_says_that_it_is_practice(self, mine: Client) -> None:
        page = text_of(mine.get(url("quiz-detail", "E1")))
        assert "Practice: it moves no level" in page
        assert not QuizAttempt.objects.exists()

    def test_it_gives_full_feedback_and_moves_nothing(self, asha: Person, mine: Client) -> None:
        attempt = self.begin(mine, asha)
        assert "2 questions. Practice" in text_of(mine.get(url("quiz-detail", "E1")))
        sent = {"attempt": attempt.uuid, "q1": "0", "q2": "1"}
        response = mine.post(url("quiz-detail", "E1"), sent)
        assert response["Location"] == url("quiz-result", attempt.uuid)
        page = text_of(mine.get(response["Location"]))
        for version in versions_of(attempt.questions):
            assert version.rationale in page
            assert all(option["rationale"] in page for option in version.options)
        assert page.count("Right answer") == 2
        assert "It moved no level." in page
        assert not Evidence.objects.exists()
        assert not Competency.objects.filter(verified_level__gt=0).exists()

    def test_what_was_begun_before_a_rewording_is_not_gone_on_with(
        self, asha: Person, mine: Client
    ) -> None:
        attempt = self.begin(mine, asha)
        item = Item.objects.get(slug="E1-i1")
        version = item.current
        assert version is not None
        version.pk, version.number, version.stem = None, 2, "Which, then?"
        version.save()
        Item.objects.filter(pk=item.pk).update(current=version)
        page = text_of(mine.get(url("quiz-detail", "E1")))
        assert "The questions were reworded since you began" in page
        mine.post(url("quiz-detail", "E1"))
        assert "Which, then?" in text_of(mine.get(url("quiz-detail", "E1")))
        sent = {"attempt": attempt.uuid, "q1": "0", "q2": "1"}  # the old page, still open
        assert mine.post(url("quiz-detail", "E1"), sent)["Location"].endswith(f"{attempt.uuid}/")

    def test_a_module_that_was_withdrawn_says_so(self, mine: Client) -> None:
        Module.objects.filter(slug="E1").update(is_active=False)
        response = mine.get(url("quiz-detail", "E1"))
        assert response.status_code == 404
        assert "This module is no longer offered." in text_of(response)

    def test_open_questions_are_asked_about_first(self, asha: Person, mine: Client) -> None:
        attempt = self.begin(mine, asha)
        response = mine.post(url("quiz-detail", "E1"), {"attempt": attempt.uuid, "q1": "2"})
        assert response.status_code == 422
        assert "1 question has no answer" in text_of(response)
        sent = {"attempt": attempt.uuid, "q1": "2", "confirmed": "yes"}
        page = text_of(mine.post(url("quiz-detail", "E1"), sent, follow=True))
        assert "Not answered" in page

    def test_it_can_be_taken_again_at_once(self, asha: Person, mine: Client) -> None:
        attempt = self.begin(mine, asha)
        mine.post(url("quiz-detail", "E1"), {"attempt": attempt.uuid, "confirmed": "yes"})
        assert "Last time" in text_of(mine.get(url("quiz-detail", "E1")))
        assert self.begin(mine, asha).uuid != attempt.uuid

    def test_results_are_for_the_person_alone(
        self, asha: Person, mine: Client, sign_in: SignIn
    ) -> None:
        attempt = self.begin(mine, asha)
        mine.post(url("quiz-detail", "E1"), {"attempt": attempt.uuid, "confirmed": "yes"})
        assert asha.manager is not None
        theirs = sign_in(asha.manager)
        assert theirs.get(url("quiz-result", attempt.uuid)).status_code == 404
        sent = {"attempt": attempt.uuid}
        assert theirs.post(url("quiz-detail", "E1"), sent).status_code == 404

    def test_a_module_without_items_says_so(self, mine: Client, syllabus: CoursesContent) -> None:
        Item.objects.filter(module__slug="E1").update(is_active=False)
        assert "This module has no quiz yet" in text_of(mine.get(url("quiz-detail", "E1")))
        assert mine.post(url("quiz-detail", "E1")).status_code == 404
        assert mine.get(url("quiz-detail", "Z9")).status_code == 404
