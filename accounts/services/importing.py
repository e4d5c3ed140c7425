"""Taking over a people file: read, check as a whole, then write, in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from accounts.domain.lines import line_paths
from accounts.domain.people_changes import told_changes
from accounts.domain.people_file import Problem, UnreadableFile, decode, read_people
from accounts.domain.people_plan import (
    Known,
    KnownPerson,
    PeoplePlan,
    PlannedPerson,
    plan_people,
)
from accounts.domain.positions import Place
from accounts.exceptions import PeopleFileRefused
from accounts.models import Invitation, JobRole, OrgUnit, Person, Position
from accounts.services.lines import keep_line_periods
from accounts.services.locks import lock_organisation
from accounts.services.people import deactivate_person
from accounts.services.positions import apply_replan, new_row
from accounts.services.units import known_units, units_at_paths
from accounts.signals import positions_changed

BATCH = 500
NOWHERE = "moving.invalid"  # no mail reaches it; nobody keeps an address there


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or in a dry run would do.

    `problems` are those of the rows that were left out; `missing` are the e-mails of the people
    deactivated, and `changes`, of a dry run only, a line for each person with what would become of
    them; `person_ids` are the active people of the file as stored (empty in a dry run);
    `invitable` are, in a dry run, the e-mails of those who would have neither a password nor an
    open link.
    """

    summary: Mapping[str, int]
    problems: tuple[Problem, ...] = ()
    missing: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    person_ids: tuple[int, ...] = ()
    invitable: tuple[str, ...] = ()


class BadRows(PeopleFileRefused):
    """The file has problems; `problems` names each with its line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(f"{count} problem{'' if count == 1 else 's'}; nothing was changed.")


@transaction.atomic
def apply_people_file(
    data: bytes,
    *,
    dry_run: bool = False,
    full: bool = False,
    skip_bad: bool = False,
    force: bool = False,
) -> ImportReport:
    """Take over a people file (accounts.domain.people_file says what it looks like).

    People are found by external id. The whole file is checked against what is stored before
    anything is written. With problems nothing is changed and BadRows is raised; with `skip_bad`
    the good people are taken over and the others left as they are, unless a problem concerns the
    file as a whole. With `full`, active imported people who are not in the file are deactivated,
    more than 10% of them only with `force`. A position of a person in the file that the file no
    longer has ends the day before the one that follows it, yesterday at the latest. Applying the
    same file again changes nothing. Raises PeopleFileRefused if the file cannot be read at all.
    """
    lock_organisation()
    try:
        file = read_people(decode(data), is_address=_is_address)
    except UnreadableFile as error:
        raise PeopleFileRefused(str(error)) from error
    known = _known()
    plan = plan_people(file, known, today=timezone.localdate(), full=full, force=force)
    fatal = not skip_bad or any(problem.line == 0 for problem in plan.problems)
    if plan.problems and fatal:
        raise BadRows(plan.problems)
    ids = () if dry_run else _write(plan, known)
    return ImportReport(
        summary=plan.summary,
        problems=plan.problems,
        missing=tuple(each.email for each in plan.missing),
        changes=told_changes(plan, known) if dry_run else (),
        person_ids=ids,
        invitable=_invitable(plan) if dry_run else (),
    )


def _is_address(text: str) -> bool:
    """Whether the forms of this site take a text as an address too."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def uninvited_people(person_ids: Sequence[int]) -> list[Person]:
    """Return the active people among `person_ids` who have neither a password nor an open link."""
    return _without_way_in(Person.objects.active().in_bulk(person_ids).values())


def _without_way_in(people: Iterable[Person]) -> list[Person]:
    """Those of the people who have neither a password nor an open link."""
    invited = set(Invitation.objects.open_at(timezone.now()).values_list("person_id", flat=True))
    return [
        person for person in people if person.pk not in invited and not person.has_usable_password()
    ]


def _invitable(plan: PeoplePlan) -> tuple[str, ...]:
    """The e-mails, as the file has them, of people whom only an invitation would let in."""
    stored = Person.objects.in_bulk([each.known.id for each in plan.people if each.known])
    wanted = {person.pk for person in _without_way_in(stored.values())}
    return tuple(
        each.wanted.email for each in plan.people if each.known is None or each.known.id in wanted
    )


def linkable_invitations(person_ids: Sequence[int]) -> list[Invitation]:
    """Return the open invitations of those of `person_ids` who have not set a password yet."""
    wanted = set(person_ids)
    rows = Invitation.objects.open_at(timezone.now()).select_related("person").order_by("pk")
    return [
        each
        for each in rows
        if each.person_id in wanted
        and each.person.is_active
        and not each.person.has_usable_password()
    ]


def _known() -> Known:
    people = Person.objects.values_list(
        "id", "external_id", "email", "name", "manager_id", "has_ai_access", "is_active",
        "is_staff", "is_superuser",
    )  # fmt: skip
    roles = dict(JobRole.objects.values_list("id", "slug"))
    units = {pk: path for path, pk in known_units().items()}
    units |= {  # a namesake beside another unit has no path of its own in a file
        pk: (f"unit {pk}",)
        for pk in OrgUnit.objects.exclude(pk__in=units).values_list("pk", flat=True)
    }
    places: dict[int, tuple[Place, ...]] = defaultdict(tuple)
    rows = Position.objects.order_by("id").values_list(
        "person_id", "unit_id", "job_role_id", "share", "starts_on", "ends_on", "id"
    )
    for person_id, unit_id, role_id, share, starts_on, ends_on, pk in rows:
        place = Place(units[unit_id], roles[role_id], share, starts_on, ends_on, pk)
        places[person_id] += (place,)
    return Known(
        people=tuple(KnownPerson(*row) for row in people),
        places=places,
        job_roles=frozenset(roles.values()),
    )


