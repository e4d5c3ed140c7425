"""What changed between two versions, in words."""

from dataclasses import replace

import pytest

from courses.domain.edits import item_edit, text_edit
from courses.domain.parts import ItemText, OptionText

OPTIONS = tuple(OptionText(text, text == "a", f"why {text}") for text in "abcd")
ITEM = ItemText("i", "reading", 1, "Which?", OPTIONS, "Topic", "Because.")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("a\nb", "a\nc\nd", "+2 -1 lines"),
        ("a", "a", "title, objective or sources"),
        ("## One\na\n## Two\nb", "## One\na\n## Two\nc", '+1 -1 lines, from "Two" on'),
        ("## One\na\n## Two\nb", "## One\na", '+0 -2 lines, from "One" on'),
    ],
)
def test_a_text_says_how_many_lines_came_and_went_and_where(
    before: str, after: str, said: str
) -> None:
    assert text_edit(before, after) == said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"skill": "writing"}, "skill"),
        ({"level": 2}, "level"),
        ({"topic": "Other"}, "topic"),
        ({"stem": "What?"}, "stem"),
        ({"rationale": "So."}, "rationale"),
        ({"options": (replace(OPTIONS[0], rationale="x"), *OPTIONS[1:])}, "rationale"),
        ({"options": (replace(OPTIONS[0], text="x"), *OPTIONS[1:])}, "options"),
        ({"options": OPTIONS[::-1], "stem": "What?"}, "stem, key, rationale, options"),
        ({}, ""),
    ],
)
def test_a_question_says_which_parts_differ(change: dict[str, object], said: str) -> None:
    assert item_edit(ITEM, replace(ITEM, **change)) == said  # type: ignore[arg-type]
