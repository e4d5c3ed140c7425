"""No browser keeps the page of a person who signed out."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Person

pytestmark = pytest.mark.django_db
KEPT_BY_NOBODY = "private, no-store"


@pytest.mark.parametrize("path", ["/people/", "/who-looked/", "/no/such/page/", "/lessons/X/done/"])
def test_no_page_of_a_person_is_kept(
    make_person: Callable[..., Person], sign_in: Callable[[Person], Client], path: str
) -> None:
    client = sign_in(make_person())
    assert client.get(path)["Cache-Control"] == KEPT_BY_NOBODY


def test_what_is_everybodys_may_be_kept(client: Client) -> None:
    for path in ("/api/v1/schema/", "/no/such/page/"):
        assert "Cache-Control" not in client.get(path).headers
