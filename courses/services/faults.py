"""Faults that readers report in lessons, and what the authors answer."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, QuerySet, When
from django.utils import timezone

from accounts.models import Person
from courses.enums import FaultState
from courses.exceptions import FaultRefused
from courses.models import FaultReport, Lesson
from courses.permissions import can_edit_faults
from courses.services.progress import version_read

TEXT_LENGTH = 2000


def report_fault(
    person: Person, lesson: Lesson, text: str, *, version: int | None = None
) -> FaultReport:
    """Say that something in a lesson is wrong; the version read (its number) is remembered.

    The same text of the same person, still open, is one report. Raises FaultRefused for an empty
    or over-long text, NotOffered for a lesson that cannot be opened.
    """
    text = _checked(text, "Say in a sentence what is wrong.")
    version_id = version_read(lesson, version)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)  # one report for two clicks
        report, _ = FaultReport.objects.get_or_create(
            lesson=lesson,
            reporter=person,
            text=text,
            state=FaultState.OPEN,
            defaults={"version_id": version_id},
        )
    return report


def resolve_fault(
    fault: FaultReport, *, by: Person, answer: str, dismissed: bool = False
) -> FaultReport:
    """Close a report with an answer that its reporter can read.

    `dismissed`: there was nothing to mend. Raises PermissionDenied, and FaultRefused for an empty
    answer or a report that is closed already.
    """
    if not can_edit_faults(by):
        raise PermissionDenied
    answer = _checked(answer, "Tell the reader what you did, or why nothing needs to change.")
    with transaction.atomic():
        fault = FaultReport.objects.select_for_update(of=("self",)).get(pk=fault.pk)
        if fault.state != FaultState.OPEN:
            raise FaultRefused("This report has been answered already.")
        fault.state = FaultState.DISMISSED if dismissed else FaultState.RESOLVED
        fault.answer, fault.resolved_by, fault.resolved_at = answer, by, timezone.now()
        fault.save(update_fields=["state", "answer", "resolved_by", "resolved_at"])
    return fault


def faults_in(state: FaultState | None = None) -> QuerySet[FaultReport]:
    """Reports of one state or all, open ones first, the newest first; for authors and auditors."""
    reports = FaultReport.objects.select_related(
        "lesson__module__curriculum", "version", "reporter", "resolved_by"
    )
    open_first = Case(When(state=FaultState.OPEN, then=0), default=1)
    ordered = reports.order_by(open_first, "-reported_at")
    return ordered.filter(state=state) if state else ordered


def faults_reported_by(person: Person) -> QuerySet[FaultReport]:
    """A reader's own reports with the answers they got."""
    return FaultReport.objects.filter(reporter=person).select_related("lesson", "version")


def _checked(text: str, message: str) -> str:
    text = text.strip()
    if not text:
        raise FaultRefused(message)
    if len(text) > TEXT_LENGTH:
        raise FaultRefused(f"Please keep it to {TEXT_LENGTH} characters.")
    return text
