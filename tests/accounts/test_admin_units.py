"""Units in the admin: a tree written by one at a time, kept under positions, moved on record."""

import html
from collections.abc import Callable
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import OrgUnit, Person, Position

SignIn = Callable[[Person], Client]


def test_a_unit_name_holds_no_separator(organisation: Any, sign_in: SignIn) -> None:
    client = sign_in(organisation.admin)
    url = reverse("admin:accounts_orgunit_add")
    assert client.get(url).status_code == 200
    given = {"name": "R/D", "treebeard_position": "sorted-child", "treebeard_ref_node": ""}
    page = client.post(url, given)
    assert "separates the levels" in page.text
    client.post(url, given | {"name": "Research  and Development"})
    unit = OrgUnit.objects.get()
    assert unit.name == "Research and Development"
    assert client.get(reverse("admin:accounts_orgunit_change", args=[unit.pk])).status_code == 200


@pytest.fixture
def staffed_tree(organisation: Any, make_unit: Any, place: Any) -> dict[str, OrgUnit]:
    """Top > Middle > Below, where somebody works; Empty > Emptier, where nobody does."""
    units = {"Top": make_unit("Top")}
    for name, above in (("Middle", "Top"), ("Below", "Middle")):
        units[name] = make_unit(name, parent=OrgUnit.objects.get(name=above))
    units["Empty"] = make_unit("Empty")
    units["Emptier"] = make_unit("Emptier", parent=OrgUnit.objects.get(name="Empty"))
    place(organisation.person, "Below", "engineer")
    return {unit.name: unit for unit in OrgUnit.objects.all()}


def delete_unit(client: Client, unit: OrgUnit) -> Any:
    url = reverse("admin:accounts_orgunit_delete", args=[unit.pk])
    return client.post(url, {"post": "yes"}, follow=True)


def delete_ticked_units(client: Client, unit: OrgUnit) -> Any:
    given = {"action": "delete_selected", "_selected_action": [unit.pk], "post": "yes"}
    return client.post(reverse("admin:accounts_orgunit_changelist"), given, follow=True)


every_deletion = pytest.mark.parametrize("delete", [delete_unit, delete_ticked_units])


@every_deletion
@pytest.mark.parametrize("name", ["Top", "Middle", "Below"])
def test_a_unit_above_somebodys_position_is_not_deleted(
    organisation: Any, sign_in: SignIn, staffed_tree: Any, delete: Any, name: str
) -> None:
    page = delete(sign_in(organisation.admin), staffed_tree[name])
    assert page.status_code == 200
    assert "protected" in page.text
    assert str(Position.objects.get()) in html.unescape(page.text)
    assert OrgUnit.objects.count() == 5


@every_deletion
def test_a_unit_without_positions_goes_with_what_is_below_it(
    organisation: Any, sign_in: SignIn, staffed_tree: Any, delete: Any
) -> None:
    page = delete(sign_in(organisation.admin), staffed_tree["Empty"])
    assert page.status_code == 200
    assert set(OrgUnit.objects.values_list("name", flat=True)) == {"Top", "Middle", "Below"}


@pytest.mark.parametrize("what", ["added", "changed", "moved", "deleted", "ticked"])
def test_units_are_written_while_nobody_else_changes_them(
    organisation: Any, sign_in: SignIn, staffed_tree: Any, what: str, monkeypatch: Any
) -> None:
    client, unit = sign_in(organisation.admin), staffed_tree["Empty"]
    given = {"name": "New", "treebeard_position": "sorted-child", "treebeard_ref_node": ""}
    moved = {"node": unit.pk, "target": staffed_tree["Top"].pk, "relation": "child"}
    change = reverse("admin:accounts_orgunit_change", args=[unit.pk])
    held: list[bool] = []
    monkeypatch.setattr("accounts.services.locks.lock_organisation", lambda: held.append(True))
    client.get(change)
    assert held == []
    acts: dict[str, Callable[[], Any]] = {
        "added": lambda: client.post(reverse("admin:accounts_orgunit_add"), given),
        "changed": lambda: client.post(change, given),
        "moved": lambda: client.post(reverse("admin:accounts_orgunit_changelist") + "move/", moved),
        "deleted": lambda: delete_unit(client, unit),
        "ticked": lambda: delete_ticked_units(client, unit),
    }
    before = set(OrgUnit.objects.values_list("path", "name"))
    assert acts[what]().status_code < 400
    assert held == [True]
    assert set(OrgUnit.objects.values_list("path", "name")) != before


def drag_unit(client: Client, unit: OrgUnit, above: OrgUnit) -> None:
    given = {"node": unit.pk, "target": above.pk, "relation": "child"}
    client.post(reverse("admin:accounts_orgunit_changelist") + "move/", given)


def choose_place_of_unit(client: Client, unit: OrgUnit, above: OrgUnit) -> None:
    given = {"name": unit.name, "treebeard_position": "sorted-child"}
    url = reverse("admin:accounts_orgunit_change", args=[unit.pk])
    client.post(url, given | {"treebeard_ref_node": above.pk})


@pytest.mark.parametrize("move", [drag_unit, choose_place_of_unit])
def test_a_moved_unit_is_in_the_audit_log_with_its_old_and_new_place(
    organisation: Any, sign_in: SignIn, staffed_tree: Any, move: Callable[..., None]
) -> None:
    LogEntry.objects.all().delete()
    client, units = sign_in(organisation.admin), staffed_tree
    move(client, units["Middle"], units["Emptier"])
    move(client, units["Empty"], units["Top"])
    move(client, units["Empty"], units["Top"])
    entries = LogEntry.objects.get_for_model(OrgUnit).filter(changes__has_key="place")
    assert [(each.object_repr, each.actor, each.changes["place"]) for each in entries[::-1]] == [
        ("Middle", organisation.admin, ["Top", "Empty / Emptier"]),
        ("Empty", organisation.admin, ["top of the organisation", "Top"]),
    ]
    page = client.get(reverse("admin:auditlog_logentry_change", args=[entries[0].pk]))
    assert "top of the organisation" in page.text


def test_a_unit_that_is_only_renamed_or_made_has_not_moved(
    organisation: Any, sign_in: SignIn, staffed_tree: Any
) -> None:
    client, unit = sign_in(organisation.admin), staffed_tree["Below"]
    given = {"name": "Aside", "treebeard_position": "sorted-child"}
    given["treebeard_ref_node"] = staffed_tree["Middle"].pk
    client.post(reverse("admin:accounts_orgunit_change", args=[unit.pk]), given)
    client.post(reverse("admin:accounts_orgunit_add"), given | {"name": "Added"})
    assert {"Aside", "Added"} < set(OrgUnit.objects.values_list("name", flat=True))
    assert not LogEntry.objects.filter(changes__has_key="place").exists()
