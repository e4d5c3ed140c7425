"""The tree of units."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from accounts.exceptions import Refused
from accounts.models import OrgUnit
from accounts.services.locks import lock_organisation

SEPARATOR = "/"


@transaction.atomic
def unit_at_path(path: str) -> OrgUnit:
    """Return the unit at a path like "Operations/Networks/Core", making what is missing of it.

    Levels are compared as they are written, without outer spaces. Raises Refused for an empty
    level.
    """
    levels = tuple(level.strip() for level in path.split(SEPARATOR))
    if not all(levels):
        raise Refused(f"The unit path {path!r} has an empty level.")
    unit: OrgUnit = OrgUnit.objects.get(pk=units_at_paths([levels])[levels])
    return unit


@transaction.atomic
def units_at_paths(paths: Iterable[Sequence[str]]) -> dict[tuple[str, ...], int]:
    """Return the ids of the units at many paths (tuples of names), making what is missing.

    One query if nothing is missing, a few per new unit.
    """
    lock_organisation()
    known = known_units()
    for path in sorted({tuple(each) for each in paths}):
        for end in range(1, len(path) + 1):
            step = path[:end]
            if step not in known:
                known[step] = _make(known.get(step[:-1]), step[-1])
    return known


def known_units() -> dict[tuple[str, ...], int]:
    """Return the id of every unit by its path of names; the first of two namesakes wins."""
    names: dict[str, tuple[str, ...]] = {}
    ids: dict[tuple[str, ...], int] = {}
    for pk, path, name in OrgUnit.objects.order_by("path").values_list("pk", "path", "name"):
        names[path] = (*names.get(path[: -OrgUnit.steplen], ()), name)
        ids.setdefault(names[path], pk)
    return ids


def _make(parent_id: int | None, name: str) -> int:
    if parent_id is None:
        return int(OrgUnit.objects.add_root({"name": name}).pk)
    # read again: a sorted sibling may have moved the parent's path
    parent = OrgUnit.objects.get(pk=parent_id)
    return int(OrgUnit.objects.add_child(parent, {"name": name}).pk)
