"""Offices: the groups that let a person do more than see their own line."""

from django.contrib.auth.models import Group as AuthGroup
from django.db import transaction

from accounts.enums import Group
from accounts.models import Person


@transaction.atomic
def give_office(person: Person, office: Group) -> None:
    """Put a person into a group (hr, author, assessor, auditor, governance-council)."""
    group, _ = AuthGroup.objects.get_or_create(name=office.value)
    person.groups.add(group)
    person.__dict__.pop("group_names", None)  # cached on the person


@transaction.atomic
def take_office(person: Person, office: Group) -> None:
    """Take a person out of a group; nothing happens if they were not in it."""
    person.groups.remove(*AuthGroup.objects.filter(name=office.value))
    person.__dict__.pop("group_names", None)