def _write(plan: PeoplePlan, known: Known) -> tuple[int, ...]:
    """Write a plan without fatal problems; return the ids of the people of the file."""
    stored = Person.objects.in_bulk(
        [each.known.id for each in plan.people if each.known], field_name="pk"
    )
    _free_addresses(plan, stored)
    people = _add_people(plan)
    people |= {person.external_id: person for person in stored.values()}
    ids = {each.external_id: each.id for each in known.people if each.external_id}
    ids |= {key: person.pk for key, person in people.items() if key}
    for each in plan.people:
        if each.known and each.fields:
            _change_person(people[each.wanted.external_id], each, ids)
    _set_lines(plan, known, ids)
    moved = _write_positions(plan, people)
    for missing in Person.objects.filter(pk__in=[each.id for each in plan.missing]):
        deactivate_person(missing)
    added = [people[each.wanted.external_id].pk for each in plan.people if each.known is None]
    placed = [
        people[each.wanted.external_id].pk
        for each in plan.people
        if each.fields & {"manager", "is_active"}
    ]
    touched = sorted({*added, *moved, *placed})
    if touched:
        positions_changed.send(sender=Position, person_ids=touched)
    return tuple(person.pk for person in people.values())


def _free_addresses(plan: PeoplePlan, stored: Mapping[int, Person]) -> None:
    """Part people from addresses that others of the file get, so that these can be swapped.

    They are saved one by one: with the address goes what it opened, and the audit log sees it.
    """
    wanted = {each.wanted.email for each in plan.people if "email" in each.fields or not each.known}
    for each in plan.people:
        if each.known and each.former_email in wanted:
            person = stored[each.known.id]
            person.email = f"{person.uuid}@{NOWHERE}"
            person.save(update_fields=["email"])


def _add_people(plan: PeoplePlan) -> dict[str | None, Person]:
    """Make the new people without their managers, who may be new too."""
    rows = [
        Person(
            email=each.wanted.email,
            name=each.wanted.name,
            external_id=each.wanted.external_id,
            has_ai_access=each.wanted.has_ai_access,
            password=make_password(None),
        )
        for each in plan.people
        if each.known is None
    ]
    made = Person.objects.bulk_create(rows, batch_size=BATCH)
    return {person.external_id: person for person in made}


def _change_person(person: Person, plan: PlannedPerson, ids: Mapping[str, int]) -> None:
    """Save what differs, one by one: the audit log does not see bulk updates."""
    wanted = plan.wanted
    values = {
        "email": wanted.email,
        "name": wanted.name,
        "has_ai_access": wanted.has_ai_access,
        "is_active": True,
        "manager_id": ids[wanted.manager] if wanted.manager else None,
    }
    names = {"manager_id" if name == "manager" else name for name in plan.fields}
    for name in names:
        setattr(person, name, values[name])
    person.save(update_fields=[name.removesuffix("_id") for name in names])


def _set_lines(plan: PeoplePlan, known: Known, ids: Mapping[str, int]) -> None:
    """Give new people their managers, and everybody whose line changed their new path."""
    if not any(each.known is None or "manager" in each.fields for each in plan.people):
        return
    managers = {each.id: each.manager_id for each in known.people}
    new: set[int] = set()
    for each in plan.people:
        person_id = ids[each.wanted.external_id]
        managers[person_id] = ids[each.wanted.manager] if each.wanted.manager else None
        if each.known is None:
            new.add(person_id)
    stored = dict(Person.objects.values_list("pk", "line_path"))
    changed = [
        Person(pk=pk, manager_id=managers[pk], line_path=path)
        for pk, path in line_paths(managers).items()
        if stored[pk] != path
    ]
    added = [person for person in changed if person.pk in new]
    Person.objects.bulk_update(added, ["manager", "line_path"], batch_size=BATCH)
    moved = [person for person in changed if person.pk not in new]
    Person.objects.bulk_update(moved, ["line_path"], batch_size=BATCH)
    keep_line_periods(Person.objects.all())


def _write_positions(plan: PeoplePlan, people: Mapping[str | None, Person]) -> list[int]:
    """Write the positions of the plan; return the ids of the people whose positions changed."""
    changing = [each for each in plan.people if each.places]
    units = units_at_paths(
        place.unit for each in changing for place in (*each.places.added, *each.places.changed)
    )
    roles = dict(JobRole.objects.values_list("slug", "id"))

    def by_id(places: Sequence[Place]) -> tuple[Place, ...]:
        return tuple(
            replace(each, unit=units[each.unit], job_role=roles[each.job_role]) for each in places
        )

    rows: list[Position] = []
    for each in changing:
        person = people[each.wanted.external_id]
        rows += [new_row(person, place) for place in by_id(each.places.added)]
        if each.places.changed or each.places.ended or each.places.dropped:
            rest = replace(each.places, added=(), changed=by_id(each.places.changed), after=())
            apply_replan(person, rest)
    Position.objects.bulk_create(rows, batch_size=BATCH)
    return [people[each.wanted.external_id].pk for each in changing]
