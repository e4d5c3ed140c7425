"""Practice quizzes with full feedback, and faults that readers report."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import Group
from accounts.models import Person
from courses.domain.parts import CoursesContent
from courses.enums import FaultState
from courses.exceptions import AnswersInvalid, FaultRefused, NotOffered, NotSubmitted
from courses.models import Lesson, Module, QuizAttempt
from courses.services.content import load_courses
from courses.services.faults import faults_in, faults_reported_by, report_fault, resolve_fault
from courses.services.quizzes import quiz_paper, quiz_result, start_quiz, submit_quiz
from skills.models import Evidence

Make = Callable[..., Any]


@pytest.fixture
def module(asha: Person) -> Module:
    return Module.objects.get(slug="E1")


@pytest.fixture
def lesson(asha: Person) -> Lesson:
    return Lesson.objects.get(slug="E1.1")


def test_a_quiz_asks_every_item_of_the_module(asha: Person, module: Module) -> None:
    attempt = start_quiz(asha, module)
    paper = quiz_paper(attempt)
    assert {question.stem for question in paper.questions} == {
        "Which of E1-i1?",
        "Which of E1-i2?",
    }
    assert start_quiz(asha, module) == attempt


def test_a_quiz_gives_full_feedback_and_no_evidence(asha: Person, module: Module) -> None:
    attempt = start_quiz(asha, module)
    order = attempt.questions[0]["order"]
    attempt = submit_quiz(attempt, [order.index(1)])
    result = quiz_result(attempt)
    assert (result.right, result.total) == (1, 2)
    right, skipped = result.questions
    assert (right.is_right, skipped.is_right, skipped.is_answered) == (True, False, False)
    assert skipped.rationale.startswith("Rationale of")
    assert [option.is_key for option in skipped.options].count(True) == 1
    assert not Evidence.objects.exists()


def test_a_quiz_can_be_taken_again_at_once(asha: Person, module: Module) -> None:
    first = submit_quiz(start_quiz(asha, module), [])
    assert submit_quiz(first, [0, 0]).right == 0
    assert start_quiz(asha, module) != first
    assert QuizAttempt.objects.count() == 2


def test_a_quiz_begun_before_a_rewording_is_begun_anew(
    asha: Person, module: Module, syllabus: CoursesContent
) -> None:
    first = start_quiz(asha, module)
    employee, mixer = syllabus.curricula
    one, two = employee.modules
    quiz = (replace(one.quiz[0], stem="Other?"), one.quiz[1])
    modules = (replace(one, quiz=quiz), two)
    load_courses(replace(syllabus, curricula=(replace(employee, modules=modules), mixer)))
    assert start_quiz(asha, module) != first
    assert "Which of E1-i1?" in {question.stem for question in quiz_paper(first).questions}


def test_a_quiz_refuses_what_does_not_fit(asha: Person, module: Module) -> None:
    attempt = start_quiz(asha, module)
    with pytest.raises(NotSubmitted):
        quiz_result(attempt)
    with pytest.raises(AnswersInvalid):
        submit_quiz(attempt, [9])
    module.is_active = False
    with pytest.raises(NotOffered):
        start_quiz(asha, module)


def test_a_reported_fault_reaches_the_authors_with_the_version_read(
    asha: Person, lesson: Lesson
) -> None:
    report = report_fault(asha, lesson, "  The sum is wrong.  ")
    assert report_fault(asha, lesson, "The sum is wrong.") == report
    (seen,) = faults_in(FaultState.OPEN)
    assert (seen.text, seen.version_id) == ("The sum is wrong.", lesson.current_id)


def test_an_author_answers_and_the_reporter_reads_the_answer(
    asha: Person, lesson: Lesson, make_person: Make
) -> None:
    author = make_person(groups=[Group.AUTHOR])
    report = report_fault(asha, lesson, "The sum is wrong.")
    other = report_fault(asha, lesson, "I do not like it.")
    resolve_fault(report, by=author, answer="Mended, thank you.")
    resolve_fault(other, by=author, answer="Matter of taste.", dismissed=True)
    answers = {row.text: (row.state, row.answer) for row in faults_reported_by(asha)}
    assert answers == {
        "The sum is wrong.": (FaultState.RESOLVED, "Mended, thank you."),
        "I do not like it.": (FaultState.DISMISSED, "Matter of taste."),
    }
    with pytest.raises(FaultRefused, match="already"):
        resolve_fault(report, by=author, answer="Again.")
    assert faults_in().count() == 2
    assert not faults_in(FaultState.OPEN).exists()


def test_open_reports_come_first_then_the_newest(
    asha: Person, lesson: Lesson, make_person: Make
) -> None:
    author = make_person(groups=[Group.AUTHOR])
    texts = ("Dismissed.", "Open.", "Mended.", "Open too.")
    made = {text: report_fault(asha, lesson, text) for text in texts}
    resolve_fault(made["Dismissed."], by=author, answer="No.", dismissed=True)
    resolve_fault(made["Mended."], by=author, answer="Yes.")
    found = [each.text for each in faults_in()]
    assert found == ["Open too.", "Open.", "Mended.", "Dismissed."]


def test_only_authors_answer_faults(asha: Person, lesson: Lesson, make_person: Make) -> None:
    report = report_fault(asha, lesson, "The sum is wrong.")
    assert asha.manager
    for by in (asha, asha.manager, make_person(groups=[Group.HR, Group.AUDITOR])):
        with pytest.raises(PermissionDenied):
            resolve_fault(report, by=by, answer="No.")


def test_reports_and_answers_need_words(asha: Person, lesson: Lesson, make_person: Make) -> None:
    for text in ("", "   ", "x" * 2001):
        with pytest.raises(FaultRefused):
            report_fault(asha, lesson, text)
    with pytest.raises(NotOffered):
        report_fault(asha, Lesson.objects.get(slug="E1.3"), "Where is it?")
    report = report_fault(asha, lesson, "The sum is wrong.")
    with pytest.raises(FaultRefused, match="Tell the reader"):
        resolve_fault(report, by=make_person(groups=[Group.AUTHOR]), answer=" ")
