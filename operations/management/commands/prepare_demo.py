"""`manage.py prepare_demo`: what `make run` does before it serves."""

import os
import shutil
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import Person
from operations.exceptions import ContentInvalid, DemoRefused
from operations.services.demo import DEMO_PASSWORD, ON_STAGE, seed_demo
from operations.services.demo.content import load_changed_content

PEOPLE, SEED = 240, 7


class Command(BaseCommand):
    requires_system_checks = ()  # the server that starts next runs them; a second call is quick
    help = (
        "Migrate, load the content where it changed, make the demo organisation where there are "
        "no people, and say where to go. Run again, it keeps the data and is quick."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--reset", action="store_true", help="throw database, messages and mail away first"
        )
        parser.add_argument(
            "--no-input", action="store_true", help="do not ask before throwing away"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("This is not a development installation; there is no demo here.")
        if options["reset"]:
            self._reset(ask=not options["no_input"])
        self._migrate()
        self._load()
        self._seed()
        self._say_where_to_go()

    def _reset(self, *, ask: bool) -> None:
        """Remove the files of the SQLite installation; another database is not ours to drop."""
        if connection.vendor != "sqlite":
            raise CommandError(
                "Only the SQLite database of a development installation is thrown away. Drop and "
                "create this one yourself, then run prepare_demo without --reset."
            )
        kept = [path for path in _throwaway() if path.exists()]
        if kept and ask:
            self.stdout.write("This deletes:")
            for path in kept:
                self.stdout.write(f"  {path}")
            if not _agreed():
                raise CommandError("Nothing was deleted.")
        connection.close()
        for path in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for folder in _folders():
            folder.mkdir(parents=True, exist_ok=True)

    def _migrate(self) -> None:
        """Only where something is to do: what follows a migration costs seconds each time."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)

    def _load(self) -> None:
        try:
            changes = load_changed_content()
        except ContentInvalid as error:
            raise CommandError(str(error)) from error
        if changes:
            counted = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
            self.stdout.write(f"Content loaded: {counted}.")

    def _seed(self) -> None:
        if Person.objects.exists():
            return
        try:
            made = seed_demo(people=PEOPLE, seed=SEED, tell=self.stdout.write)
        except DemoRefused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made.people} people, {made.evidence:,} pieces of evidence.")

    def _say_where_to_go(self) -> None:
        here = set(
            Person.objects.filter(email__in=[each.email for each in ON_STAGE]).values_list(
                "email", flat=True
            )
        )
        on_stage = [each for each in ON_STAGE if each.email in here]
        self.stdout.write(f"\nTutti: http://127.0.0.1:{os.environ.get('PORT', '8000')}")
        if not on_stage:
            self.stdout.write("The people of this database were not made by the demo.")
            return
        self.stdout.write(f"Sign in with the password {DEMO_PASSWORD} as\n\n")
        rows = [("", "E-mail", "Name", "Look at"), *_table(on_stage)]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for *cells, last in rows:
            line = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
            self.stdout.write(f"  {line}  {last}")
        self.stdout.write("")


def _agreed() -> bool:
    try:
        return input("Type yes to go on: ").strip().lower() == "yes"
    except EOFError:  # nobody is there to answer
        return False


def _table(on_stage: list[Any]) -> list[tuple[str, str, str, str]]:
    return [(each.part, each.email, each.name, each.shows) for each in on_stage]


def _throwaway() -> Iterator[Path]:
    database = Path(settings.DATABASES["default"]["NAME"])
    yield from (database.with_name(database.name + end) for end in ("", "-wal", "-shm"))
    yield from _folders()
    schedule = Path(settings.CELERY_BEAT_SCHEDULE_FILENAME)
    yield from schedule.parent.glob(f"{schedule.name}*")


def _folders() -> Iterator[Path]:
    """Messages on the way and mail; the broker's folders must exist for messages to be sent."""
    for name in ("data_folder_in", "processed_folder"):
        if folder := getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {}).get(name):
            yield Path(folder)
    yield Path(getattr(settings, "EMAIL_FILE_PATH", settings.VAR_DIR / "mail"))
