"""Cookies that nobody was sent."""

import pytest
from django.test import Client


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "theme"])
def test_a_cookie_with_a_nul_is_left_out(db: None, name: str) -> None:
    client = Client(headers={"cookie": rf'{name}="\000abcdefghij"'})
    answer = client.get("/path/")
    assert answer.status_code == 302
    assert answer["location"].startswith("/sign-in/login/")
