"""`manage.py seed_demo`: make the demo organisation in an empty database."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from operations.exceptions import DemoRefused
from operations.services.demo import seed_demo


class Command(BaseCommand):
    help = (
        "Make the demo organisation: units, people, positions and two years of evidence, all "
        "invented. The same seed, number of people and --today give the same data."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=240, help="how many (default: 240)")
        parser.add_argument("--seed", type=int, default=7, help="where luck starts (default: 7)")
        parser.add_argument(
            "--today", type=date.fromisoformat, help="the day the demo ends (default: today)"
        )
        parser.add_argument(
            "--i-know", action="store_true", help="make it outside development all the same"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG or options["i_know"]):
            raise CommandError(
                "This is not a development installation. The demo organisation comes with "
                "accounts whose password everybody knows; if you want it here, say --i-know."
            )
        try:
            made = seed_demo(
                people=options["people"],
                seed=options["seed"],
                today=options["today"],
                tell=self.stdout.write,
            )
        except DemoRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made.people} people, {made.evidence:,} pieces of evidence.")
