"""`manage.py appoint_assessor EMAIL DOMAIN LEVEL --reason ...`: how the first assessors come."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Person
from skills.exceptions import DecisionRefused
from skills.models import Domain
from skills.services.appointments import appoint_assessor


class Command(BaseCommand):
    help = (
        "Appoint a trained assessor of a domain, up to a level. A new organisation appoints its "
        "first ones with --founding."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the person's e-mail address")
        parser.add_argument("domain", help="the domain's id, for example core")
        parser.add_argument("level", type=int, help="the highest level they can stand for, 1 to 4")
        parser.add_argument("--reason", required=True, help="why; kept with the appointment")
        parser.add_argument("--founding", action="store_true", help="a founding assessor")
        parser.add_argument(
            "--from", dest="starts_on", type=date.fromisoformat, help="first day, YYYY-MM-DD"
        )
        parser.add_argument(
            "--to", dest="ends_on", type=date.fromisoformat, help="last day, YYYY-MM-DD"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(email__iexact=options["email"], is_active=True).first()
        if person is None:
            raise CommandError(f"There is no active person with the e-mail {options['email']}.")
        domain = Domain.objects.filter(slug=options["domain"]).first()
        if domain is None:
            known = ", ".join(Domain.objects.values_list("slug", flat=True))
            raise CommandError(f"There is no domain {options['domain']}; there are: {known}.")
        try:
            appointment = appoint_assessor(
                person=person,
                domain=domain,
                level=options["level"],
                reason=options["reason"],
                founding=options["founding"],
                starts_on=options["starts_on"],
                ends_on=options["ends_on"],
            )
        except DecisionRefused as error:
            raise CommandError(str(error)) from error
        until = f"until {appointment.ends_on}" if appointment.ends_on else "until further notice"
        self.stdout.write(
            f"{person} is an assessor of {domain} up to level {appointment.highest_level}, "
            f"from {appointment.starts_on} {until}."
        )
