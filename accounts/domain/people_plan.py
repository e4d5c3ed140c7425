"""From a people file and what is stored to what would change, without touching anything.

A person is good or bad as a whole: one bad row of a person leaves the person as they are.
Rules that need the others (addresses, managers, circles) are asked again until nobody new is bad,
since leaving one person out can break the line of another, or keep the address of another taken.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from accounts.domain.lines import LONGEST_LINE, cyclic_members, too_deep_members
from accounts.domain.people_file import FilePerson, FilePosition, PeopleFile, Problem
from accounts.domain.positions import Place, Replan, overfull_day, replan

MOST_MISSING = 10  # per cent of the active imported people that a full file may leave out


@dataclass(frozen=True)
class KnownPerson:
    id: int
    external_id: str | None
    email: str
    name: str
    manager_id: int | None
    has_ai_access: bool
    is_active: bool
    is_staff: bool = False
    is_superuser: bool = False

    @property
    def is_administrator(self) -> bool:
        return self.is_active and self.is_staff and self.is_superuser


@dataclass(frozen=True)
class Known:
    """What is stored: all people, positions by person id, job roles by slug.

    A stored place has its unit as a tuple of names and its job role as a slug, like the file.
    """

    people: tuple[KnownPerson, ...]
    places: Mapping[int, tuple[Place, ...]]
    job_roles: frozenset[str]


@dataclass(frozen=True)
class PlannedPerson:
    """A person of the file, the stored person if there is one, and what happens to both."""

    wanted: FilePerson
    known: KnownPerson | None
    fields: frozenset[str]
    places: Replan

    @property
    def former_email(self) -> str | None:
        """The address that the person gives up."""
        return self.known.email.lower() if self.known and "email" in self.fields else None

    @property
    def is_returning(self) -> bool:
        return self.known is not None and not self.known.is_active


@dataclass(frozen=True)
class PeoplePlan:
    people: tuple[PlannedPerson, ...] = ()
    missing: tuple[KnownPerson, ...] = ()
    problems: tuple[Problem, ...] = ()
    summary: Mapping[str, int] = field(default_factory=dict)


def plan_people(
    file: PeopleFile, known: Known, *, today: date, full: bool = False, force: bool = False
) -> PeoplePlan:
    """Return what the file's good people change, and all problems of the others.

    With `full`, active people with an external id whom the file does not mention are missing;
    more than MOST_MISSING per cent of the active imported people is a problem unless `force`.
    """
    stored = {each.external_id: each for each in known.people if each.external_id}
    problems = list(file.problems)
    good = dict(file.people)
    replans = {
        key: replan(
            known.places.get(stored[key].id, ()) if key in stored else (),
            [_place(each) for each in person.positions],
            today=today,
        )
        for key, person in good.items()
    }
    rules: tuple[Callable[[], Iterable[tuple[str, Problem]]], ...] = (
        lambda: _role_faults(good, known.job_roles),
        lambda: _share_faults(good, replans),
        lambda: _email_faults(good, known.people),
        lambda: _manager_faults(good, stored),
        lambda: _line_faults(good, known.people),
    )
    found = [fault for rule in rules[:3] for fault in rule()]
    while True:
        problems += [problem for _, problem in found]
        for key, _ in found:
            good.pop(key, None)
        found = [fault for rule in rules[2:] for fault in rule()]
        if not found:
            break
    missing = _missing(file, stored) if full else ()
    if full:
        problems += _full_faults(file, missing, known.people, force=force)
    names = _names(known.people)
    people = tuple(_planned(good[key], stored.get(key), replans[key], names) for key in good)
    return PeoplePlan(
        people=people,
        missing=missing,
        problems=tuple(sorted(set(problems))),
        summary=_summary(people, missing),
    )


def _names(people: Iterable[KnownPerson]) -> dict[int, str | int]:
    """What the plan calls each stored person: the external id, or the id of those without."""
    return {each.id: each.external_id or each.id for each in people}


def _place(wanted: FilePosition) -> Place:
    return Place(wanted.unit, wanted.job_role, wanted.share, wanted.starts_on, wanted.ends_on)


def _role_faults(
    good: Mapping[str, FilePerson], job_roles: frozenset[str]
) -> Iterable[tuple[str, Problem]]:
    for key, person in good.items():
        for place in person.positions:
            if place.job_role not in job_roles:
                reason = f"there is no job role {place.job_role!r}"
                yield key, Problem(place.line, reason)


def _share_faults(
    good: Mapping[str, FilePerson], replans: Mapping[str, Replan]
) -> Iterable[tuple[str, Problem]]:
    for key, person in good.items():
        over = overfull_day(replans[key].after)
        if over:
            day, total = over
            lines = [p.line for p in person.positions if _place(p).holds_on(day)]
            reason = f"the person's shares add up to {total.normalize():f} on {day}"
            if overfull_day([_place(each) for each in person.positions]) is None:
                reason += ", together with a stored position that is not in the file"
            yield key, Problem(max(lines, default=person.line), reason)


def _email_faults(
    good: Mapping[str, FilePerson], people: Iterable[KnownPerson]
) -> Iterable[tuple[str, Problem]]:
    """Addresses of others: one is free only when its holder gets another in the same file."""
    holders = {each.email.lower(): each for each in people}
    lines: dict[str, list[int]] = defaultdict(list)
    for person in good.values():
        lines[person.email].append(person.line)
    for key, person in good.items():
        holder = holders.get(person.email)
        others = [line for line in lines[person.email] if line != person.line]
        if holder and holder.external_id == key:
            continue
        if holder and not _gives_up_address(holder, good):
            whose = holder.external_id or f"{holder.name}, who has no external_id"
            reason = f"email {person.email} already belongs to {whose}"
            yield key, Problem(person.line, reason)
        elif others:
            reason = f"email {person.email} is also that of line {others[0]}, another person"
            yield key, Problem(person.line, reason)


def _gives_up_address(holder: KnownPerson, good: Mapping[str, FilePerson]) -> bool:
    wanted = good.get(holder.external_id or "")
    return wanted is not None and wanted.email != holder.email.lower()


def _manager_faults(
    good: Mapping[str, FilePerson], stored: Mapping[str, KnownPerson]
) -> Iterable[tuple[str, Problem]]:
    for key, person in good.items():
        if person.manager and person.manager not in good and person.manager not in stored:
            reason = f"manager {person.manager!r} is neither stored nor on a good row of the file"
            yield key, Problem(person.line, reason)


def _line_faults(
    good: Mapping[str, FilePerson], people: Iterable[KnownPerson]
) -> Iterable[tuple[str, Problem]]:
    """Circles, and lines too long, in the stored lines as the file would change them."""
    names = _names(people)
    managers: dict[str | int, str | int | None] = {
        names[each.id]: names.get(each.manager_id or 0) for each in people
    }
    managers.update({key: person.manager for key, person in good.items()})
    circle = cyclic_members(managers)
    deep = set() if circle else too_deep_members(managers, good)
    for key, person in good.items():
        if key in circle:
            reason = "the reporting line runs in a circle through this person"
            yield key, Problem(person.line, reason)
        elif key in deep:
            reason = f"the reporting line above has more than {LONGEST_LINE - 1} people"
            yield key, Problem(person.line, reason)


def _missing(file: PeopleFile, stored: Mapping[str, KnownPerson]) -> tuple[KnownPerson, ...]:
    return tuple(
        each for key, each in stored.items() if each.is_active and key not in file.mentioned
    )


def _full_faults(
    file: PeopleFile,
    missing: tuple[KnownPerson, ...],
    people: Iterable[KnownPerson],
    *,
    force: bool,
) -> Iterable[Problem]:
    if file.nameless:
        yield Problem(0, "a full file must say on each row whom it is about; nobody deactivated")
    administrators = {each for each in people if each.is_administrator}
    if administrators and administrators <= set(missing):
        names = ", ".join(sorted(each.email for each in administrators))
        reason = f"no active administrator would be left, for the file lacks {names}"
        yield Problem(0, f"{reason}; make somebody else one first")
    active = sum(1 for each in people if each.is_active and each.external_id)
    if len(missing) * 100 > active * MOST_MISSING and not force:
        yield Problem(
            0,
            f"{len(missing)} of {active} active people are missing from the file, more than "
            f"{MOST_MISSING}%; if that is right, say --force",
        )


def compared_fields(
    wanted: FilePerson, known: KnownPerson, names: Mapping[int, str | int]
) -> dict[str, tuple[object, object]]:
    """Return each plain field of a person as the file wants it, and as it is stored.

    `names` is what a stored manager is called, by id.
    """
    return {
        "email": (wanted.email, known.email.lower()),
        "name": (wanted.name, known.name),
        "manager": (wanted.manager, names.get(known.manager_id or 0)),
        "has_ai_access": (wanted.has_ai_access, known.has_ai_access),
        "is_active": (True, known.is_active),
    }


def _planned(
    wanted: FilePerson,
    known: KnownPerson | None,
    places: Replan,
    names: Mapping[int, str | int],
) -> PlannedPerson:
    if known is None:
        return PlannedPerson(wanted, None, frozenset(), places)
    pairs = compared_fields(wanted, known, names)
    changed = frozenset(name for name, (new, old) in pairs.items() if new != old)
    return PlannedPerson(wanted, known, changed, places)


def _summary(
    people: Iterable[PlannedPerson], missing: tuple[KnownPerson, ...]
) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for each in people:
        counts["people added"] += each.known is None
        counts["people changed"] += bool(each.known and each.fields - {"is_active"})
        counts["people reactivated"] += each.is_returning
        for name in ("added", "changed", "ended", "dropped"):
            counts[f"positions {name}"] += len(getattr(each.places, name))
    counts["people deactivated"] = len(missing)
    return dict(counts)
