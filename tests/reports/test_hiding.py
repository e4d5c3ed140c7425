"""Which cells are hidden so that no small group can be worked out."""

from collections.abc import Collection

from hypothesis import given
from hypothesis import strategies as st

from reports.domain.hiding import hidden_cells, hidden_roles


def column(**counts: int) -> dict[str, dict[str, int]]:
    return {row: {"c": count} for row, count in counts.items()}


def test_small_group_takes_the_next_smallest_with_it() -> None:
    assert hidden_cells(column(a=3, b=7, c=9), 5) == {("a", "c"), ("b", "c")}


def test_two_small_groups_protect_each_other() -> None:
    assert hidden_cells(column(a=3, b=4, c=9), 5) == {("a", "c"), ("b", "c")}


def test_nothing_is_hidden_among_large_groups() -> None:
    assert hidden_cells(column(a=5, b=5), 5) == set()


def test_cell_without_people_is_not_hidden() -> None:
    assert hidden_cells(column(a=0, b=5), 5) == set()


def test_what_is_hidden_already_takes_a_sibling_with_it() -> None:
    hidden = hidden_cells(column(a=30, b=7, c=9), 5, already={("a", "c")})
    assert hidden == {("a", "c"), ("b", "c")}


def test_hidden_cell_in_a_row_with_a_known_sum_takes_a_neighbour_with_it() -> None:
    counts = {"a": {"x": 2, "y": 8, "z": 9}}

    def together(row: str, columns: Collection[str]) -> int:
        return max(counts[row][each] for each in columns)

    assert hidden_cells(counts, 5, together=together) == {("a", "x"), ("a", "y")}
    assert hidden_cells(counts, 5) == {("a", "x")}


def test_hiding_in_one_direction_is_followed_in_the_other() -> None:
    counts = {"a": {"x": 2, "y": 8}, "b": {"x": 9, "y": 9}, "c": {"x": 20, "y": 20}}

    def together(row: str, columns: Collection[str]) -> int:
        return max(counts[row][each] for each in columns)

    hidden = hidden_cells(counts, 5, together=together)
    assert hidden == {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}


def test_role_of_a_few_takes_the_next_smallest_with_it() -> None:
    people = {frozenset("a"): 6, frozenset("b"): 7, frozenset("c"): 4}
    assert hidden_roles(people, 5) == {"a", "c"}


def test_roles_of_a_few_protect_each_other() -> None:
    people = {frozenset("a"): 3, frozenset("b"): 2, frozenset("c"): 9}
    assert hidden_roles(people, 5) == {"a", "b"}


def test_people_without_a_role_are_protected_from_the_roles() -> None:
    assert hidden_roles({frozenset(): 3, frozenset("a"): 6, frozenset("b"): 9}, 5) == {"a"}


def test_those_who_do_not_hold_what_almost_everybody_holds_are_protected() -> None:
    people = {frozenset("ab"): 6, frozenset("b"): 2, frozenset("a"): 7}
    assert hidden_roles(people, 5) == {"a"}


def test_nothing_is_hidden_among_large_roles() -> None:
    people = {frozenset("a"): 5, frozenset("ab"): 1, frozenset("b"): 5, frozenset("c"): 5}
    assert hidden_roles(people, 5) == set()


@given(
    st.dictionaries(
        st.frozensets(st.sampled_from("abcd"), max_size=2), st.integers(1, 12), max_size=8
    ),
    st.data(),
)
def test_no_choice_of_shown_roles_leaves_a_few_over(
    people: dict[frozenset[str], int], data: st.DataObject
) -> None:
    """Roles held by different people can be taken from the whole; nobody is told of by that."""
    hidden = hidden_roles(people, 5)
    shown = sorted({role for held in people for role in held} - hidden)
    taken = set(data.draw(st.lists(st.sampled_from(shown), unique=True))) if shown else set()
    shared = any(len(held & taken) > 1 for held in people)
    left = sum(count for held, count in people.items() if not held & taken)
    if taken and not shared and len(taken) in (1, len(shown)):
        assert left == 0 or left >= 5
