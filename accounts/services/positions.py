"""Positions: who works where, as what, for how much of their time."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.domain.positions import Place, Replan, overfull_day, replan
from accounts.exceptions import Refused, SharesRefused
from accounts.models import JobRole, OrgUnit, Person, Position
from accounts.signals import positions_changed


@transaction.atomic
def add_position(
    person: Person,
    *,
    unit: OrgUnit,
    job_role: JobRole,
    starts_on: date,
    ends_on: date | None = None,
    share: Decimal = Decimal(1),
) -> Position:
    """Give a person a further position from `starts_on` to `ends_on` (both days included).

    Raises SharesRefused if on any day the person's shares would add to more than 1.
    """
    _lock(person)
    position = Position(
        person=person,
        unit=unit,
        job_role=job_role,
        share=share,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    _check([*stored_places(person), place_of(position)])
    position.save()
    positions_changed.send(sender=Position, person_ids=[person.pk])
    return position


@transaction.atomic
def end_position(position: Position, *, on: date | None = None) -> Position:
    """Let a position's last day be `on` (today if not said); its history stays.

    Raises Refused if that is before it began, or after its last day.
    """
    last = on or timezone.localdate()
    if last < position.starts_on:
        raise Refused("A position cannot end before it began.")
    if position.ends_on is not None and last > position.ends_on:
        raise Refused("The position ends earlier than that already.")
    position.ends_on = last
    position.save(update_fields=["ends_on"])
    positions_changed.send(sender=Position, person_ids=[position.person_id])
    return position


@transaction.atomic
def set_positions(person: Person, wanted: Sequence[Place], *, today: date | None = None) -> Replan:
    """Make `wanted` the full list of a person's current and coming positions.

    In each Place `unit` is a unit's id and `job_role` a role's id. Positions not wanted any more
    end before those that follow them, yesterday at the latest, or go if they have not begun; ended
    ones stay as history. Returns what changed; nothing is written if nothing did. Raises
    SharesRefused.
    """
    _lock(person)
    plan = replan(stored_places(person), wanted, today=today or timezone.localdate())
    _check(plan.after)
    if plan:
        apply_replan(person, plan)
        positions_changed.send(sender=Position, person_ids=[person.pk])
    return plan


@transaction.atomic
def save_positions(
    person: Person, *, saved: Sequence[Position] = (), removed: Sequence[Position] = ()
) -> None:
    """Store edited and new positions of one person together, and delete removed ones.

    For corrections by hand, where history itself may be wrong. Raises SharesRefused.
    """
    _lock(person)
    touched = {each.pk for each in (*saved, *removed)}
    kept = [place for place in stored_places(person) if place.key not in touched]
    _check([*kept, *(place_of(each) for each in saved)])
    for position in removed:
        position.delete()
    for position in saved:
        position.person = person
        position.save()
    if saved or removed:
        positions_changed.send(sender=Position, person_ids=[person.pk])


def stored_places(person: Person) -> list[Place]:
    """Return a person's stored positions as places (unit and role by id)."""
    return [place_of(each) for each in Position.objects.filter(person=person).order_by("pk")]


def place_of(position: Position) -> Place:
    """Return a position as a place (unit and role by id)."""
    return Place(
        unit=position.unit_id,
        job_role=position.job_role_id,
        share=position.share,
        starts_on=position.starts_on,
        ends_on=position.ends_on,
        key=position.pk,
    )


def apply_replan(person: Person, plan: Replan) -> None:
    """Write a checked replan (unit and role by id) of one person; sends no signal."""
    rows = {each.pk: each for each in Position.objects.filter(person=person)}
    for place in plan.dropped:
        rows[_key(place)].delete()
    for place in (*plan.ended, *plan.changed):
        row = rows[_key(place)]
        row.share, row.starts_on, row.ends_on = place.share, place.starts_on, place.ends_on
        row.save(update_fields=["share", "starts_on", "ends_on"])
    for place in plan.added:
        new_row(person, place).save()


def new_row(person: Person, place: Place) -> Position:
    """Return an unsaved position of the person for a place (unit and role by id)."""
    return Position(
        person=person,
        unit_id=place.unit,
        job_role_id=place.job_role,
        share=place.share,
        starts_on=place.starts_on,
        ends_on=place.ends_on,
    )


def _key(place: Place) -> int:
    if place.key is None:
        raise AssertionError("only stored places are changed")
    return place.key


def _lock(person: Person) -> None:
    Person.objects.select_for_update().only("pk").get(pk=person.pk)


def _check(places: Sequence[Place]) -> None:
    over = overfull_day(places)
    if over:
        raise SharesRefused(*over)
