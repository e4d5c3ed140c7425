"""The practice quiz of a module: as often as you like, with full feedback, no evidence."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Person
from courses.domain.drawing import Question, shuffled
from courses.domain.scoring import options_chosen, score
from courses.exceptions import AnswersInvalid, NotOffered, NotSubmitted
from courses.models import Item, Module, QuizAttempt
from courses.services.papers import (
    AnsweredQuestion,
    PaperQuestion,
    answered_paper,
    paper,
    stored,
    versions_of,
)


@dataclass(frozen=True, slots=True)
class QuizPaper:
    attempt: UUID
    module: str
    module_title: str
    questions: tuple[PaperQuestion, ...]


@dataclass(frozen=True, slots=True)
class QuizResult:
    attempt: UUID
    module: str
    module_title: str
    right: int
    total: int
    submitted_at: datetime
    questions: tuple[AnsweredQuestion, ...]


def begun_quiz(person: Person, module: Module) -> QuizAttempt | None:
    """The attempt to go on with: not handed in, and of the questions as they are worded now."""
    begun = QuizAttempt.objects.filter(person=person, module=module, submitted_at=None).first()
    asked = set(_items_of(module).values_list("current_id", flat=True))
    if begun and {question["version"] for question in begun.questions} == asked:
        return begun
    return None


def _items_of(module: Module) -> QuerySet[Item]:
    return Item.objects.practice().filter(module=module, current__isnull=False)


def start_quiz(person: Person, module: Module, *, rng: random.Random | None = None) -> QuizAttempt:
    """Begin the quiz of a module with all its items, in random order; or go on with one begun.

    An attempt begun before an item was reworded is not taken up again. Raises NotOffered.
    """
    rng = rng or random.SystemRandom()
    versions = [item.current for item in _items_of(module).select_related("current")]
    if not versions or not module.is_active:
        raise NotOffered("This module has no quiz.")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)  # one attempt for two clicks
        if begun := begun_quiz(person, module):
            return begun
        questions = [
            Question(version.pk, shuffled(len(version.options), rng))
            for version in versions
            if version
        ]
        rng.shuffle(questions)
        return QuizAttempt.objects.create(
            person=person, module=module, questions=stored(questions), started_at=timezone.now()
        )


def quiz_paper(attempt: QuizAttempt) -> QuizPaper:
    """The questions of an attempt, without the keys."""
    return QuizPaper(
        attempt.uuid, attempt.module.slug, attempt.module.title, paper(attempt.questions)
    )


def submit_quiz(attempt: QuizAttempt, positions: Sequence[int | None]) -> QuizAttempt:
    """Score an attempt; `positions[i]` is the option position chosen, None not answered.

    Submitting twice keeps the first answers. Raises AnswersInvalid.
    """
    with transaction.atomic():
        attempt = QuizAttempt.objects.select_for_update().get(pk=attempt.pk)
        if attempt.submitted_at is not None:
            return attempt
        try:
            chosen = options_chosen([each["order"] for each in attempt.questions], positions)
        except ValueError as error:
            raise AnswersInvalid(str(error)) from error
        keys = [version.key for version in versions_of(attempt.questions)]
        attempt.answers = chosen
        attempt.right = score(keys, chosen).right
        attempt.submitted_at = timezone.now()
        attempt.save(update_fields=["answers", "right", "submitted_at"])
    return attempt


def quiz_result(attempt: QuizAttempt) -> QuizResult:
    """Full feedback: every answer, key and rationale. Raises NotSubmitted."""
    if attempt.submitted_at is None or attempt.answers is None:
        raise NotSubmitted
    questions = attempt.questions
    return QuizResult(
        attempt.uuid,
        attempt.module.slug,
        attempt.module.title,
        attempt.right or 0,
        len(questions),
        attempt.submitted_at,
        answered_paper(questions, attempt.answers, versions_of(questions)),
    )
