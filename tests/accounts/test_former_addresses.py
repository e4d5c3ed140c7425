"""A person has one address, the one of today: a former one opens nothing, whoever has it now."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.enums import InvitationState
from accounts.models import Invitation, JobRole, Person
from tests.accounts.resets import ask_for_reset

FORMER, TODAY = "former@example.org", "today@example.org"
PASSWORD = "quiet-harbour-lantern"


@pytest.fixture(autouse=True)
def _fresh_rate_limits() -> None:
    cache.clear()


@pytest.fixture
def person(organisation: Any, make_person: Callable[..., Person]) -> Person:
    """Somebody known to allauth by the address they had when they last asked for a reset."""
    person = make_person("Petra Former", email=FORMER)
    ask_for_reset(FORMER)
    assert EmailAddress.objects.get().email == FORMER
    mail.outbox.clear()
    return person


def by_service(person: Person, organisation: Any) -> None:
    services.update_person(person, email="Today@Example.org")


def by_import(person: Person, organisation: Any) -> None:
    JobRole.objects.get_or_create(slug="engineer", defaults={"name": "Engineer"})
    header = "external_id,email,name,manager_external_id,unit_path,job_role,share,from,to,ai_access"
    row = f"{person.external_id},{TODAY},{person.name},,Ops,engineer,1,2024-01-01,,yes"
    services.apply_people_file(f"{header}\n{row}\n".encode())


def by_admin(person: Person, organisation: Any) -> None:
    client = Client()
    client.force_login(organisation.admin, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("admin:accounts_person_change", args=[person.pk])
    given = {
        "name": person.name, "email": TODAY, "external_id": person.external_id or "",
        "is_active": "on", "positions-TOTAL_FORMS": 0, "positions-INITIAL_FORMS": 0,
        "identities-TOTAL_FORMS": 0, "identities-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert client.post(url, given).status_code == 302


Change = Callable[[Person, Any], None]
every_way = pytest.mark.parametrize("change", [by_service, by_import, by_admin])


def links() -> list[str]:
    """The addresses of reset links in the mails sent."""
    found = (
        re.search(r"http://testserver(/\S+-\S+/)", str(message.body)) for message in mail.outbox
    )
    return [match[1] for match in found if match]


def set_password(link: str) -> str:
    """What the page says after a reset link was followed and a new password sent."""
    client = Client()
    form = client.get(link, follow=True)
    if not form.redirect_chain:
        return form.text
    given = {"password1": PASSWORD, "password2": PASSWORD}
    return client.post(form.redirect_chain[-1][0], given, follow=True).text


def signs_in(address: str, password: str = "pass") -> bool:
    given = {"login": address, "password": password}
    return Client().post(reverse("account_login"), given).status_code == 302


@every_way
def test_the_former_address_signs_nobody_in(
    person: Person, organisation: Any, change: Change
) -> None:
    assert signs_in(FORMER)
    change(person, organisation)
    assert not signs_in(FORMER)
    assert signs_in(TODAY)


@every_way
def test_a_reset_for_the_former_address_sends_no_link(
    person: Person, organisation: Any, change: Change
) -> None:
    change(person, organisation)
    ask_for_reset(FORMER)
    assert links() == []
    ask_for_reset(TODAY)
    assert len(links()) == 1
    assert mail.outbox[-1].to == [TODAY]


@every_way
def test_a_reassigned_address_resets_its_new_holder_only(
    person: Person, organisation: Any, change: Change
) -> None:
    change(person, organisation)
    holder = services.create_person(email=FORMER, name="New Holder", password="other")
    ask_for_reset(FORMER)
    [link] = links()
    assert "Your password is set" in set_password(link)
    holder.refresh_from_db()
    person.refresh_from_db()
    assert holder.check_password(PASSWORD)
    assert person.check_password("pass")


@every_way
def test_a_link_sent_to_the_former_address_ends_with_it(
    person: Person, organisation: Any, change: Change
) -> None:
    ask_for_reset(FORMER)
    [link] = links()
    change(person, organisation)
    assert "This link no longer works" in set_password(link)
    person.refresh_from_db()
    assert person.check_password("pass")


@every_way
def test_an_open_invitation_ends_with_the_address_it_was_sent_to(
    person: Person, organisation: Any, change: Change
) -> None:
    services.invite_person(person, by=None)
    change(person, organisation)
    assert Invitation.objects.get().state_at(timezone.now()) == InvitationState.REVOKED


def test_a_leftover_address_opens_nothing(
    person: Person, make_person: Callable[..., Person]
) -> None:
    other = make_person(email=TODAY, password="other")
    EmailAddress.objects.create(user=other, email="alias@example.org", verified=True)
    EmailAddress.objects.filter(email=FORMER).update(user=other, verified=True)
    assert not signs_in("alias@example.org", "other")
    assert not signs_in(FORMER, "other")
    assert signs_in(FORMER)
    ask_for_reset("alias@example.org")
    assert links() == []
    ask_for_reset(FORMER)
    assert len(links()) == 1
    set_password(links()[0])
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_saving_a_person_drops_other_peoples_claims_to_the_address(
    person: Person, make_person: Callable[..., Person]
) -> None:
    other = make_person(email=TODAY)
    EmailAddress.objects.create(user=other, email="third@example.org")
    services.update_person(person, email="third@example.org")
    assert not EmailAddress.objects.exists()


def test_an_unchanged_address_stays_known_and_keeps_the_invitation(person: Person) -> None:
    services.invite_person(person, by=None)
    services.update_person(person, name="Petra Renamed", email="Former@Example.org")
    assert EmailAddress.objects.get().email == FORMER
    assert Invitation.objects.get().revoked_at is None


def test_the_admin_offers_no_second_list_of_addresses(
    organisation: Any, sign_in: Callable[[Person], Client]
) -> None:
    page = sign_in(organisation.admin).get(reverse("admin:index"))
    assert "Email addresses" not in page.text
