"""The stored competency rows: written with the ledger, made again, and aged at night."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Person
from jobs.services import Progress
from skills.domain.standing import Answer
from skills.models import Competency
from skills.services.ledger_rows import Key, slice_of
from skills.services.policy import Published, published_policy
from skills.services.reading import StandingRow, row_of, slices_for

CHUNK = 500
ANSWER_FIELDS = (
    "verified_level",
    "claimed_level",
    "state",
    "strength",
    "due_on",
    "next_change_on",
    "policy",
    "computed_on",
    "updated_at",
)


def recompute(person_id: int, skill_id: int) -> StandingRow:
    """Work out one person's standing in one skill from the ledger and store it.

    Waits for others who write about the same person. A skill that the current policy does not have
    has no standing: its stored row stays as it is. Raises NoPolicyPublished.
    """
    with transaction.atomic():
        published = published_policy()
        lock_people([person_id])
        key = (person_id, skill_id)
        piece = slice_of(key)
        if piece is None:
            Competency.objects.filter(person_id=person_id, skill_id=skill_id).delete()
            return StandingRow(person_id, skill_id, "")
        if piece.skill not in published.policy.skills:
            return StandingRow(person_id, skill_id, piece.skill)
        answer = piece.answer(published.policy, as_of=timezone.localdate())
        save_competencies([competency_of(key, answer, published)])
    return row_of(key, answer)


def lock_people(person_ids: Collection[int]) -> None:
    """Make others wait who record or recompute for these people until the transaction ends.

    On SQLite a transaction that writes has the whole database to itself already.
    """
    if connection.features.has_select_for_update:
        rows = Person.objects.filter(pk__in=person_ids).order_by("pk")
        list(rows.select_for_update(no_key=True).values_list("pk"))


def competency_of(key: Key, answer: Answer, published: Published) -> Competency:
    """The row that stores an answer of the ladder."""
    return Competency(
        person_id=key[0],
        skill_id=key[1],
        verified_level=answer.verified,
        claimed_level=answer.claimed,
        state=answer.state.value,
        strength=answer.strength,
        due_on=answer.due_on,
        next_change_on=answer.next_change_on,
        policy_id=published.id,
        computed_on=answer.as_of,
    )


def save_competencies(rows: Iterable[Competency]) -> None:
    """Insert or replace rows, one a person and skill, in one statement a chunk.

    They are updated now, not when the ladder began: who follows the changes counts on it.
    """
    updated, now = list(rows), timezone.now()
    for row in updated:
        row.updated_at = now
    Competency.objects.bulk_create(
        updated,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=("person", "skill"),
        update_fields=ANSWER_FIELDS,
    )


def age_competencies(today: date | None = None, progress: Progress | None = None) -> int:
    """Bring the rows up to date whose next change has come by `today`; return how many.

    Touches no other row, works in chunks of one transaction each, and may be stopped and run
    again at any time: a row that is done is no longer due.
    """
    day = today or timezone.localdate()
    due = Competency.objects.due_by(day).order_by("pk")
    total = due.count()
    done = last = 0
    while chunk := list(due.filter(pk__gt=last).values_list("pk", "person_id", "skill_id")[:CHUNK]):
        last = chunk[-1][0]
        done += _age(due, [each[0] for each in chunk], {each[1] for each in chunk}, day)
        if progress is not None:
            progress.report(done, max(total, done), "Ageing competencies")
    return done


def _age(due: QuerySet[Competency], ids: list[int], people: Collection[int], day: date) -> int:
    """Age those of the rows that are still due once their people are locked."""
    with transaction.atomic():
        lock_people(people)
        keys = list(due.filter(pk__in=ids).values_list("person_id", "skill_id"))
        if not keys:
            return 0
        published = published_policy()
        rows = [
            competency_of(key, piece.answer(published.policy, as_of=day), published)
            for key, piece in slices_for(keys).items()
            if piece.skill in published.policy.skills
        ]
        save_competencies(rows)
    return len(rows)
