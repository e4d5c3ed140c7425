"""`manage.py load_content`: make the database say what the content folder says."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Person
from operations.exceptions import ContentInvalid
from operations.services.content import effect_of_policy, load_content
from skills.services.policy_effect import PolicyEffect

MOST_NAMED = 20


class Command(BaseCommand):
    help = (
        "Load framework, policy, job roles and courses from the content folder. Everything is "
        "checked first; with any problem nothing is loaded. Loading twice changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="say what is wrong or would change, for a new policy also in how many people's "
            "levels (with --verbosity 2 whose), and write nothing",
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
            said = _counted(len(error.problems), "problem")
            raise CommandError(f"{said}; nothing was loaded.") from error
        if options["verbosity"] < 1:
            return
        for line in changes:
            self.stdout.write(line)
        if options["check"] and (effect := effect_of_policy(directory)):
            for line in _effect_lines(effect, names=options["verbosity"] > 1):
                self.stdout.write(line)
        done = "would change" if options["check"] else "changed"
        said = _counted(len(changes), "thing")
        self.stdout.write(f"{said} {done}." if changes else "Nothing to change.")


def _effect_lines(effect: PolicyEffect, *, names: bool) -> list[str]:
    """How many people's verified levels the policy would change, by skill; on demand the first."""
    lines = [
        f"  {skill}: rises for {each.rise}, falls for {each.fall}"
        for skill, each in effect.skills.items()
    ]
    total = f"{len(effect.people)} people's" if len(effect.people) != 1 else "1 person's"
    lines.insert(
        0,
        f"policy version {effect.version}: as of {effect.day}, {total} verified level would change",
    )
    if names and effect.people:
        shown = Person.objects.filter(pk__in=effect.people[:MOST_NAMED]).order_by("pk")
        lines += [f"  {each.name} ({each.email})" for each in shown]
        if len(effect.people) > MOST_NAMED:
            lines.append(f"  and {len(effect.people) - MOST_NAMED} more")
    return lines


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
