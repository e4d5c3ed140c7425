"""Questions as they are shown and as they were answered, read from the stored versions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from courses.domain.drawing import Question
from courses.models import ItemVersion


@dataclass(frozen=True, slots=True)
class PaperQuestion:
    """A question to answer. `options[p]` is the text at position p; answers name positions."""

    number: int
    stem: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnsweredOption:
    text: str
    rationale: str
    is_key: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question with the answer given, the key and the rationales.

    `rationale` speaks of the whole question (practice items), each option's of that option.
    """

    number: int
    topic: str
    stem: str
    options: tuple[AnsweredOption, ...]
    rationale: str
    is_right: bool
    is_answered: bool


def stored(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """Drawn questions as an attempt keeps them."""
    return [{"version": each.version, "order": list(each.order)} for each in questions]


def versions_of(questions: Iterable[dict[str, Any]]) -> list[ItemVersion]:
    """The versions that were asked, in the order asked; one query."""
    ids = [question["version"] for question in questions]
    found = ItemVersion.objects.in_bulk(ids)
    return [found[pk] for pk in ids]


def paper(questions: list[dict[str, Any]]) -> tuple[PaperQuestion, ...]:
    """The questions to answer, without any sign of the keys; one query."""
    return tuple(
        PaperQuestion(
            number,
            version.stem,
            tuple(version.options[index]["text"] for index in question["order"]),
        )
        for number, (question, version) in enumerate(
            zip(questions, versions_of(questions), strict=True), start=1
        )
    )


def answered_paper(
    questions: list[dict[str, Any]], answers: list[int | None], versions: list[ItemVersion]
) -> tuple[AnsweredQuestion, ...]:
    """The questions with answers, keys and rationales, options in the order they were shown."""
    rows = zip(questions, answers, versions, strict=True)
    return tuple(
        AnsweredQuestion(
            number,
            version.topic,
            version.stem,
            tuple(
                AnsweredOption(
                    version.options[index]["text"],
                    version.options[index]["rationale"],
                    index == version.key,
                    index == answer,
                )
                for index in question["order"]
            ),
            version.rationale,
            answer == version.key,
            answer is not None,
        )
        for number, (question, answer, version) in enumerate(rows, start=1)
    )
