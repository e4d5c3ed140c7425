"""Charts drawn on the server as SVG, each with a table that says the same."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from operations.domain import charts

register = template.Library()

TOP_LEVEL = 4


@register.inclusion_tag("includes/chart_radar.html")
def radar(
    rows: Iterable[Any], *, title: str, first: str = "Skill", maximum: int = TOP_LEVEL
) -> dict[str, Any]:
    """Draw levels against what is required.

    Each row has `label`, `required`, `verified` and `claimed` (None where there is none), as keys
    or attributes. `title` is the answer ("Security is your widest gap"); `first` heads the
    table's first column.
    """
    axes = [
        charts.Axis(
            label=str(_value(row, "label")),
            required=_value(row, "required"),
            verified=_value(row, "verified"),
            claimed=_value(row, "claimed"),
        )
        for row in rows
    ]
    return {
        "axes": axes,
        "chart": charts.radar(axes, maximum=maximum),
        "title": title,
        "first": first,
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
        "middle_x": charts.WIDTH // 2,
        "middle_y": charts.HEIGHT // 2,
    }


def _value(row: Any, name: str) -> Any:
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)
