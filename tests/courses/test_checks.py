"""The skill check: drawn, answered once, cooled down, and evidence when passed."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from django.db import connections

from accounts.models import Person
from courses.domain.parts import CoursesContent
from courses.exceptions import (
    AnswersInvalid,
    BankTooSmall,
    CheckClosed,
    CheckCoolingDown,
    NotSubmitted,
)
from courses.models import Item, ItemVersion, SkillCheck
from courses.services import checks as checks_module
from courses.services.checks import (
    check_paper,
    check_result,
    check_state,
    start_check,
    submit_check,
)
from courses.services.content import load_courses
from skills.enums import AiCondition
from skills.exceptions import EntryRefused
from skills.models import Competency, Evidence, PolicyVersion, Skill
from skills.services.policy import publish_policy

Answers = Callable[[SkillCheck, int], list[int | None]]
START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def reading(framework: dict[str, Skill]) -> Skill:
    return framework["reading"]


def test_a_check_asks_eight_questions_of_all_topics_in_stored_order(
    asha: Person, reading: Skill
) -> None:
    check = start_check(asha, reading, rng=random.Random(7))
    assert len(check.questions) == 8
    assert len({question["version"] for question in check.questions}) == 8
    again = start_check(asha, reading, rng=random.Random(8))
    assert again.questions == check.questions
    paper = check_paper(check)
    assert [question.number for question in paper.questions] == list(range(1, 9))
    assert paper.pass_mark == 6


def test_only_evidence_items_of_the_skill_are_asked(asha: Person, reading: Skill) -> None:
    check = start_check(asha, reading)
    asked = Item.objects.filter(versions__in=[q["version"] for q in check.questions])
    assert set(asked.values_list("purpose", "skill__slug")) == {("evidence", "reading")}


def test_the_paper_shows_no_sign_of_the_key(asha: Person, reading: Skill) -> None:
    paper = check_paper(start_check(asha, reading))
    assert "Why" not in repr(paper)
    assert "correct" not in repr(paper)


def test_six_of_eight_right_shows_level_one(
    asha: Person, reading: Skill, answers_with: Answers
) -> None:
    check = start_check(asha, reading)
    check = submit_check(check, answers_with(check, 6))
    assert check.passed
    row = Evidence.objects.get()
    assert (row.kind.slug, row.level, row.top_level) == ("quiz", 1, 1)
    assert row.source == ["bank:reading"]
    assert row.detail["item_count"] == 8
    assert row.ai_condition == AiCondition.UNAIDED
    assert (row.origin_type, row.origin_uuid) == ("courses.skill-check", check.uuid)
    assert Competency.objects.get(person=asha, skill=reading).verified_level == 1
    assert (check.level_before, check.level_after) == (0, 1)
    result = check_result(check)
    assert result.moved
    assert result.evidence_uuid == row.uuid


def test_a_pass_shows_keys_and_rationales(
    asha: Person, reading: Skill, answers_with: Answers
) -> None:
    check = start_check(asha, reading)
    result = check_result(submit_check(check, answers_with(check, 7)))
    assert [question.is_right for question in result.questions] == [True] * 7 + [False]
    wrong = result.questions[-1]
    assert [option.is_key for option in wrong.options].count(True) == 1
    assert [option.is_chosen for option in wrong.options].count(True) == 1
    assert all(option.rationale for option in wrong.options)
    shown = [option.text for option in wrong.options]
    assert tuple(shown) == check_paper(check).questions[-1].options


def test_a_failed_check_writes_no_evidence_and_shows_only_the_topics_missed(
    asha: Person, reading: Skill, answers_with: Answers
) -> None:
    check = start_check(asha, reading)
    result = check_result(submit_check(check, answers_with(check, 5)))
    assert not result.passed
    assert (result.right, result.total) == (5, 8)
    assert result.questions == ()
    assert result.topics_missed
    assert all(topic.startswith("Topic") for topic in result.topics_missed)
    assert "Why" not in repr(result)
    assert not Evidence.objects.exists()
    assert not Competency.objects.exists()
    assert not result.moved


def test_unanswered_questions_count_as_wrong(
    asha: Person, reading: Skill, answers_with: Answers
) -> None:
    check = start_check(asha, reading)
    answers = answers_with(check, 8)
    answers[0] = None
    done = submit_check(check, answers[:6])
    assert (done.right, done.passed) == (5, False)
    assert done.answers is not None
    assert done.answers[0] is None
    assert done.answers[6:] == [None, None]


def test_submitting_twice_keeps_the_first_outcome(
    asha: Person, reading: Skill, answers_with: Answers
) -> None:
    check = start_check(asha, reading)
    first = submit_check(check, answers_with(check, 6))
    second = submit_check(check, answers_with(check, 0))
    assert check_result(second) == check_result(first)
    assert Evidence.objects.count() == 1


def test_after_a_failed_check_the_next_waits_for_a_day(
    asha: Person, reading: Skill, answers_with: Answers
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        check = start_check(asha, reading)
        check = submit_check(check, answers_with(check, 0))
        assert check_result(check).opens_at == START + timedelta(hours=24)
        clock.shift(timedelta(hours=23, minutes=59))
        with pytest.raises(CheckCoolingDown) as refused:
            start_check(asha, reading)
        assert refused.value.opens_at == START + timedelta(hours=24)
        clock.shift(timedelta(minutes=1))
        assert start_check(asha, reading).pk != check.pk
        assert check_result(check).opens_at is None
        assert SkillCheck.objects.of(asha).count() == 2


def test_after_a_passed_check_the_next_waits_for_a_day_too(
    asha: Person, reading: Skill, answers_with: Answers
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        check = start_check(asha, reading)
        assert submit_check(check, answers_with(check, 8)).passed
        clock.shift(timedelta(hours=23, minutes=59))
        with pytest.raises(CheckCoolingDown):
            start_check(asha, reading)
        clock.shift(timedelta(minutes=1))
        assert start_check(asha, reading).pk != check.pk


def test_a_cool_down_in_one_skill_leaves_others_and_other_people_alone(
    asha: Person, framework: dict[str, Skill], make_person: Callable[..., Person]
) -> None:
    check = start_check(asha, framework["reading"])
    submit_check(check, [])
    start_check(asha, framework["writing"])
    start_check(make_person(), framework["reading"])


def test_a_skill_without_enough_items_has_no_check(
    asha: Person, framework: dict[str, Skill]
) -> None:
    with pytest.raises(BankTooSmall):
        start_check(asha, framework["mixing"])
    item = Item.objects.for_checks().filter(skill=framework["reading"])[0]
    item.is_active = False
    item.save()
    with pytest.raises(BankTooSmall) as refused:
        start_check(asha, framework["reading"])
    assert (refused.value.have, refused.value.need) == (15, 16)
    assert not check_state(asha, framework["reading"]).exists


def test_a_check_asks_nothing_beyond_the_level_it_shows(
    asha: Person, framework: dict[str, Skill]
) -> None:
    bank = Item.objects.for_checks().filter(skill=framework["reading"])
    ItemVersion.objects.filter(item__in=bank[:1]).update(level=2)
    with pytest.raises(BankTooSmall):
        start_check(asha, framework["reading"])
    assert not check_state(asha, framework["reading"]).exists


def test_a_check_begun_before_a_rewording_is_marked_by_what_was_asked(
    asha: Person, reading: Skill, answers_with: Answers, syllabus: CoursesContent
) -> None:
    check = start_check(asha, reading)
    answers = answers_with(check, 8)
    paper = check_paper(check)
    bank, other = syllabus.banks
    items = tuple(
        replace(item, stem=f"{item.stem} Again?", options=item.options[::-1]) for item in bank.items
    )
    load_courses(replace(syllabus, banks=(replace(bank, items=items), other)))
    assert check_paper(check) == paper
    assert submit_check(check, answers).right == 8


@pytest.mark.parametrize("answers", [[4], [0] * 9])
def test_answers_that_fit_no_question_are_refused_and_nothing_is_stored(
    asha: Person, reading: Skill, answers: list[int | None]
) -> None:
    check = start_check(asha, reading)
    with pytest.raises(AnswersInvalid):
        submit_check(check, answers)
    check.refresh_from_db()
    assert check.submitted_at is None


def test_there_is_no_result_before_the_check_is_handed_in(asha: Person, reading: Skill) -> None:
    with pytest.raises(NotSubmitted):
        check_result(start_check(asha, reading))


def test_a_check_whose_evidence_cannot_be_recorded_is_not_stored_either(
    asha: Person, reading: Skill, answers_with: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = start_check(asha, reading)

    def broken(**_: Any) -> None:
        raise RuntimeError("no ledger")

    monkeypatch.setattr(checks_module, "record_evidence", broken)
    with pytest.raises(RuntimeError, match="no ledger"):
        submit_check(check, answers_with(check, 8))
    check.refresh_from_db()
    assert check.submitted_at is None


def _at_once(*acts: Callable[[], object]) -> list[Any]:
    """Run the acts in threads that start together; return what each gave or raised."""
    barrier, results = Barrier(len(acts)), [None] * len(acts)

    def run(index: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[index] = act()  # type: ignore[call-overload]
        except Exception as error:
            results[index] = error  # type: ignore[call-overload]
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_one_check_handed_in_many_times_at_once_writes_one_ledger_row(
    asha: Person, reading: Skill, answers_with: Answers
) -> None:
    check = start_check(asha, reading)
    answers = answers_with(check, 8)
    results = _at_once(*[lambda: submit_check(check, answers)] * 6)
    assert all(isinstance(result, SkillCheck) and result.passed for result in results), results
    assert Evidence.objects.count() == 1
    assert len({result.evidence_uuid for result in results}) == 1


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_starts_at_once_give_one_check(asha: Person, reading: Skill) -> None:
    results = _at_once(*[lambda: start_check(asha, reading)] * 6)
    assert len({result.pk for result in results}) == 1
    assert SkillCheck.objects.count() == 1


def test_a_check_that_a_new_policy_outgrew_is_kept_and_drawn_anew(
    asha: Person, reading: Skill, answers_with: Answers
) -> None:
    old = start_check(asha, reading)
    document = PolicyVersion.objects.get().document
    publish_policy({**document, "version": "2", "params": {"skill_check_items": 9}})
    new = start_check(asha, reading)
    assert len(new.questions) == 9
    old.refresh_from_db()
    assert old.closed_at is not None
    assert check_state(asha, reading).opens_at is None  # what was closed starts no cool-down
    with pytest.raises(CheckClosed):
        submit_check(old, answers_with(old, 8))
    assert submit_check(new, answers_with(new, 9)).passed


def test_a_check_is_closed_only_where_another_is_drawn(asha: Person, reading: Skill) -> None:
    old = start_check(asha, reading)
    document = PolicyVersion.objects.get().document
    publish_policy({**document, "version": "2", "params": {"skill_check_items": 40}})
    with pytest.raises(BankTooSmall):
        start_check(asha, reading)
    old.refresh_from_db()
    assert old.closed_at is None


def test_refused_evidence_leaves_the_check_as_it_was(
    asha: Person, reading: Skill, answers_with: Answers
) -> None:
    check = start_check(asha, reading)
    document = PolicyVersion.objects.get().document
    publish_policy({**document, "version": "2", "params": {"skill_check_items": 9}})
    with pytest.raises(EntryRefused):
        submit_check(check, answers_with(check, 8))
    assert SkillCheck.objects.begun().get() == check
    assert not Evidence.objects.exists()
