"""Who may do what with people: each rule once.

Being a superuser opens the admin and nothing here: ask these functions, not `has_perm`, which
lets superusers through. Somebody who is not signed in, or no longer active, may nothing.
"""

from collections.abc import Iterable

from django.apps import AppConfig
from django.contrib.auth.models import AnonymousUser
from rules.permissions import set_perm
from rules.predicates import Predicate

from accounts.enums import Group
from accounts.models import Person

Viewer = Person | AnonymousUser


def is_member(user: Viewer) -> bool:
    """Somebody signed in whose account is active."""
    return isinstance(user, Person) and user.is_active


def holds(user: Viewer, office: Group) -> bool:
    return isinstance(user, Person) and user.is_active and user.belongs_to(office)


def is_hr(user: Viewer) -> bool:
    return holds(user, Group.HR)


def is_auditor(user: Viewer) -> bool:
    """Auditors read everything and write nothing by virtue of it."""
    return holds(user, Group.AUDITOR)


def is_author(user: Viewer) -> bool:
    return holds(user, Group.AUTHOR)


def is_on_council(user: Viewer) -> bool:
    return holds(user, Group.COUNCIL)


def is_self(user: Viewer, person: Person) -> bool:
    return is_member(user) and user.pk == person.pk


def is_in_line_of(user: Viewer, person: Person) -> bool:
    """The person's reporting line leads to the user, at whatever distance."""
    return (
        isinstance(user, Person)
        and user.is_active
        and user.pk != person.pk
        and person.line_path.startswith(user.line_path)
    )


_reads_organisation = Predicate(is_hr) | Predicate(is_auditor)
_reads_person = Predicate(is_self) | Predicate(is_in_line_of) | _reads_organisation


def can_view_person(user: Viewer, person: Person) -> bool:
    """Open a person's record: oneself, whoever they report to in the end, HR, auditors."""
    return bool(_reads_person.test(user, person))


def can_view_organisation(user: Viewer) -> bool:
    """See what concerns everybody."""
    return bool(_reads_organisation.test(user))


def can_direct(user: Viewer, person: Person) -> bool:
    """Ask a person to do something: HR anybody, a manager their own line."""
    return is_hr(user) or is_in_line_of(user, person)


def can_manage_people(user: Viewer) -> bool:
    """Invite people, and resend or withdraw invitations: HR only; auditors merely read."""
    return is_hr(user)


def can_open_admin(user: Viewer) -> bool:
    """Enter the administration: staff, for what they were given there, and auditors, to read."""
    return is_member(user) and (user.is_staff or is_auditor(user))


def can_change_account(user: Person, person: Person) -> bool:
    """Change a person in the administration, by their rights: a superuser anybody, oneself.

    Others, who were given the right to change people there, only whoever is neither staff nor
    holds an office: an address opens an account.
    """
    if user.is_superuser or user == person:
        return True
    return not (person.is_superuser or person.is_staff or person.group_names)


def let_auditors_read(apps: Iterable[AppConfig]) -> None:
    """Give auditors the right to view, in the administration, what is registered of these apps."""
    for app in apps:
        names = [f"{app.label}.view_{model._meta.model_name}" for model in app.get_models()]
        for name in (app.label, *names):
            set_perm(name, Predicate(is_auditor))  # type: ignore[no-untyped-call]
