"""Making all competency rows again from the ledger, and saying which were wrong."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from jobs.services import Progress
from skills.domain.rows import derive_dates
from skills.enums import State
from skills.models import Competency, Evidence, EvidenceDates, PolicyVersion
from skills.services.competencies import competency_of, lock_people, save_competencies
from skills.services.ledger_rows import FIELDS, Key, LedgerSlice, ledger_of, slices_of
from skills.services.policy import Published, policy_of_digest, published_policy
from skills.services.reading import StandingRow, row_of

PEOPLE_AT_ONCE = 200
MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored row that is not what the ledger says; None: there is, or should be, no row."""

    person_id: int
    skill_id: int
    stored: StandingRow | None
    right: StandingRow | None


@dataclass(slots=True)
class RebuildReport:
    """What a rebuild found.

    `checked` counts pairs of person and skill, `evidence` ledger rows, `overdue` stored rows whose
    change has come or whose policy version is no longer current (no fault: the reading rule covers
    them), `different` rows that were wrong; `differences` lists the first of those.
    """

    checked: int = 0
    evidence: int = 0
    overdue: int = 0
    different: int = 0
    differences: list[Difference] = field(default_factory=list)

    def note(self, difference: Difference) -> None:
        self.different += 1
        if len(self.differences) < MOST_LISTED:
            self.differences.append(difference)


def rebuild_competencies(
    *,
    people: Collection[int] | None = None,
    progress: Progress | None = None,
    repair: bool = True,
) -> RebuildReport:
    """Work out every competency row from the ledger and compare it with the stored one.

    `people` limits it to these ids. With `repair`, rows that differ, are missing, are overdue or
    have no evidence are put right, in one transaction for some hundred people at a time; without,
    nothing is written. May be stopped and run again. Raises NoPolicyPublished.
    """
    published = published_policy()
    ids = sorted(people) if people is not None else _everybody()
    report = RebuildReport()
    for start in range(0, len(ids), PEOPLE_AT_ONCE):
        _rebuild(ids[start : start + PEOPLE_AT_ONCE], published, report, repair)
        if progress is not None:
            done = min(start + PEOPLE_AT_ONCE, len(ids))
            progress.report(done, len(ids), f"{report.checked} competencies checked")
    return report


def _everybody() -> list[int]:
    with_evidence = Evidence.objects.order_by().values_list("person_id", flat=True).distinct()
    stored = Competency.objects.order_by().values_list("person_id", flat=True).distinct()
    return sorted(set(with_evidence) | set(stored))


def _rebuild(ids: list[int], published: Published, report: RebuildReport, repair: bool) -> None:
    today = timezone.localdate()
    with transaction.atomic():
        if repair:
            lock_people(ids)
        stored = _stored_rows(ids)
        wrong: list[Competency] = []
        for key, piece in ledger_of(ids).items():
            report.evidence += len(piece.rows)
            if piece.skill in published.policy.skills:
                row = _check(key, piece, stored.pop(key, None), published, report, today)
                wrong += [row] if row else []
            else:
                stored.pop(key, None)
        for key, left in stored.items():
            report.checked += 1
            report.note(Difference(*key, left.row, None))
        if repair:
            save_competencies(wrong)
            Competency.objects.filter(pk__in=[row.id for row in stored.values()]).delete()


class _Stored(NamedTuple):
    """A stored row as plain values: models of all of them would cost more than the ladder."""

    id: int
    policy_id: int
    row: StandingRow


_ANSWER = ("verified_level", "claimed_level", "state", "strength", "due_on", "next_change_on")


def _stored_rows(ids: list[int]) -> dict[Key, _Stored]:
    rows = Competency.objects.filter(person_id__in=ids).order_by()
    found = {}
    values = rows.values_list("id", "policy_id", "person_id", "skill_id", *_ANSWER)
    for id_, policy_id, person_id, skill_id, verified, claimed, state, *rest in values:
        row = StandingRow(person_id, skill_id, "", verified, claimed, State(state), *rest)
        found[person_id, skill_id] = _Stored(id_, policy_id, row)
    return found


def _check(
    key: Key,
    piece: LedgerSlice,
    stored: _Stored | None,
    published: Published,
    report: RebuildReport,
    today: date,
) -> Competency | None:
    """Compare one row; return it as it should be if it has to be written."""
    report.checked += 1
    answer = piece.answer(published.policy, as_of=today)
    right = row_of(key, answer)
    if stored is not None and _overdue(stored, published, today):
        report.overdue += 1
    elif stored is None or stored.row.answer != right.answer:
        report.note(Difference(*key, stored.row if stored else None, right))
    else:
        return None
    return competency_of(key, answer, published)


def _overdue(stored: _Stored, published: Published, today: date) -> bool:
    change = stored.row.next_change_on
    return stored.policy_id != published.id or (change is not None and change <= today)


def republish_dates(policy_id: int, progress: Progress | None = None) -> int:
    """Write the dates that the ledger lacks under a policy version, then rebuild competencies.

    Returns how many ledger rows got dates. Rows of skills or kinds that the version does not have
    get none. May be stopped and run again.
    """
    version = PolicyVersion.objects.only("digest").get(pk=policy_id)
    policy = policy_of_digest(version.digest)
    lacking = Evidence.objects.exclude(dates__policy_id=policy_id).order_by("pk")
    total, written, last = lacking.count(), 0, 0
    while chunk := list(lacking.filter(pk__gt=last).values_list(*FIELDS)[:5000]):
        last = chunk[-1][0]
        dates = [
            EvidenceDates(
                evidence_id=row.id,
                policy_id=policy_id,
                **derive_dates(row, policy.skills[piece.skill], policy)._asdict(),
            )
            for piece in slices_of(chunk).values()
            if piece.skill in policy.skills
            for row in piece.rows
        ]
        EvidenceDates.objects.bulk_create(dates, ignore_conflicts=True, batch_size=1000)
        written += len(dates)
        if progress is not None:
            progress.report(written, total, "Writing dates")
    if version.pk == published_policy().id:
        rebuild_competencies(progress=progress)
    return written
