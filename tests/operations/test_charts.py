"""Where charts put their points, and that each says in a table what it draws."""

from math import hypot

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from operations.domain.charts import (
    HEIGHT,
    RADIUS,
    WIDTH,
    Axis,
    polygon,
    radar,
    radar_point,
)

CENTRE = (WIDTH / 2, HEIGHT / 2)
levels = st.one_of(st.none(), st.integers(0, 4))


def points(text: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in text.split())]


def distance(point: tuple[float, float]) -> float:
    return hypot(point[0] - CENTRE[0], point[1] - CENTRE[1])


def test_first_axis_points_up_and_the_others_follow_clockwise() -> None:
    assert radar_point(0, 4, 10) == (CENTRE[0], CENTRE[1] - 10)
    assert radar_point(1, 4, 10) == (CENTRE[0] + 10, CENTRE[1])
    assert radar_point(2, 4, 10) == (CENTRE[0], CENTRE[1] + 10)


@given(st.lists(levels, min_size=3, max_size=12))
def test_distance_from_the_centre_is_the_share_of_the_maximum(values: list[int | None]) -> None:
    drawn = [distance(point) for point in points(polygon(values, 4))]
    assert drawn == pytest.approx([(v or 0) / 4 * RADIUS for v in values], abs=0.15)


def test_levels_beyond_the_maximum_stay_inside() -> None:
    assert distance(points(polygon([9, -1, 4], 4))[0]) == pytest.approx(RADIUS, abs=0.1)
    assert distance(points(polygon([9, -1, 4], 4))[1]) == 0


@given(st.integers(3, 8), st.text("abcdefgh ", min_size=1, max_size=28))
def test_labels_stay_inside_the_drawing(count: int, label: str) -> None:
    chart = radar([Axis(label, 1, 1)] * count, maximum=4)
    assert chart
    for spoke in chart.spokes:
        for line in spoke.lines:
            assert 10 <= line.y <= HEIGHT
            assert 0 <= line.x <= WIDTH


def test_two_axes_make_no_radar() -> None:
    assert radar([Axis("A", 1, 1), Axis("B", 1, 1)], maximum=4) is None


def test_many_axes_are_numbered() -> None:
    chart = radar([Axis(f"Skill {i}", 1, 1) for i in range(9)], maximum=4)
    assert chart
    assert chart.is_numbered
    assert [spoke.lines[0].text for spoke in chart.spokes] == [str(i) for i in range(1, 10)]


def test_claims_are_drawn_only_if_there_are_any() -> None:
    without = radar([Axis("A", 1, 1)] * 3, maximum=4)
    with_claim = radar([Axis("A", 1, 1, 2)] * 3, maximum=4)
    assert without
    assert with_claim
    assert without.claimed == ""
    assert with_claim.claimed


def test_radar_needs_a_scale() -> None:
    with pytest.raises(ValueError, match="maximum"):
        radar([Axis("A", 1, 1)] * 3, maximum=0)


def draw(tag: str, **context: object) -> str:
    return Template("{% load charts %}" + tag).render(Context(context))


def test_radar_has_a_name_and_a_table_with_the_same_levels() -> None:
    rows = [
        {"label": name, "required": 2, "verified": 1, "claimed": None} for name in ("A", "B", "C")
    ]
    html = draw('{% radar rows title="B is your widest gap" %}', rows=rows)
    assert 'role="img"' in html
    assert 'aria-label="B is your widest gap.' in html
    assert html.count('<th scope="row">') == 3
    assert "Claimed</li>" not in html
    assert "style=" not in html


def test_radar_of_two_skills_shows_only_its_table() -> None:
    rows = [{"label": name, "required": 2, "verified": 1, "claimed": 3} for name in ("A", "B")]
    html = draw('{% radar rows title="T" %}', rows=rows)
    assert 'role="img"' not in html
    assert "<details" in html
    assert " open>" in html
