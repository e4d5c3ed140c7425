"""In development a page that does not exist looks as in production."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Group
from accounts.models import Person

pytestmark = pytest.mark.django_db
NOBODY = "/people/00000000-0000-4000-8000-000000000000/"


@pytest.fixture
def development(settings: Any) -> None:
    settings.DEBUG = True
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "config.middleware.OwnNotFound"]


@pytest.mark.usefixtures("development")
class TestOwnNotFound:
    @pytest.mark.parametrize("path", ["/no/such/page/", NOBODY])
    def test_neither_a_wrong_address_nor_a_missing_row_lists_addresses(
        self, make_person: Callable[..., Person], sign_in: Callable[[Person], Client], path: str
    ) -> None:
        response = sign_in(make_person(groups=[Group.HR])).get(path)
        assert response.status_code == 404
        assert "There is no such page" in response.text
        assert "urlconf" not in response.text.lower()

    def test_an_address_without_its_slash_still_gets_it(self, client: Client) -> None:
        response = client.get("/catalogue")
        assert (response.status_code, response["Location"]) == (301, "/catalogue/")
        assert client.get("/catalogue/").status_code == 302

    def test_the_api_still_answers_its_problems(self, client: Client) -> None:
        assert client.get("/api/nothing/")["Content-Type"] == "application/problem+json"
