"""What somebody looks for, from what they typed."""

from accounts.domain.words import LONGEST, MOST_WORDS, words_of


def test_words_are_parted_by_white_space() -> None:
    assert words_of("  Asha\tRao ") == ["Asha", "Rao"]
    assert words_of("") == []


def test_a_search_has_an_end() -> None:
    assert len(words_of("ab " * 1000)) == MOST_WORDS
    assert words_of("x" * 1000) == ["x" * LONGEST]
