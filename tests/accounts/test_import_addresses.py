"""Addresses in the people file: one person each, also while they change hands."""

from collections.abc import Callable, Sequence
from itertools import permutations

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.models import Person
from accounts.services.importing import BadRows
from tests.accounts.resets import ask_for_reset

Csv = Callable[..., bytes]
KEYS = ("A1", "B1", "C1")


def row(key: str, address: str) -> str:
    return f"{key},{address}@example.org,Name {key},,,,,,,"


def addresses() -> dict[str, str]:
    rows = Person.objects.values_list("external_id", "email")
    return {key: email.partition("@")[0] for key, email in rows}


def apply(people_csv: Csv, *rows: str, skip_bad: bool = False) -> None:
    services.apply_people_file(people_csv(*rows), skip_bad=skip_bad)


def signs_in(address: str, password: str) -> Client | None:
    client = Client()
    given = {"login": f"{address}@example.org", "password": password}
    return client if client.post(reverse("account_login"), given).status_code == 302 else None


@pytest.fixture
def three(db: None, people_csv: Csv) -> None:
    """A1, B1 and C1 have the addresses a, b and c, and their own passwords."""
    apply(people_csv, row("A1", "a"), row("B1", "b"), row("C1", "c"))
    for person in Person.objects.all():
        person.set_password(f"pass of {person.external_id}")
        person.save(update_fields=["password"])


@pytest.mark.parametrize("wanted", [*permutations("abc"), *permutations("bcd", 3)])
def test_addresses_change_hands_within_a_file(
    three: None, people_csv: Csv, wanted: Sequence[str]
) -> None:
    apply(people_csv, *(row(key, each) for key, each in zip(KEYS, wanted, strict=True)))
    assert addresses() == dict(zip(KEYS, wanted, strict=True))


def test_a_new_person_gets_an_address_that_its_holder_gives_up(
    three: None, people_csv: Csv
) -> None:
    apply(people_csv, row("N1", "a"), row("A1", "A.New"))
    assert addresses() == {"N1": "a", "A1": "a.new", "B1": "b", "C1": "c"}


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([row("A1", "b")], "line 2: email b@example.org already belongs to B1"),
        ([row("A1", "b"), row("B1", "B")], "line 2: email b@example.org already belongs to B1"),
        ([row("A1", "b"), row("B1", "c")], "line 3: email c@example.org already belongs to C1"),
        ([row("N1", "n"), row("N2", "N")], "line 3: email n@example.org is also that of line 2"),
        ([row("N1", "n"), row("N2", "N")], "line 2: email n@example.org is also that of line 3"),
        ([row("A1", "x"), row("N1", "a"), row("N2", "a")], "line 4: email a@example.org is also"),
    ],
)
def test_an_address_that_is_not_free_is_refused_with_its_line(
    three: None, people_csv: Csv, rows: list[str], problem: str
) -> None:
    before = addresses()
    with pytest.raises(BadRows) as error:
        apply(people_csv, *rows)
    assert any(str(each).startswith(problem) for each in error.value.problems)
    assert addresses() == before


def test_an_address_of_somebody_made_by_hand_is_refused_with_their_name(
    db: None, people_csv: Csv, make_person: Callable[..., Person]
) -> None:
    make_person("Hand Made", email="n@example.org", external_id=None)
    with pytest.raises(BadRows) as error:
        apply(people_csv, row("N1", "n"))
    assert "belongs to Hand Made, who has no external_id" in str(error.value.problems[0])


def test_who_is_left_out_keeps_the_address_from_everybody_down_the_chain(
    three: None, people_csv: Csv
) -> None:
    bad_c = "C1,d@example.org,Name C1,NOBODY,,,,,,"
    apply(people_csv, row("A1", "b"), row("B1", "c"), bad_c, row("N1", "n"), skip_bad=True)
    assert addresses() == {"A1": "a", "B1": "b", "C1": "c", "N1": "n"}


def test_swapped_addresses_open_the_account_of_who_has_them_now(
    three: None, people_csv: Csv
) -> None:
    session = signs_in("a", "pass of A1")
    assert session is not None
    ask_for_reset("a@example.org")
    old_link = mail.outbox[0].body.split("http://testserver")[1].split()[0]
    apply(people_csv, row("A1", "b"), row("B1", "a"))
    profile = Person.objects.get(external_id="A1")
    assert session.session["_auth_user_id"] == str(profile.pk)
    assert signs_in("a", "pass of A1") is None
    assert signs_in("b", "pass of B1") is None
    assert signs_in("a", "pass of B1") is not None
    assert "no longer works" in Client().get(old_link, follow=True).text
    ask_for_reset("a@example.org")
    link = mail.outbox[1].body.split("http://testserver")[1].split()[0]
    form = Client()
    where = form.get(link, follow=True).redirect_chain[-1][0]
    form.post(where, {"password1": "quiet-harbour-lantern", "password2": "quiet-harbour-lantern"})
    assert Person.objects.get(external_id="B1").check_password("quiet-harbour-lantern")
    assert Person.objects.get(external_id="A1").check_password("pass of A1")
