"""The reporting line: its parts, and its history, kept beside the paths."""

from datetime import date, datetime, time

from django.db.models import CharField, Count, Exists, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Substr
from django.utils import timezone

from accounts.domain.lines import LINE_STEP, line_ids
from accounts.models import LinePeriod, Person
from accounts.models.people import PersonQuerySet

BATCH = 500


def parts_of_line(manager: Person) -> list[tuple[Person, int]]:
    """Who leads people directly below a manager, by name, and how many active people below them.

    They may have left themselves. Two queries for any number of people.
    """
    length = len(manager.line_path) + LINE_STEP
    line: PersonQuerySet = Person.objects.active().in_line_of(manager)
    deeper = line.exclude(manager=manager).order_by().values(part=Substr("line_path", 1, length))
    counted = deeper.annotate(people=Count("pk")).values_list("part", "people")
    below = {line_ids(part)[-1]: people for part, people in counted}
    leading = Person.objects.filter(pk__in=below).order_by("name", "id")
    return [(each, below[each.pk]) for each in leading]


def keep_line_periods(people: PersonQuerySet) -> None:
    """End the open period of each of these people whose path changed, and open the next one.

    Called in the transaction that writes the paths, with the people they were written for; those
    whose path stayed keep their period. A few queries for any number of people.
    """
    now = timezone.now()
    opened = LinePeriod.objects.open()
    left = opened.filter(person__in=people).exclude(line_path=F("person__line_path"))
    left.update(ends_at=now)
    moved = people.exclude(Exists(opened.filter(person=OuterRef("pk"))))
    LinePeriod.objects.bulk_create(
        [
            LinePeriod(person_id=pk, line_path=path, starts_at=now)
            for pk, path in moved.order_by("pk").values_list("pk", "line_path")
        ],
        batch_size=BATCH,
    )


def line_path_on(day: date) -> Coalesce:
    """An annotation of people with the line path they had at the end of a day.

    Where the record begins later, the first path known.
    """
    end = datetime.combine(day, time.max, tzinfo=timezone.get_current_timezone())
    then = LinePeriod.objects.filter(person=OuterRef("pk")).since(end).order_by("starts_at", "id")
    return Coalesce(
        Subquery(then.values("line_path")[:1]), F("line_path"), output_field=CharField()
    )
