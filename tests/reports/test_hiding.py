"""Which figures are told so that no small group can be worked out."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.domain.hiding import Crowds, Place, told_places, told_roles
from tests.reports.span import Span
from tests.thoroughness import examples

TOP = ("top",)
NONE: frozenset[int] = frozenset()
A, B, C = (frozenset({role}) for role in (1, 2, 3))


def told(**people: int) -> set[str]:
    """The last names of what is told; `a_b` stands in b, below a."""
    lowest = {((*TOP, *name.split("_")), NONE): count for name, count in people.items()}
    return {place[-1] for place in told_places(lowest, 5)}


def roles_told(*teams: Mapping[frozenset[int], int]) -> dict[int, set[str]]:
    """Of teams 0, 1, ... side by side: where the figures of each role are told."""
    people: Crowds = {
        ((*TOP, str(number)), roles): count
        for number, team in enumerate(teams)
        for roles, count in team.items()
    }
    return {role: {place[-1] for place in places} for role, places in told_roles(people, 5).items()}


def test_small_group_takes_the_next_smallest_with_it() -> None:
    assert told(a=3, b=7, c=9) == {"top", "c"}


def test_two_small_groups_protect_each_other_if_they_are_not_few_together() -> None:
    assert told(a=3, b=4, c=9) == {"top", "c"}
    assert told(a=1, b=1, c=7, d=8) == {"top", "d"}


def test_nothing_is_hidden_among_large_groups() -> None:
    assert told(a=5, b=5) == {"top", "a", "b"}


def test_what_is_hidden_above_is_hidden_below() -> None:
    assert told(a=3, b_c=10, b_d=10, e=30) == {"top", "e"}
    assert told(a_b=2, c=2) == set()


def test_an_only_child_is_told_as_its_parent_is() -> None:
    assert told(a_b_c=6) == {"top", "a", "b", "c"}


def test_a_role_that_leaves_a_few_of_a_unit_over_is_not_told() -> None:
    assert roles_told({A: 10, NONE: 3}) == {1: set()}
    assert roles_told({A: 10, NONE: 5}) == {1: {"top", "0"}}


def test_the_few_of_all_units_count_together() -> None:
    assert roles_told({A: 2, NONE: 8}, {A: 3, NONE: 8}) == {1: {"top"}}
    assert roles_told({A: 10, NONE: 2}, {A: 2, NONE: 8}) == {1: set()}


def test_a_role_less_a_unit_tells_of_nobody_elsewhere() -> None:
    """15 people hold the role, 13 of them make up a unit: the other 2 stay untold."""
    assert roles_told({A: 13}, {A: 2, NONE: 20}) == {1: set()}


def test_a_role_that_is_a_unit_is_told() -> None:
    assert roles_told({A: 6}, {B: 6, NONE: 6})[1] == {"top", "0"}


def test_a_role_is_not_told_beside_another_that_leaves_a_few_over() -> None:
    assert roles_told({A: 6, B: 7, C: 4}) == {1: {"top", "0"}, 2: set(), 3: set()}


def test_what_the_other_roles_leave_over_is_told() -> None:
    assert roles_told({A: 5, B: 6}) == {1: {"top", "0"}, 2: {"top", "0"}}


def test_people_who_hold_two_roles_are_protected_from_both() -> None:
    assert roles_told({A: 6, A | B: 2, B: 20})[1] == {"top", "0"}
    assert roles_told({A: 6, A | B: 2, B: 20})[2] == set()


def test_people_in_a_hidden_unit_are_protected_from_their_role() -> None:
    people: Crowds = {
        ((*TOP, "a"), A): 4,
        ((*TOP, "b"), NONE): 5,
        ((*TOP, "c"), A): 6,
        ((*TOP, "c"), NONE): 6,
    }
    assert told_roles(people, 5)[1] == {TOP}


def test_nobody_told_no_role_told() -> None:
    assert roles_told({A: 4}) == {}


places = st.lists(st.sampled_from("abc"), max_size=2).map(lambda below: (*TOP, *below, "."))
crowds = st.dictionaries(
    st.tuples(places, st.frozensets(st.integers(1, 4), max_size=2)),
    st.one_of(st.integers(1, 4), st.integers(1, 14)),
    min_size=1,
    max_size=12,
)


def figures(people: Crowds) -> Iterator[frozenset[tuple[Place, frozenset[int]]]]:
    """Everything that is told, each as those whom it counts."""
    for place in told_places(people, 5):
        yield frozenset(each for each in people if each[0][: len(place)] == place)
    for role, where in told_roles(people, 5).items():
        for place in where:
            yield frozenset(
                each for each in people if each[0][: len(place)] == place and role in each[1]
            )


@given(crowds)
@settings(max_examples=examples(400))
def test_no_sum_or_difference_of_figures_is_about_a_few_people(people: Crowds) -> None:
    """Were there one, the figures would depend on each other once those few are left out."""
    vectors = [dict.fromkeys(each, 1) for each in figures(people)]
    everything = Span(vectors).rank
    small = [each for each, count in people.items() if count < 5]
    for size in range(1, min(4, len(small)) + 1):
        for few in combinations(small, size):
            if sum(people[each] for each in few) < 5:
                rest = [{e: n for e, n in each.items() if e not in few} for each in vectors]
                assert Span(rest).rank == everything


@given(crowds)
def test_every_figure_told_is_about_enough_people(people: Crowds) -> None:
    for each in figures(people):
        assert sum(people[crowd] for crowd in each) >= 5


@given(crowds)
def test_the_order_of_the_groups_makes_no_difference(people: Crowds) -> None:
    assert told_roles(dict(reversed(list(people.items()))), 5) == told_roles(people, 5)
