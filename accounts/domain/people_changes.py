"""What a plan for a people file would do to each person, in words for who decides about it."""

from collections.abc import Iterator, Mapping

from accounts.domain.people_file import FilePerson
from accounts.domain.people_plan import (
    Known,
    KnownPerson,
    PeoplePlan,
    PlannedPerson,
    compared_fields,
)
from accounts.domain.positions import Place

LABELS = {"has_ai_access": "ai_access"}
WORDS = {True: "yes", False: "no", None: "nobody"}


def told_changes(plan: PeoplePlan, known: Known) -> tuple[str, ...]:
    """Return a line for each person whom the plan touches.

    Who loses access comes first, then who changes, then who is new, so that a list that is cut
    short shows first what can do harm.
    """
    managers = {each.id: each.external_id or each.name for each in known.people}
    leaving = [f"{_called(each)}: deactivated" for each in plan.missing]
    changing = []
    new = []
    for each in plan.people:
        if each.known is None:
            new.append(f"{_called(each.wanted)}: {'; '.join(['added', *_places(each, {})])}")
            continue
        stored = {place.key: place for place in known.places.get(each.known.id, ())}
        told = [*_fields(each, each.known, managers), *_places(each, stored)]
        if told:
            changing.append(f"{_called(each.known)}: {'; '.join(told)}")
    return (*leaving, *changing, *new)


def _called(person: KnownPerson | FilePerson) -> str:
    return f"{person.external_id} {person.name}"


def _fields(
    each: PlannedPerson, known: KnownPerson, managers: Mapping[int, str | int]
) -> Iterator[str]:
    for name, (new, old) in compared_fields(each.wanted, known, managers).items():
        if name not in each.fields:
            continue
        if name == "is_active":
            yield "active again"
        else:
            yield f"{LABELS.get(name, name)}: {_word(old)} → {_word(new)}"


def _word(value: object) -> str:
    return WORDS[value] if value is None or isinstance(value, bool) else str(value)


def _places(each: PlannedPerson, stored: Mapping[int | None, Place]) -> Iterator[str]:
    for place in each.places.changed:
        yield f"position: {_place(stored[place.key])} → {_place(place)}"
    for place in each.places.ended:
        yield f"position ends on {place.ends_on}: {_place(stored[place.key])}"
    for place in each.places.dropped:
        yield f"position removed: {_place(place)}"
    for place in each.places.added:
        yield f"position added: {_place(place)}"


def _place(place: Place) -> str:
    until = f" to {place.ends_on}" if place.ends_on else ""
    terms = f"{place.share.normalize():f} from {place.starts_on}{until}"
    return f"{place.job_role} in {'/'.join(place.unit)}, {terms}"
