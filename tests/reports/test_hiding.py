"""Which cells are hidden so that no small group can be worked out."""

from collections.abc import Collection

from reports.domain.hiding import hidden_cells


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
