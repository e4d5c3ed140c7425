"""Appointing assessors and granting exemptions."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from skills.domain.policy import HIGHEST_LEVEL
from skills.exceptions import DecisionRefused
from skills.models import AssessorAppointment, Domain, Exemption, Skill

ENDS_LATER = "It can end sooner, but not later: make a new one for more time."


def appoint_assessor(
    *,
    person: Person,
    domain: Domain,
    level: int,
    reason: str,
    by: Person | None = None,
    founding: bool = False,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> AssessorAppointment:
    """Appoint a trained (or founding) assessor of a domain up to a level, from a day to a day.

    `starts_on` defaults to today, both days are included, no `ends_on`: until further notice.
    `by` None: by command. Raises DecisionRefused for a level outside 1-4, an empty reason, days
    in the wrong order, and for appointing oneself.
    """
    start = starts_on or timezone.localdate()
    if by is not None and by.pk == person.pk:
        raise DecisionRefused("oneself", "Nobody appoints themselves.")
    if not 1 <= level <= HIGHEST_LEVEL:
        raise DecisionRefused("level_off_scale", "The highest level must be 1 to 4.")
    _check_reason_and_days(reason, start, ends_on)
    return AssessorAppointment.objects.create(
        person=person,
        domain=domain,
        highest_level=level,
        is_founding=founding,
        starts_on=start,
        ends_on=ends_on,
        reason=reason.strip(),
        appointed_by=by,
    )


def end_appointment(appointment: AssessorAppointment, *, on: date) -> None:
    """Let an appointment end on a day, that day included.

    Raises DecisionRefused for a day before its start or after its end as it is stored.
    """
    _end_sooner(appointment, on)


def grant_exemption(
    *,
    person: Person,
    skill: Skill,
    reason: str,
    by: Person,
    ends_on: date,
    starts_on: date | None = None,
) -> Exemption:
    """Free a person from the requirement of a skill for a time, both days included.

    An exempt requirement is listed with its date and is neither met nor short nor blocking.
    Raises DecisionRefused for an empty reason, days in the wrong order, and for exempting oneself.
    """
    start = starts_on or timezone.localdate()
    if by.pk == person.pk:
        raise DecisionRefused("oneself", "Nobody exempts themselves.")
    _check_reason_and_days(reason, start, ends_on)
    return Exemption.objects.create(
        person=person,
        skill=skill,
        starts_on=start,
        ends_on=ends_on,
        reason=reason.strip(),
        approved_by=by,
    )


def end_exemption(exemption: Exemption, *, on: date) -> None:
    """Let an exemption end on a day, that day included.

    Raises DecisionRefused for a day before its start or after its end as it is stored.
    """
    _end_sooner(exemption, on)


@transaction.atomic
def _end_sooner(row: AssessorAppointment | Exemption, on: date) -> None:
    """More time is a new decision, which nobody takes for themselves."""
    stored = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if on < stored.starts_on:
        raise DecisionRefused("ends_before_start", "It cannot end before it starts.")
    if stored.ends_on is not None and on > stored.ends_on:
        raise DecisionRefused("ends_later", ENDS_LATER)
    row.ends_on = on
    row.save(update_fields=["ends_on"])


def _check_reason_and_days(reason: str, start: date, end: date | None) -> None:
    if not reason.strip():
        raise DecisionRefused("no_reason", "Give a reason.")
    if end is not None and end < start:
        raise DecisionRefused("ends_before_start", "It cannot end before it starts.")
