"""`manage.py load_content`: make the database say what the content folder says."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from operations.exceptions import ContentInvalid
from operations.services.content import load_content


class Command(BaseCommand):
    help = (
        "Load framework, policy, job roles and courses from the content folder. Everything is "
        "checked first; with any problem nothing is loaded. Loading twice changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="say what is wrong or would change, and write nothing",
        )
        parser.add_argument("--dir", type=Path, help="the folder (default: the one that ships)")
        parser.add_argument(
            "--on",
            type=date.fromisoformat,
            help="the day from which changed requirements hold (default: today)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        directory: Path = options["dir"] or Path(settings.CONTENT_DIR)
        if not directory.is_dir():
            raise CommandError(f"{directory} is not a folder.")
        try:
            changes = load_content(directory, preview=options["check"], on=options["on"])
        except ContentInvalid as error:
            for problem in error.problems:
                self.stderr.write(f"{directory}/{problem}")
            raise CommandError(f"{len(error.problems)} problems; nothing was loaded.") from error
        if options["verbosity"] < 1:
            return
        for line in changes:
            self.stdout.write(line)
        done = "would change" if options["check"] else "changed"
        self.stdout.write(f"{len(changes)} things {done}." if changes else "Nothing to change.")
