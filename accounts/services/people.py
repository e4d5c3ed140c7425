"""Making and changing people, and keeping the paths of the reporting line right."""

from typing import Any

from django.db import transaction
from django.db.models import F, Max, Value
from django.db.models.functions import Concat, Length, Substr
from django.utils import timezone

from accounts.domain.lines import LINE_LENGTH, LINE_STEP
from accounts.exceptions import LastAdministrator, ReportingLineRefused
from accounts.models import Invitation, Person, Position
from accounts.models.people import LINE_LAST, PersonQuerySet
from accounts.services.lines import keep_line_periods
from accounts.services.locks import lock_organisation
from accounts.signals import positions_changed

PLAIN_FIELDS = frozenset(
    {"email", "name", "external_id", "has_ai_access", "is_staff", "is_superuser"}
)


@transaction.atomic
def create_person(
    *,
    email: str,
    name: str,
    manager: Person | None = None,
    password: str | None = None,
    **fields: Any,
) -> Person:
    """Make an active person below `manager`; without a password nobody can sign in as them yet.

    The e-mail is kept in lower case. Raises ReportingLineRefused if the line would be too long.
    Sends positions_changed, since a new person has a place to start from.
    """
    lock_organisation()
    if manager is not None:
        manager.refresh_from_db(fields=["line_path"])
        _check_length(len(manager.line_path) + LINE_STEP)
    external_id = fields.pop("external_id", None) or None
    person: Person = Person.objects.create_user(
        email, password, name=name, manager=manager, external_id=external_id, **fields
    )
    positions_changed.send(sender=Position, person_ids=[person.pk])
    return person


@transaction.atomic
def update_person(person: Person, **fields: Any) -> Person:
    """Change plain fields of a person (PLAIN_FIELDS); the manager is changed by move_person.

    Raises LastAdministrator if nobody would be left who may do everything in the admin.
    """
    unknown = set(fields) - PLAIN_FIELDS
    if unknown:
        raise TypeError(f"update_person does not change {', '.join(sorted(unknown))}")
    if "email" in fields:
        fields["email"] = fields["email"].lower()
    if "external_id" in fields:
        fields["external_id"] = fields["external_id"] or None
    if not (fields.get("is_staff", True) and fields.get("is_superuser", True)):
        check_administrator_leaves(person)
    for name, value in fields.items():
        setattr(person, name, value)
    person.save(update_fields=list(fields))
    return person


@transaction.atomic
def move_person(person: Person, *, manager: Person | None) -> Person:
    """Let a person report to `manager` (None: to nobody), with everybody below them.

    Moves the paths of the whole subtree in one UPDATE and keeps where they stood. Raises
    ReportingLineRefused if the manager is the person or stands below them, or if a line would
    become too long. Sends positions_changed, since another team is another place.
    """
    lock_organisation()
    person.refresh_from_db(fields=["manager", "line_path"])
    if manager is not None:
        manager.refresh_from_db(fields=["line_path"])
    check_move(person, manager=manager)
    old = person.line_path
    new = (manager.line_path if manager else "") + person.line_step
    if person.manager_id != (manager.pk if manager else None):
        person.manager = manager
        person.save(update_fields=["manager"])
    if new != old:
        _move_paths(old, new)
        person.line_path = new
        positions_changed.send(sender=Position, person_ids=[person.pk])
    return person


def check_move(person: Person, *, manager: Person | None) -> None:
    """Raise ReportingLineRefused if the person cannot report to the manager.

    A person who is not stored yet has nobody below them.
    """
    above = manager.line_path if manager else ""
    if not person.line_path:
        _check_length(len(above) + LINE_STEP)
        return
    if above.startswith(person.line_path):
        raise ReportingLineRefused(
            f"{manager} cannot manage {person}: the reporting line would run in a circle."
        )
    longest = _subtree(person.line_path).aggregate(longest=Max(Length(F("line_path"))))["longest"]
    _check_length(longest - len(person.line_path) + len(above) + LINE_STEP)


def _subtree(path: str) -> PersonQuerySet:
    people: PersonQuerySet = Person.objects.all()
    return people.filter(line_path__gte=path, line_path__lte=path + LINE_LAST)


def _move_paths(old: str, new: str) -> None:
    _subtree(old).update(line_path=Concat(Value(new), Substr("line_path", len(old) + 1)))
    keep_line_periods(_subtree(new))


def _check_length(length: int) -> None:
    if length > LINE_LENGTH:
        raise ReportingLineRefused("The reporting line would be longer than Tutti can keep.")


@transaction.atomic
def deactivate_person(person: Person) -> Person:
    """Close a person's access: they can no longer sign in and open invitations end.

    Everything recorded of them, their place in the line included, stays. Raises LastAdministrator
    if nobody would be left who may do everything in the admin.
    """
    if person.is_active:
        check_administrator_leaves(person)
        person.is_active = False
        person.save(update_fields=["is_active"])
    now = timezone.now()
    Invitation.objects.filter(person=person).open_at(now).update(revoked_at=now)
    return person


def check_administrator_leaves(person: Person) -> None:
    """Raise LastAdministrator if the person, as stored, is the only one; ask in a transaction.

    Nobody else leaves until it ends.
    """
    if not (person.is_staff and person.is_superuser):
        return
    lock_organisation()
    administrators = Person.objects.administrators()
    if administrators.filter(pk=person.pk).exists() and administrators.count() == 1:
        raise LastAdministrator(person)


@transaction.atomic
def reactivate_person(person: Person) -> Person:
    """Let a deactivated person sign in again, with the password they had.

    Sends positions_changed: what became of their place meanwhile passed them by.
    """
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        positions_changed.send(sender=Position, person_ids=[person.pk])
    return person
