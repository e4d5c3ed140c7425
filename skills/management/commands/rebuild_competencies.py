"""`manage.py rebuild_competencies [--check]`: competency rows from the ledger."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Person
from jobs.services import Progress
from skills.exceptions import SkillsError
from skills.models import Skill
from skills.services.reading import StandingRow
from skills.services.rebuild import Difference, RebuildReport, rebuild_competencies


class Command(BaseCommand):
    help = (
        "Work out every competency from the evidence ledger, report each stored row that differs, "
        "and put it right. With --check nothing is written and a difference is an error."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only report; write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        check: bool = options["check"]
        progress = Progress()
        try:
            report = rebuild_competencies(repair=not check, progress=progress)
        except SkillsError as error:
            raise CommandError(str(error)) from error
        for line in _lines(report):
            self.stdout.write(line)
        unlisted = report.different - len(report.differences)
        if unlisted:
            self.stdout.write(f"... and {unlisted} more")
        self.stdout.write(
            f"{report.checked} competencies checked from {report.evidence} pieces of evidence; "
            f"{report.different} differed, {report.overdue} were overdue"
            f"{'' if check else '; all are right now'}."
        )
        if check and report.different:
            raise CommandError("Stored competencies differ from the ledger.")


def _lines(report: RebuildReport) -> list[str]:
    people = dict(
        Person.objects.filter(pk__in={each.person_id for each in report.differences}).values_list(
            "pk", "email"
        )
    )
    skills = dict(Skill.objects.values_list("pk", "slug"))
    return [_line(each, people, skills) for each in report.differences]


def _line(each: Difference, people: dict[int, str], skills: dict[int, str]) -> str:
    who = people.get(each.person_id, f"person {each.person_id}")
    what = skills.get(each.skill_id, f"skill {each.skill_id}")
    return f"{who} {what}: stored {_words(each.stored)}, ledger {_words(each.right)}"


def _words(row: StandingRow | None) -> str:
    if row is None:
        return "nothing"
    return (
        f"level {row.verified_level}, claimed {row.claimed_level}, {row.state}, "
        f"strength {row.strength}, due {row.due_on}, next change {row.next_change_on}"
    )
