"""Gaps out by the API: of one person, as JSON pages, and as CSV."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Position, RecordAccess
from skills.models import Competency, Exemption, Requirement, Skill
from skills.services.decisions import revoke_evidence

COLUMNS = [
    "person", "external_id", "name", "manager", "unit", "job_role", "skill", "weight",
    "required_level", "verified_level", "claimed_level", "shortfall", "blocking", "state",
    "requirement_state", "due_on", "until", "as_of", "policy_version",
]  # fmt: skip


@pytest.fixture
def api(make_api: Callable[..., Any], org: SimpleNamespace) -> Any:
    return make_api("gaps:read")


def csv_rows(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.content
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_a_persons_gaps_say_the_figure_and_what_blocks(
    api: Any, org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    before = api.get(f"people/{org.ben.uuid}/gaps/").json()
    assert before["gap"] == 1
    assert before["blocking_count"] > 0
    assert before["met"] == 0
    assert before["required_count"] == len(before["rows"])
    task(org.ben, "core-safe-data", 2)
    after = api.get(f"people/{org.ben.uuid}/gaps/").json()
    assert 0 < after["gap"] < 1
    yesterday = timezone.localdate() - timedelta(days=11)
    past = api.get(f"people/{org.ben.uuid}/gaps/", as_of=str(yesterday)).json()
    assert past == {**before, "as_of": str(yesterday)}


def test_an_exempt_requirement_is_told_and_leaves_the_figures(
    api: Any, org: SimpleNamespace
) -> None:
    full = api.get(f"people/{org.ben.uuid}/gaps/").json()
    slug = full["rows"][0]["skill"]
    ends = timezone.localdate() + timedelta(days=9)
    Exemption.objects.create(
        person=org.ben, skill=Skill.objects.get(slug=slug), reason="On leave",
        starts_on=timezone.localdate(), ends_on=ends, approved_by=org.ada,
    )  # fmt: skip
    spared = api.get(f"people/{org.ben.uuid}/gaps/").json()
    row = next(row for row in spared["rows"] if row["skill"] == slug)
    assert (row["requirement_state"], row["until"]) == ("exempt", str(ends))
    assert (row["shortfall"], row["blocking"]) == (0, False)
    assert spared["required_count"] == full["required_count"] - 1
    rows = [row for row in api.pages("gaps/") if row["name"] == "Ben" and row["skill"] == slug]
    assert [row["requirement_state"] for row in rows] == ["exempt"]


def test_a_new_starter_is_in_grace(
    api: Any, org: SimpleNamespace, make_position: Callable[..., Any]
) -> None:
    started = timezone.localdate() - timedelta(days=5)
    place = org.ben.positions.get()
    place.starts_on = started
    place.save()
    rows = api.get(f"people/{org.ben.uuid}/gaps/").json()["rows"]
    graced = [row for row in rows if row["requirement_state"] == "in_grace"]
    assert {row["job_role"] for row in graced} == {"network-engineer"}
    assert {row["until"] for row in graced} == {str(started + timedelta(days=89))}


def test_what_is_in_grace_is_listed_with_its_date_by_the_person_the_pages_and_the_csv(
    api: Any, org: SimpleNamespace
) -> None:
    day = timezone.localdate()
    place = org.ben.positions.get()
    Position.objects.filter(pk=place.pk).update(starts_on=day)
    Requirement.objects.filter(job_role__slug="employee").update(grace_until=day)
    starter = str(day + timedelta(days=89))
    own = api.get(f"people/{org.ben.uuid}/gaps/").json()
    assert (own["gap"], own["met"], own["required_count"], own["blocking_count"]) == (None, 0, 0, 0)
    pages = [row for row in api.pages("gaps/") if row["name"] == "Ben"]
    flat = [row for row in csv_rows(api.get("gaps/", format="csv")) if row["name"] == "Ben"]
    for rows in (own["rows"], pages, flat):
        assert {row["job_role"] for row in rows} == {"network-engineer", "employee"}
        assert all(row["requirement_state"] == "in_grace" for row in rows)
        assert {(row["skill"], row["until"]) for row in rows} == {
            (row["skill"], row["until"]) for row in own["rows"]
        }
    assert {row["until"] for row in own["rows"]} == {starter, str(day)}
    morning = api.get(f"people/{org.ben.uuid}/gaps/", as_of=str(day + timedelta(days=1))).json()
    assert morning["required_count"] > 0


def test_a_requirement_of_a_day_to_come_is_told_from_that_day(
    api: Any, org: SimpleNamespace
) -> None:
    day = timezone.localdate() + timedelta(days=30)
    row = Requirement.objects.filter(job_role__slug="employee").first()
    assert row is not None
    Requirement.objects.filter(pk=row.pk).update(valid_from=day)
    address, slug = f"people/{org.ben.uuid}/gaps/", row.skill.slug
    before, since = api.get(address).json(), api.get(address, as_of=str(day)).json()
    assert slug not in {each["skill"] for each in before["rows"]}
    assert slug in {each["skill"] for each in since["rows"]}
    assert since["required_count"] == before["required_count"] + 1


def test_the_report_has_every_column_and_pages_csv_and_person_agree(
    api: Any, org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    task(org.ben, "core-safe-data", 1)
    task(org.cy, "core-diligence", 3)
    rows = api.pages("gaps/", page_size=3)
    assert all(set(row) == set(COLUMNS) for row in rows)
    assert rows == api.pages("gaps/")
    flat = csv_rows(api.get("gaps/", format="csv"))
    assert [list(row) for row in flat] == [COLUMNS] * len(rows)
    for row, cells in zip(rows, flat, strict=True):
        place = row["unit"] and row["unit"]["path"]
        above = row["manager"] and row["manager"]["external_id"]
        told = {**row, "unit": place, "manager": above, "blocking": str(row["blocking"]).lower()}
        assert cells == {name: "" if told[name] is None else str(told[name]) for name in COLUMNS}
    for person in (org.ada, org.ben, org.cy, org.dora):
        own = api.get(f"people/{person.uuid}/gaps/").json()
        mine = [row for row in rows if row["person"] == str(person.uuid)]
        assert [{name: row[name] for name in own["rows"][0]} for row in mine] == own["rows"]
        assert {row["as_of"] for row in mine} == {own["as_of"]}


def test_csv_comes_by_the_accept_header_too(api: Any) -> None:
    answer = api.get("gaps/", accept="text/csv")
    assert answer["content-type"] == "text/csv; charset=utf-8"
    assert answer["content-disposition"].startswith("attachment; filename=")
    assert csv_rows(answer)
    assert api.get("gaps/", accept="text/csv", format="json")["content-type"] == "application/json"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@cmd", "\t=1", "\r=1"])
def test_a_cell_that_would_be_a_formula_is_defused(
    api: Any, org: SimpleNamespace, name: str
) -> None:
    org.ben.name = name
    org.ben.save()
    told = {row["name"] for row in csv_rows(api.get("gaps/", format="csv"))}
    assert f"'{name}" in told
    assert name not in told


def test_filters_choose_rows(
    api: Any, org: SimpleNamespace, task: Callable[..., Any], make_position: Callable[..., Any]
) -> None:
    task(org.ben, "core-safe-data", 1)
    every = api.pages("gaps/")
    for name, value in (
        ("job_role", "governance-lead"),
        ("skill", "core-diligence"),
        ("state", "not_evidenced"),
    ):
        chosen = [row for row in every if row[name] == value]
        assert chosen
        assert chosen != every
        assert api.pages("gaps/", **{name: value}) == chosen
        assert len(csv_rows(api.get("gaps/", format="csv", **{name: value}))) == len(chosen)
    below = api.pages("gaps/", unit=str(org.top.uuid))
    assert {row["name"] for row in below} == {"Ben", "Cy"}
    assert {row["name"] for row in api.pages("gaps/", unit=str(org.field.uuid))} == {"Cy"}


def test_a_person_counts_in_the_unit_of_the_largest_share_only(
    api: Any, org: SimpleNamespace, make_position: Callable[..., Any]
) -> None:
    place = org.ben.positions.get()
    place.share = "0.400"
    place.save()
    make_position(org.ben, unit=org.field, share="0.600")
    assert "Ben" not in {row["name"] for row in api.pages("gaps/", unit=str(org.networks.uuid))}
    assert "Ben" in {row["name"] for row in api.pages("gaps/", unit=str(org.field.uuid))}


def test_people_who_left_are_not_in_the_report(api: Any, org: SimpleNamespace) -> None:
    org.ben.is_active = False
    org.ben.save()
    assert "Ben" not in {row["name"] for row in api.pages("gaps/")}
    assert api.get(f"people/{org.ben.uuid}/gaps/").status_code == 200


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"unit": str(uuid4())}, "unit"),
        ({"unit": "x"}, "unit"),
        ({"job_role": "astronaut"}, "job_role"),
        ({"skill": "cookery"}, "skill"),
        ({"state": "good"}, "state"),
        ({"as_of": "2026-02-30"}, "as_of"),
        ({"as_of": "9999-01-01"}, "as_of"),
        ({"as_of": "2026-W01-1"}, "as_of"),
        ({"format": "xlsx"}, "format"),
        ({"page_size": "5001"}, "page_size"),
        ({"cursor": "x"}, "cursor"),
        ({"role": "x"}, "role"),
        ({"unit": ""}, "unit"),
        ({"job_role": ""}, "job_role"),
        ({"skill": ""}, "skill"),
        ({"state": ""}, "state"),
        ({"as_of": ""}, "as_of"),
        ({"format": ""}, "format"),
        ({"cursor": ""}, "cursor"),
        ({"state": ["lapsed", "stale"]}, "state"),
        ({"format": ["csv", "json"]}, "format"),
    ],
)
def test_a_filter_that_means_nothing_is_refused_by_name(
    api: Any, query: dict[str, str], parameter: str
) -> None:
    for accept in ("application/json", "text/csv"):
        answer = api.get("gaps/", accept=accept, **query)
        assert answer.status_code == 400
        assert answer["content-type"] == "application/problem+json"
        assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


def test_a_past_report_is_what_it_was(
    api: Any, org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    past = str(timezone.localdate() - timedelta(days=30))
    before = api.pages("gaps/", as_of=past)
    task(org.ben, "core-safe-data", 2, ago=10)
    assert api.pages("gaps/", as_of=past) == before
    wrong = task(org.cy, "core-diligence", 2, ago=40)
    assert api.pages("gaps/", as_of=past) != before
    revoke_evidence(wrong.evidence, reason="Wrong person", by=org.dora)
    assert api.pages("gaps/", as_of=past) == before


def test_a_report_of_a_day_to_come_counts_what_will_have_lapsed(
    api: Any, org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    task(org.ben, "core-safe-data", 2)
    later = str(timezone.localdate() + timedelta(days=3650))
    rows = api.pages("gaps/", as_of=later, skill="core-safe-data")
    assert {row["state"] for row in rows if row["name"] == "Ben"} == {"lapsed"}


def test_a_cursor_keeps_the_day_of_its_first_page(api: Any, org: SimpleNamespace) -> None:
    noon = timezone.now().replace(hour=23, minute=50)
    with time_machine.travel(noon, tick=False) as clock:
        api.renew()
        first = api.get("gaps/", page_size=1).json()
        clock.shift(timedelta(minutes=20))
        second = api.get(first["next"]).json()
        assert first["as_of"] == second["as_of"] == noon.date().isoformat()
        assert {row["as_of"] for row in second["results"]} == {first["as_of"]}
        assert api.get("gaps/").json()["as_of"] != first["as_of"]


@pytest.mark.parametrize("path", ["gaps/", "people/"])
def test_a_cursor_goes_on_with_what_was_asked_and_logged_and_with_nothing_else(
    make_api: Callable[..., Any], org: SimpleNamespace, path: str
) -> None:
    api, unit = make_api(), str(org.top.uuid)
    further = api.get(path, unit=unit, page_size=1).json()["next"]
    looks = RecordAccess.objects.count()
    assert api.get(further).status_code == 200
    assert api.get(further.replace("page_size=1", "page_size=2")).status_code == 200
    assert RecordAccess.objects.count() == looks
    assert api.get(further.replace(f"unit={unit}&", "")).status_code == 400
    assert api.get(f"{further}&job_role=employee").status_code == 400
    assert make_api().get(further).status_code == 400


def test_csv_comes_in_one_piece(api: Any) -> None:
    further = api.get("gaps/", page_size=1).json()["next"]
    refused = api.get(further, accept="text/csv")
    assert refused.status_code == 400
    assert "CSV" in refused.json()["detail"]


def test_a_person_is_never_split_between_pages(api: Any) -> None:
    seen: list[str] = []
    address = "gaps/"
    query: dict[str, Any] = {"page_size": 1}
    while address:
        page = api.get(address, **query).json()
        people = {row["person"] for row in page["results"]}
        assert not people & set(seen)
        seen += people
        address, query = page["next"], {}
    assert len(seen) == 4


def test_rows_that_are_due_are_right_before_the_nightly_job(
    api: Any, org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    task(org.ben, "core-safe-data", 2)
    with time_machine.travel(timezone.now() + timedelta(days=3650)):
        api.renew()
        assert Competency.objects.get().verified_level == 2
        rows = api.pages("gaps/", skill="core-safe-data")
        assert {row["verified_level"] for row in rows if row["name"] == "Ben"} == {0}


def test_a_report_is_logged_once_and_a_person_each_time(api: Any, org: SimpleNamespace) -> None:
    api.pages("gaps/", page_size=1, unit=str(org.top.uuid), skill="core-diligence")
    look = RecordAccess.objects.get()
    assert (look.client, look.scope_uuid, look.what) == (api.name, org.top.uuid, "Gaps (API)")
    assert "core-diligence" in look.scope
    csv_rows(api.get("gaps/", format="csv"))
    assert RecordAccess.objects.count() == 2
    api.get(f"people/{org.ben.uuid}/gaps/")
    assert RecordAccess.objects.get(subject=org.ben).client == api.name
    assert api.get(f"people/{uuid4()}/gaps/").status_code == 404


def test_a_persons_gaps_take_six_queries_at_most(
    api: Any, org: SimpleNamespace, task: Callable[..., Any], django_assert_num_queries: Any
) -> None:
    task(org.ben, "core-safe-data", 2)
    address = f"people/{org.ben.uuid}/gaps/"
    api.get(address)
    with django_assert_num_queries(5):  # token, person, requirements, standings, look
        api.get(address)
    with time_machine.travel(timezone.now() + timedelta(days=3650)):
        api.renew()
        with django_assert_num_queries(6):  # and the ledger of what is due
            api.get(address)


def test_the_report_takes_the_same_queries_for_few_people_and_many(
    api: Any, org: SimpleNamespace, make_person: Any, make_position: Any,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    api.get("gaps/")
    with django_assert_num_queries(8):
        api.get("gaps/")
    role = org.ben.positions.get().job_role
    for _ in range(30):
        make_position(make_person(manager=org.ben), unit=org.field, job_role=role)
    with django_assert_num_queries(9):  # people came, so that this is a look of its own
        api.get("gaps/", page_size=5000)
    with django_assert_num_queries(8):
        answer = api.get("gaps/", format="csv")
        assert len({row["person"] for row in csv_rows(answer)}) == 34


def test_who_was_in_an_export_of_a_past_day_can_see_it(api: Any, org: SimpleNamespace) -> None:
    today = timezone.localdate()
    left = today - timedelta(days=30)
    Position.objects.filter(person=org.ben).update(ends_on=left)
    day = today - timedelta(days=60)
    rows = api.pages("gaps/", unit=str(org.networks.uuid), as_of=str(day))
    assert {row["name"] for row in rows} == {"Ben"}
    since = timezone.now() - timedelta(days=90)
    look = RecordAccess.objects.covering(org.ben, since=since).get()
    assert (look.scope, look.scope_on) == (f"the unit Networks, as of {day}", day)
    assert not RecordAccess.objects.covering(org.cy, since=since).exists()
