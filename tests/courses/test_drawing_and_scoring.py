"""Drawing questions and marking answers."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.domain.drawing import Candidate, draw
from courses.domain.scoring import options_chosen, score, topics_missed

BANK = [Candidate(number, f"topic {number % 5}", 4) for number in range(16)]


@given(st.integers())
def test_eight_different_items_are_drawn_spread_over_the_topics(seed: int) -> None:
    drawn = draw(BANK, 8, random.Random(seed))
    assert len({question.version for question in drawn}) == 8
    topics = Counter(BANK[question.version].topic for question in drawn)
    assert len(topics) == 5
    assert max(topics.values()) <= 2


@given(st.integers())
def test_every_order_of_options_is_a_permutation(seed: int) -> None:
    for question in draw(BANK, 8, random.Random(seed)):
        assert sorted(question.order) == [0, 1, 2, 3]


def test_the_same_seed_draws_the_same_check_whatever_the_order_of_the_bank() -> None:
    assert draw(BANK, 8, random.Random(3)) == draw(BANK[::-1], 8, random.Random(3))


def test_every_item_and_every_position_comes_up() -> None:
    seen = [q for seed in range(400) for q in draw(BANK, 8, random.Random(seed))]
    counts = Counter(question.version for question in seen)
    assert set(counts) == set(range(16))
    first = Counter(question.order[0] for question in seen)
    assert all(0.2 < first[option] / len(seen) < 0.3 for option in range(4))


def test_a_bank_too_small_cannot_be_drawn_from() -> None:
    with pytest.raises(ValueError, match="fewer than 8"):
        draw(BANK[:7], 8, random.Random(1))


def test_positions_chosen_become_option_indexes() -> None:
    assert options_chosen([(2, 0, 1, 3), (3, 2, 1, 0)], [0, None]) == [2, None]


def test_questions_without_an_answer_count_as_wrong() -> None:
    chosen = options_chosen([(0, 1), (0, 1), (0, 1)], [1])
    assert score([1, 1, 1], chosen) == (1, (True, False, False))


@pytest.mark.parametrize("positions", [[4], [-1], [0, 0]])
def test_answers_that_were_not_on_offer_are_refused(positions: list[int | None]) -> None:
    with pytest.raises(ValueError, match=r"option|answers"):
        options_chosen([(0, 1, 2, 3)], positions)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3) | st.none()), max_size=12))
def test_the_score_is_the_number_of_keys_chosen(pairs: list[tuple[int, int | None]]) -> None:
    keys, chosen = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    assert score(keys, chosen).right == sum(key == answer for key, answer in pairs)


def test_each_topic_missed_is_named_once_in_order() -> None:
    topics = ["b", "a", "b", "", "c"]
    assert topics_missed(topics, [False, True, False, False, False]) == ["b", "c"]
