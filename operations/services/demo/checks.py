"""Quizzes and skill checks as somebody would take them: some answers right, some wrong."""

import random
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from accounts.models import Person
from courses.exceptions import CheckCoolingDown
from courses.models import ItemVersion, Module, SkillCheck
from courses.services.check_facts import bank_size
from courses.services.checks import start_check, submit_check
from courses.services.quizzes import start_quiz, submit_quiz
from skills.models import Skill
from skills.services.policy import current_policy


class CheckTaker:
    """Answers papers; knows the keys as the database does."""

    @cached_property
    def _keys(self) -> dict[int, int]:
        return {version.pk: version.key for version in ItemVersion.objects.all()}

    @cached_property
    def _offered(self) -> set[str]:
        need = current_policy().params.skill_check_min_bank
        return {each.slug for each in Skill.objects.all() if bank_size(each) >= need}

    def offers(self, skill: Skill) -> bool:
        """Whether there is a check for the skill."""
        return skill.slug in self._offered

    def take(
        self, person: Person, skill: Skill, *, passed: bool, rng: random.Random
    ) -> SkillCheck | None:
        """Take a skill check with so much luck; None if the last one was too short ago."""
        try:
            check = start_check(person, skill, rng=rng)
        except CheckCoolingDown:
            return None
        total = len(check.questions)
        right = rng.randint(check.pass_mark, total) if passed else rng.randint(3, 5)
        return submit_check(check, self._answers(check.questions, right, rng))

    def practise(self, person: Person, module: Module, *, rng: random.Random) -> None:
        """Take the practice quiz of a module, with most answers right."""
        attempt = start_quiz(person, module, rng=rng)
        total = len(attempt.questions)
        submit_quiz(attempt, self._answers(attempt.questions, rng.randint(total // 2, total), rng))

    def _answers(
        self, questions: Sequence[dict[str, Any]], right: int, rng: random.Random
    ) -> list[int]:
        """For each question the position chosen: that of the key, or of another option."""
        hits = set(rng.sample(range(len(questions)), right))
        return [
            self._position(each, hit=number in hits, rng=rng)
            for number, each in enumerate(questions)
        ]

    def _position(self, question: dict[str, Any], *, hit: bool, rng: random.Random) -> int:
        order: list[int] = question["order"]
        key = order.index(self._keys[question["version"]])
        return key if hit else rng.choice([each for each in range(len(order)) if each != key])
