"""Ledger rows are added and read; nothing changes or deletes them."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.db.utils import DatabaseError
from django.utils import timezone

from accounts.models import Person
from skills.enums import Kind
from skills.exceptions import LedgerIsAppendOnly
from skills.models import Evidence, Revocation, Settlement
from skills.services.decisions import revoke_evidence, settle_contradiction

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


@pytest.fixture
def rows(
    org: SimpleNamespace, make_person: Make, give: Make, make_assessor: Make
) -> dict[str, Any]:
    """One row in each table of the ledger."""
    person = make_person()
    low = give(person, org.plain, Kind.ADAPTIVE_ASSESSMENT, 0, 9, recorded_by=person).evidence
    high = give(person, org.plain, Kind.PRACTICAL_TASK_DOUBLE, 3, 5).evidence
    settlement = settle_contradiction(low, high, reviewer=make_assessor(), reason="Frozen screen")
    revocation = revoke_evidence(high, reason="Marked for somebody else")
    return {"evidence": low, "revocation": revocation, "settlement": settlement}


TABLES = pytest.mark.parametrize("table", ["evidence", "revocation", "settlement"])
WAYS: dict[str, Callable[[Any], object]] = {
    "save": lambda row: row.save(),
    "save one field": lambda row: row.save(update_fields=["recorded_at"]),
    "save forced": lambda row: row.save(force_update=True),
    "delete": lambda row: row.delete(),
    "queryset update": lambda row: type(row).objects.update(recorded_at=timezone.now()),
    "queryset delete": lambda row: type(row).objects.all().delete(),
    "filtered delete": lambda row: type(row).objects.filter(pk=row.pk).delete(),
    "raw delete": lambda row: type(row).objects.all()._raw_delete("default"),
    "bulk update": lambda row: type(row).objects.bulk_update([row], ["recorded_at"]),
    "update or create": lambda row: type(row).objects.update_or_create(pk=row.pk),
    "bulk create over": lambda row: type(row).objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["id"], update_fields=["recorded_at"]
    ),
    "bulk create over by place": lambda row: type(row).objects.bulk_create(
        [row], None, False, True, ["recorded_at"], ["id"]
    ),
    "base manager update": lambda row: type(row)._base_manager.update(recorded_at=timezone.now()),
    "base manager delete": lambda row: type(row)._base_manager.all().delete(),
}


@TABLES
@pytest.mark.parametrize("way", WAYS)
def test_no_way_through_the_model_changes_or_deletes(
    rows: dict[str, Any], table: str, way: str
) -> None:
    before = list(type(rows[table]).objects.order_by("pk").values())
    with pytest.raises(LedgerIsAppendOnly):
        WAYS[way](rows[table])
    assert list(type(rows[table]).objects.order_by("pk").values()) == before


def test_a_row_taken_for_new_does_not_overwrite_the_old(rows: dict[str, Any]) -> None:
    row: Evidence = rows["evidence"]
    copy = Evidence.objects.get(pk=row.pk)
    copy._state.adding = True
    copy.level = 4
    with pytest.raises(DatabaseError), transaction.atomic():
        copy.save()
    assert Evidence.objects.get(pk=row.pk).level == row.level


def test_related_managers_change_nothing(rows: dict[str, Any], make_person: Make) -> None:
    row: Evidence = rows["evidence"]
    person, other = row.person, make_person()
    for attempt in (
        lambda: person.recorded.clear(),
        lambda: person.recorded.remove(row),
        lambda: person.recorded.set([]),
        lambda: person.recorded.update(level=4),
        lambda: other.evidence.add(row),
        lambda: other.evidence.add(row, bulk=False),
        lambda: other.evidence.set([row]),
        lambda: person.evidence.all().delete(),
        lambda: row.skill.evidence.update(level=4),
    ):
        with pytest.raises(LedgerIsAppendOnly), transaction.atomic():
            attempt()
    assert Evidence.objects.get(pk=row.pk).person == person


def test_nothing_that_evidence_names_can_be_deleted(rows: dict[str, Any]) -> None:
    row: Evidence = rows["evidence"]
    for thing in (row.person, row.skill, row.kind):
        with pytest.raises(ProtectedError):
            thing.delete()
    with pytest.raises(ProtectedError):
        Person.objects.filter(pk=row.person_id).delete()


def test_adding_in_bulk_is_still_possible(rows: dict[str, Any]) -> None:
    row: Evidence = rows["evidence"]
    fields = {
        field.attname: getattr(row, field.attname)
        for field in Evidence._meta.concrete_fields
        if field.name not in ("id", "uuid")
    }
    Evidence.objects.bulk_create([Evidence(**fields)])
    assert Evidence.objects.count() == 3


@pytest.mark.parametrize("model", [Evidence, Revocation, Settlement])
@pytest.mark.parametrize("path", ["add/", "{pk}/change/", "{pk}/delete/"])
def test_the_admin_only_shows_the_ledger(
    rows: dict[str, Any], make_person: Make, sign_in: Make, model: Any, path: str
) -> None:
    client = sign_in(make_person(is_staff=True, is_superuser=True))
    name = model.__name__.lower()
    row = model.objects.all()[0]
    address = f"/admin/skills/{name}/{path.format(pk=row.pk)}"
    before = list(model.objects.order_by("pk").values())
    answer = client.post(address, {"post": "yes", "level": 4, "reason": "x"})
    assert answer.status_code == 403
    client.post(
        f"/admin/skills/{name}/", {"action": "delete_selected", "_selected_action": [row.pk]}
    )
    assert list(model.objects.order_by("pk").values()) == before
    assert model in admin.site._registry


@pytest.mark.services
@TABLES
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {table} SET recorded_at = now()", "DELETE FROM {table}", "TRUNCATE {table} CASCADE"],
)
def test_postgresql_refuses_raw_statements(
    rows: dict[str, Any], table: str, statement: str
) -> None:
    model = type(rows[table])
    count = model.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL tutti.allow_ledger_truncate = 'off'")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
        ):
            cursor.execute(statement.format(table=model._meta.db_table))
    assert model.objects.count() == count
