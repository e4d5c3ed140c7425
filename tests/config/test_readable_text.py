"""A NUL or half of a surrogate pair is refused or left out; it fails nothing, on any database."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.enums import Group
from accounts.models import Person

BAD = "x\x00y"
SignIn = Callable[[Person], Client]


def as_postgresql(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """Refuse what PostgreSQL refuses, on every database."""
    for each in params or ():
        if isinstance(each, str):
            assert "\x00" not in each, sql
            each.encode()
    return execute(sql, params, many, context)


@pytest.fixture(autouse=True)
def _strict_database(db: None) -> Iterator[None]:
    cache.clear()
    with connection.execute_wrapper(as_postgresql):
        yield


@pytest.fixture
def office(make_person: Callable[..., Person], sign_in: SignIn) -> Client:
    return sign_in(make_person(is_staff=True, is_superuser=True))


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda each: each._meta.label_lower)
def test_lists_of_the_administration_refuse_a_nul(office: Client, model: Any) -> None:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    page = admin.site._registry[model]
    filters = [each for each in page.list_filter if isinstance(each, str)]
    url = reverse(f"{name}_changelist")
    for parameter in ("q", "p", "o", "cid", "resource_type", *filters):
        for suffix in ("", "__exact", "__in"):
            assert office.get(url, {f"{parameter}{suffix}": BAD}).status_code == 400
    ticked = {"action": "delete_selected", "_selected_action": [BAD]}
    assert office.post(url, ticked).status_code == 400
    assert office.get(f"{url}x%00/change/").status_code in (302, 404)


def test_forms_of_the_administration_refuse_a_nul(office: Client) -> None:
    for where in ("accounts/person", "accounts/orgunit", "skills/exemption"):
        for field in ("name", "email", "person", "manager"):
            assert office.post(f"/admin/{where}/add/", {field: BAD}).status_code == 400
            assert office.get(f"/admin/{where}/add/", {field: BAD}).status_code == 400
    asked = {"app_label": "accounts", "model_name": "person", "field_name": "manager"}
    assert office.get("/admin/autocomplete/", asked | {"term": BAD}).status_code == 400
    assert office.get("/admin/autocomplete/", asked | {"term": "xy"}).status_code == 200
    for unit in ("x%00", "abc", "0"):
        assert office.get(f"/admin/accounts/orgunit/children/{unit}/").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/people/?q=%00", "/people/?unit=%00", "/people/?show=%00&sort=%00&page=%00",
     "/who-looked/?who=person:%00&days=%00", "/jobs/?state=%00"],
)  # fmt: skip
def test_pages_leave_a_nul_out(
    make_person: Callable[..., Person], sign_in: SignIn, address: str
) -> None:
    assert sign_in(make_person(groups=[Group.HR])).get(address).status_code == 200


@pytest.mark.parametrize(
    ("address", "given"),
    [
        ("/sign-in/login/", {"login": "x\x00@example.org", "password": BAD}),
        ("/sign-in/password/reset/", {"email": "x@exa\x00mple.org"}),
    ],
)
def test_forms_before_signing_in_name_a_nul(
    client: Client, address: str, given: dict[str, str]
) -> None:
    page = client.post(address, given)
    assert page.status_code == 200
    assert "Null characters are not allowed." in page.text


@pytest.mark.parametrize("charset", ["unicode_escape", "hex", "idna", "undefined", "utf-16"])
@pytest.mark.parametrize(
    "address", ["/sign-in/login/", "/sign-in/password/reset/", "/admin/accounts/person/add/"]
)
def test_a_form_in_another_encoding_than_utf_8_is_refused(
    office: Client, address: str, charset: str
) -> None:
    names = ("name", "email", "login")
    parts = [
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n\\ud800\r\n' for name in names
    ]
    body = "".join([*parts, "--B--\r\n"])
    for kind in ("multipart/form-data; boundary=B", "application/x-www-form-urlencoded"):
        sent = office.generic("POST", address, body, content_type=f"{kind}; charset={charset}")
        assert sent.status_code == 400
    for spelling in ("utf-8", "UTF-8", "utf8"):
        kind = f"multipart/form-data; boundary=B; charset={spelling}"
        assert office.generic("POST", address, body, content_type=kind).status_code in (200, 302)
