"""The people endpoints."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import JobRole, RecordAccess


def test_people_are_told_with_manager_and_positions(
    make_api: Callable[..., Any], org: SimpleNamespace
) -> None:
    rows = make_api("people:read").pages("people/")
    ben = next(row for row in rows if row["external_id"] == "H2")
    assert ben == {
        "uuid": str(org.ben.uuid),
        "external_id": "H2",
        "name": "Ben",
        "email": org.ben.email,
        "active": True,
        "manager": {"uuid": str(org.ada.uuid), "external_id": "H1", "name": "Ada"},
        "positions": [
            {
                "unit": {"uuid": str(org.networks.uuid), "path": "Operations/Networks"},
                "job_role": "network-engineer",
                "share": 1.0,
                "from": "2020-01-01",
                "to": None,
                "current": True,
            }
        ],
    }


def test_past_and_coming_positions_are_told_and_not_current(
    make_api: Callable[..., Any], org: SimpleNamespace, make_position: Callable[..., Any]
) -> None:
    make_position(org.ada, starts_on=date(2019, 1, 1), ends_on=date(2019, 12, 31))
    make_position(org.ada, starts_on=timezone.localdate() + timedelta(days=30))
    answer = make_api("people:read").get(f"people/{org.ada.uuid}/").json()
    assert answer["positions"][0]["from"] == "2019-01-01"
    assert [place["current"] for place in answer["positions"]] == [False, False]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"external_id": "H2"}, ["Ben"]),
        ({"external_id": "nobody"}, []),
        ({"active": "true"}, ["Ada", "Ben", "Cy", "Dora"]),
        ({"active": "false"}, ["Eve"]),
        ({"job_role": "network-engineer"}, ["Ben"]),
    ],
)
def test_filters_choose_people(
    make_api: Callable[..., Any],
    org: SimpleNamespace,
    make_person: Callable[..., Any],
    query: dict[str, str],
    names: list[str],
) -> None:
    make_person("Eve", is_active=False)
    assert [row["name"] for row in make_api("people:read").pages("people/", **query)] == names


def test_a_unit_stands_for_everybody_below_it(
    make_api: Callable[..., Any], org: SimpleNamespace
) -> None:
    api = make_api("people:read")
    below_top = api.pages("people/", unit=str(org.top.uuid))
    assert [row["name"] for row in below_top] == ["Ben", "Cy"]
    assert [row["name"] for row in api.pages("people/", unit=str(org.field.uuid))] == ["Cy"]


def test_units_come_with_the_unit_above_also_where_nobody_has_a_position(
    make_api: Callable[..., Any], org: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    api = make_api("people:read")
    with django_assert_num_queries(3):  # the token, the units, those above them
        rows = api.pages_of_one("units/")
    top, networks, field = (str(each.uuid) for each in (org.top, org.networks, org.field))
    assert rows == [
        {"uuid": top, "path": "Operations", "name": "Operations", "parent": None},
        {"uuid": field, "path": "Operations/Field", "name": "Field", "parent": top},
        {"uuid": networks, "path": "Operations/Networks", "name": "Networks", "parent": top},
    ]
    assert len(api.pages("people/", unit=rows[0]["uuid"])) == 2


def test_an_email_is_found_in_any_case(make_api: Callable[..., Any], org: SimpleNamespace) -> None:
    rows = make_api("people:read").pages("people/", email=org.cy.email.upper())
    assert [row["name"] for row in rows] == ["Cy"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"unit": str(uuid4())}, "unit"),
        ({"unit": "networks"}, "unit"),
        ({"job_role": "astronaut"}, "job_role"),
        ({"active": "perhaps"}, "active"),
        ({"page_size": "0"}, "page_size"),
        ({"cursor": "eyJhZnRlciI6MX0"}, "cursor"),
        ({"external_idd": "H1"}, "external_idd"),
        ({"external_id": ""}, "external_id"),
        ({"email": " "}, "email"),
        ({"active": ""}, "active"),
        ({"unit": ""}, "unit"),
        ({"page_size": ""}, "page_size"),
        ({"cursor": ""}, "cursor"),
        ({"external_id": ["H1", "H2"]}, "external_id"),
        ({"active": ["true", "true"]}, "active"),
    ],
)
def test_a_filter_that_means_nothing_is_refused_by_name(
    make_api: Callable[..., Any], org: SimpleNamespace, query: dict[str, str], parameter: str
) -> None:
    answer = make_api("people:read").get("people/", **query)
    assert answer.status_code == 400
    assert answer["content-type"] == "application/problem+json"
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


@pytest.mark.parametrize("query", [{"unit": str(uuid4())}, {"job_role": "astronaut"}])
def test_what_does_not_exist_has_the_code_that_gaps_give_it(
    make_api: Callable[..., Any], org: SimpleNamespace, query: dict[str, str]
) -> None:
    api = make_api("people:read", "gaps:read")
    for address in ("people/", "gaps/"):
        (error,) = api.get(address, **query).json()["errors"]
        assert error["code"] == "unknown"


def test_pages_hold_everybody_once_and_keep_the_filters(
    make_api: Callable[..., Any], org: SimpleNamespace
) -> None:
    api = make_api("people:read")
    first = api.get("people/", page_size=1, unit=str(org.top.uuid)).json()
    assert len(first["results"]) == 1
    second = api.get(first["next"]).json()
    assert [row["name"] for row in first["results"] + second["results"]] == ["Ben", "Cy"]
    assert second["next"] is None


def test_a_list_is_logged_once_and_a_person_each_time(
    make_api: Callable[..., Any], org: SimpleNamespace
) -> None:
    api = make_api("people:read")
    api.pages("people/", page_size=1, unit=str(org.networks.uuid), active="true")
    look = RecordAccess.objects.get()
    assert (look.client, look.subject, look.scope_uuid) == (api.name, None, org.networks.uuid)
    assert look.scope == "the unit Networks, active"
    api.get(f"people/{org.ben.uuid}/")
    api.get(f"people/{org.ben.uuid}/")
    assert RecordAccess.objects.filter(subject=org.ben, client=api.name).count() == 2


@pytest.mark.parametrize("key", ["external_id", "email"])
def test_who_is_asked_for_by_a_key_is_looked_at_alone(
    make_api: Callable[..., Any], org: SimpleNamespace, key: str
) -> None:
    api = make_api("people:read")
    api.get("people/", **{key: "nobody"})
    assert not RecordAccess.objects.exists()
    api.get("people/", **{key: getattr(org.ben, key)})
    look = RecordAccess.objects.get()
    assert (look.subject, look.scope, look.client) == (org.ben, "", api.name)


def test_a_list_of_a_job_role_is_logged_for_the_people_in_it(
    make_api: Callable[..., Any], org: SimpleNamespace
) -> None:
    api = make_api("people:read")
    api.get("people/", job_role="network-engineer")
    api.get("people/", job_role="network-engineer", unit=str(org.field.uuid))
    role = JobRole.objects.get(slug="network-engineer")
    both, alone = RecordAccess.objects.all()
    assert (alone.scope, alone.scope_uuid) == (f"the job role {role}", role.uuid)
    assert (both.scope, both.scope_uuid) == (f"the unit Field, {role}", org.field.uuid)
    since = timezone.now() - timedelta(days=1)
    assert list(RecordAccess.objects.covering(org.ben, since=since)) == [alone]
    assert not RecordAccess.objects.covering(org.ada, since=since).exists()


def test_a_uuid_is_read_in_either_case_of_letters(
    make_api: Callable[..., Any], org: SimpleNamespace, task: Callable[..., Any]
) -> None:
    api, shouted = make_api(), str(org.ben.uuid).upper()
    for path in ("", "competencies/", "evidence/", "gaps/"):
        assert api.get(f"people/{shouted}/{path}").status_code == 200, path
    assert api.get(f"people/{shouted}/").json()["uuid"] == str(org.ben.uuid)
    assert api.get("people/", unit=str(org.networks.uuid).upper()).status_code == 200


def test_an_unknown_person_is_not_found(make_api: Callable[..., Any], org: SimpleNamespace) -> None:
    api = make_api("people:read")
    assert api.get(f"people/{uuid4()}/").status_code == 404
    assert api.get("people/not-a-uuid/").status_code == 404
    assert not RecordAccess.objects.exists()


def test_a_page_of_people_takes_the_same_queries_for_few_and_many(
    make_api: Callable[..., Any],
    org: SimpleNamespace,
    make_person: Callable[..., Any],
    make_position: Callable[..., Any],
    django_assert_max_num_queries: Any,
) -> None:
    api = make_api("people:read")
    with django_assert_max_num_queries(9) as few:
        api.get("people/")
    for _ in range(30):
        make_position(make_person(manager=org.ben), unit=org.field)
    with django_assert_max_num_queries(len(few)):
        assert len(api.get("people/").json()["results"]) == 34
