"""The names of the levels, as the framework that is loaded says them."""

from collections.abc import Mapping
from time import monotonic
from types import MappingProxyType

from skills.models import ScaleLevel

KEPT_SECONDS = 60.0
SHIPPED = MappingProxyType(
    {0: "Not evidenced", 1: "Aware", 2: "Practising", 3: "Proficient", 4: "Leading"}
)
"""Where no framework is loaded yet."""

_kept: list[tuple[float, Mapping[int, str]]] = []


def level_names() -> Mapping[int, str]:
    """The name of each level.

    One query a minute and process at most, since every page asks: a load of content is seen at
    once by the process that made it, by the others within that minute.
    """
    kept = _kept[:]  # another thread may forget them meanwhile
    if kept and kept[0][0] > monotonic():
        return kept[0][1]
    names = {**SHIPPED, **dict(ScaleLevel.objects.order_by().values_list("level", "name"))}
    _kept[:] = [(monotonic() + KEPT_SECONDS, names)]
    return names


def forget_level_names() -> None:
    """Read the names anew when they are next asked for."""
    _kept.clear()
