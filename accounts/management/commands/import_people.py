"""Take over a people file."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.domain import people_file
from accounts.exceptions import PeopleFileRefused
from accounts.models import Invitation
from accounts.services.importing import (
    BadRows,
    ImportReport,
    apply_people_file,
    linkable_invitations,
    uninvited_people,
)
from accounts.services.invitations import invitation_link, invite_person

HELP = f"""Take over a people file (CSV), one row per position, with these columns:

  {",".join(people_file.COLUMNS)}

The file is UTF-8. Dates look like 2026-11-22, levels of a unit are separated by "/", a share is
above 0 and at most 1, with 3 decimals at most (empty: 1), ai_access is yes or no (empty: yes).
Leave unit_path, job_role, share, from and to empty for a person without a position. Units are made
when needed; a job role must exist. A manager may stand in the file, in any order, or be stored
already.

An e-mail address is one person's: another can have it only if its holder gets another one in the
same file, so two people can swap theirs.

People are found by external_id: running the same file again changes nothing. The whole file is
checked first, and each bad row is reported with its line; nothing is changed unless all is good,
or with --skip-bad, which leaves people with a bad row as they are. The exit code is 0 only if the
file was taken over, or with --dry-run can be.

A position of a person in the file that the file no longer has ends the day before the one that
follows it (its "from" may lie in the past), or yesterday; one that had not begun is removed; ended
ones stay as history. Another manager counts from the day of the import.

People who are in the file and not active become active again. People who are not in the file are
left alone, or with --full deactivated, never deleted; people without an external_id are never
touched."""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs["formatter_class"] = argparse.RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the people file")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="check, and say of each person what would change; change nothing",
        )
        parser.add_argument(
            "--show",
            type=int,
            default=100,
            metavar="N",
            help="how many people a dry run names with what would change (100)",
        )
        parser.add_argument(
            "--full",
            action="store_true",
            help="deactivate active people with an external_id who are not in the file",
        )
        parser.add_argument("--skip-bad", action="store_true", help="leave bad people out")
        parser.add_argument(
            "--force", action="store_true", help="let --full deactivate more than 10%%"
        )
        links = parser.add_mutually_exclusive_group()
        links.add_argument(
            "--invite",
            action="store_true",
            help="mail an invitation to people of the file who have no password and no open link",
        )
        links.add_argument(
            "--print-links",
            action="store_true",
            help="print the link of everybody of the file who has no password, and mail nothing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["show"] < 0:
            raise CommandError("--show takes a number of people, 0 or more.")
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        with transaction.atomic():
            report = self._apply(data, options)
            links = self._invite(report, options)
        self._say(report, options, links)

    def _apply(self, data: bytes, options: dict[str, Any]) -> ImportReport:
        names = ("dry_run", "full", "skip_bad", "force")
        try:
            return apply_people_file(data, **{name: options[name] for name in names})
        except BadRows as error:
            for problem in error.problems:
                self.stderr.write(str(problem))
            raise CommandError(str(error)) from error
        except PeopleFileRefused as error:
            raise CommandError(f"{error} Nothing was changed.") from error

    def _invite(self, report: ImportReport, options: dict[str, Any]) -> list[str]:
        if not (options["invite"] or options["print_links"]):
            return []
        if options["dry_run"]:
            return [f"would invite {email}" for email in report.invitable]
        made: list[Invitation] = [
            invite_person(person, by=None, mail=options["invite"])
            for person in uninvited_people(report.person_ids)
        ]
        if options["invite"]:
            return [f"invited {each.person.email}" for each in made]
        return [
            f"{each.person.email}\t{invitation_link(each)}"
            for each in linkable_invitations(report.person_ids)
        ]

    def _say(self, report: ImportReport, options: dict[str, Any], links: list[str]) -> None:
        for problem in report.problems:
            self.stderr.write(f"left out: {problem}")
        if options["dry_run"]:
            self._show(report.changes, most=options["show"])
        else:
            for email in report.missing:
                self.stdout.write(f"deactivated: {email}")
        for line in links:
            self.stdout.write(line)
        told = ", ".join(_counted(count, what) for what, count in report.summary.items() if count)
        told = told or "nothing to do"
        self.stdout.write(f"would be: {told}" if options["dry_run"] else told)

    def _show(self, changes: Sequence[str], *, most: int) -> None:
        for line in changes[:most]:
            self.stdout.write(line)
        more = len(changes) - most
        if more > 0:
            self.stdout.write(f"… and {_counted(more, 'more people')}")


def _counted(count: int, what: str) -> str:
    """Write 1 of "people added" as "1 person added"."""
    if count == 1:
        what = what.replace("people", "person").replace("positions", "position")
    return f"{count} {what}"
