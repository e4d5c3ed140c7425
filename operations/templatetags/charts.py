"""Charts drawn on the server as SVG, each with a table that says the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import template

from operations.domain import charts

register = template.Library()

TOP_LEVEL = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart; `share` is its length in per cent."""

    label: str
    text: str
    share: float


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


@register.inclusion_tag("includes/chart_bar.html")
def bar(
    rows: Iterable[Any], *, title: str, first: str, second: str, maximum: float | None = None
) -> dict[str, Any]:
    """Draw one bar a row, as a table whose middle column holds the bars.

    Each row has `label`, `value` and `text` (the figure as it is read: "18 of 24 (75%)"). The
    longest bar is `maximum`, or the largest value.
    """
    rows = list(rows)
    values = [float(_value(row, "value") or 0) for row in rows]
    most = maximum if maximum is not None else max(values, default=0.0)
    bars = [
        Bar(str(_value(row, "label")), str(_value(row, "text")), charts.bar_share(value, most))
        for row, value in zip(rows, values, strict=True)
    ]
    return {"bars": bars, "title": title, "first": first, "second": second}


def _value(row: Any, name: str) -> Any:
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)
