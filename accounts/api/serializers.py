"""The answers of the people endpoints: their description and how rows become them.

The dictionaries are made directly from rows; the serializers describe them in the schema.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from rest_framework import serializers

from accounts.models import OrgUnit, Person, Position
from accounts.models.organisation import unit_trails


class ManagerRef(serializers.Serializer[Any]):
    uuid = serializers.UUIDField()
    external_id = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class UnitRef(serializers.Serializer[Any]):
    uuid = serializers.UUIDField()
    path = serializers.CharField(help_text="Names from the top of the tree, joined by `/`.")


class UnitAnswer(UnitRef):
    """A unit of the organisation, whether or not anybody has a position in it."""

    name = serializers.CharField()
    parent = serializers.UUIDField(  # type: ignore[assignment]
        allow_null=True, help_text="The unit above; null at the top."
    )


class UnitList(serializers.Serializer[Any]):
    results = UnitAnswer(many=True)


class PositionAnswer(serializers.Serializer[Any]):
    """A place in the organisation; several may be current, shares add to 1 at most."""

    unit = UnitRef()
    job_role = serializers.CharField(help_text="The slug of the job role.")
    share = serializers.FloatField(help_text="Share of working time, above 0 and up to 1.")
    current = serializers.BooleanField(help_text="Whether the position is held today.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` cannot be an attribute: Python keeps the word for itself."""
        return {
            **super().get_fields(),
            "from": serializers.DateField(help_text="The first day."),
            "to": serializers.DateField(allow_null=True, help_text="The last day; null: open."),
        }


class PersonAnswer(serializers.Serializer[Any]):
    """A person with the reporting line's next step up and every position, past ones included."""

    uuid = serializers.UUIDField()
    external_id = serializers.CharField(allow_null=True, help_text="HR's key.")
    name = serializers.CharField()
    email = serializers.EmailField()
    active = serializers.BooleanField()
    manager = ManagerRef(allow_null=True)
    positions = PositionAnswer(many=True)


class PeoplePage(serializers.Serializer[Any]):
    results = PersonAnswer(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last.")


def units_answer(units: Iterable[OrgUnit]) -> list[dict[str, Any]]:
    """Units in the order given; one query for the units above them."""
    loaded = list(units)
    trails = unit_trails(loaded)
    return [
        {
            "uuid": str(unit.uuid),
            "path": _names(trails[unit.pk]),
            "name": unit.name,
            "parent": str(trails[unit.pk][-2].uuid) if trails[unit.pk][:-1] else None,
        }
        for unit in loaded
    ]


def people_answer(people: Iterable[Person], today: date) -> list[dict[str, Any]]:
    """People loaded with manager and positions; one more query for the paths of all units."""
    loaded = list(people)
    places = [place for person in loaded for place in person.positions.all()]
    trails = unit_trails(place.unit for place in places)
    return [_person(person, trails, today) for person in loaded]


def _person(person: Person, trails: dict[int, list[OrgUnit]], today: date) -> dict[str, Any]:
    above = person.manager
    return {
        "uuid": str(person.uuid),
        "external_id": person.external_id,
        "name": person.name,
        "email": person.email,
        "active": person.is_active,
        "manager": above
        and {"uuid": str(above.uuid), "external_id": above.external_id, "name": above.name},
        "positions": [_position(place, trails, today) for place in person.positions.all()],
    }


def _position(place: Position, trails: dict[int, list[OrgUnit]], today: date) -> dict[str, Any]:
    return {
        "unit": {"uuid": str(place.unit.uuid), "path": _names(trails[place.unit_id])},
        "job_role": place.job_role.slug,
        "share": float(place.share),
        "from": place.starts_on.isoformat(),
        "to": place.ends_on and place.ends_on.isoformat(),
        "current": place.starts_on <= today and (place.ends_on is None or today <= place.ends_on),
    }


def _names(trail: list[OrgUnit]) -> str:
    """A unit's path: the names from the top of the tree down."""
    return "/".join(unit.name for unit in trail)
