"""Made-up cases are the same in every run; how many there are is said in `thoroughness`."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thoroughness import examples

DRAWN: list[int] = []


@settings(max_examples=examples(100))
@given(st.integers())
def draw(number: int) -> None:
    DRAWN.append(number)


def test_made_up_cases_are_the_same_in_every_run() -> None:
    draw()
    first = DRAWN.copy()
    DRAWN.clear()
    draw()
    assert first == DRAWN
    assert settings().deadline is None


def test_all_cases_are_tried_unless_the_run_shall_be_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TUTTI_TEST_FAST", raising=False)
    assert examples(400) == 400
    monkeypatch.setenv("TUTTI_TEST_FAST", "1")
    assert examples(400) == 100
    assert examples(20) == 10
